"""The world's records as rows, events and names, made by each module's own classes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from pydantic_core import to_json
from sqlalchemy import Table, inspect
from sqlalchemy.dialects.postgresql import JSONB

from gausdo.demo.world_dice import Dice
from gausdo.kernel.events import Event
from gausdo.kernel.values import new_id
from gausdo.platform.db import Schema
from gausdo.platform.db.tx import plain

Changes = Mapping[str, tuple[Any, Any]]


class Rows:
    """Rows of one module on their way in, by table; `copy` writes them and forgets them."""

    def __init__(self, schema: Schema, seed: object) -> None:
        self.schema = schema
        self._dice = Dice(f"{seed} {schema.name}")
        self._waiting: dict[Table, list[tuple[Any, ...]]] = {}
        self._columns: dict[Table, dict[str, bool]] = {}
        self.count = 0

    def add(self, row: Any) -> None:
        """A mapped row of the module, as it is now."""
        table = inspect(type(row)).local_table
        self._put(table, vars(row))

    def happened(
        self,
        event: Event,
        at: datetime,
        actor_id: UUID | None,
        *,
        changes: Changes | None = None,
        personal: Changes | None = None,
    ) -> None:
        """As `Tx.publish` would have kept it; nothing is sent."""
        subject = event.subject()
        event_id = self._dice.id_at(at)
        told = {
            "event_id": event_id,
            "name": event.name,
            "kind": subject.kind,
            "subject_id": subject.id,
            "version": event.subject_version(),
            "at": at,
            "actor_id": actor_id,
            "via": "person",
            "seen": event.seen_by().model_dump(mode="json"),
            "body": event.model_dump(mode="json"),
            "changes": plain(changes),
        }
        self._put(self.schema.history, told)
        if kept := {field: both for field, both in (personal or {}).items() if any(both)}:
            told = {
                "event_id": event_id,
                "subject_id": subject.id,
                "changes": plain(kept),
                "salt": new_id(),
            }
            self._put(self.schema.personal, told)

    def knows(
        self,
        kind: str,
        id: UUID,
        label: str,
        owner_id: UUID,
        team_id: UUID | None,
        version: int,
    ) -> None:
        self._put(
            self.schema.known,
            {
                "kind": kind,
                "id": id,
                "label": label,
                "owner_id": owner_id,
                "team_id": team_id,
                "version": version,
            },
        )

    async def copy(self, connection: AsyncConnection[Any]) -> None:
        """In the order the tables were first named, so that references find their rows."""
        for table, rows in self._waiting.items():
            statement = sql.SQL("copy {} ({}) from stdin").format(
                sql.Identifier(str(table.schema), table.name),
                sql.SQL(", ").join(map(sql.Identifier, self._of(table))),
            )
            async with connection.cursor().copy(statement) as copy:
                for row in rows:
                    await copy.write_row(row)
            self.count += len(rows)
            rows.clear()

    def _put(self, table: Table, told: Mapping[str, Any]) -> None:
        self._waiting.setdefault(table, []).append(
            tuple(
                [
                    to_json(value).decode()
                    if (value := told.get(name)) is not None and json
                    else value
                    for name, json in self._of(table).items()
                ]
            )
        )

    def _of(self, table: Table) -> dict[str, bool]:
        """The columns that are written, and whether it is JSON; the database makes the others."""
        if table not in self._columns:
            self._columns[table] = {
                column.name: isinstance(column.type, JSONB)
                for column in table.columns
                if column.computed is None and column.identity is None
            }
        return self._columns[table]
