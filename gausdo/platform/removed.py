"""Records that were taken away: they leave their table whole, so that nothing finds or counts them.

For thirty days they lie in `removed`, as they were; then nothing is left of them but the history.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import FromClause, Index, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.values import now
from gausdo.platform.custom_sealed import table_of
from gausdo.platform.db import Tx
from gausdo.platform.db.schema import TIME
from gausdo.platform.jobs import Jobs

Rows: TypeAlias = dict[str, Any]
"""A row as JSON has it."""
KEPT = timedelta(days=30)
"""How long a record can come back."""


def removed_jobs(jobs: Jobs) -> None:
    """Declare the job by which a module forgets what was taken away long ago."""

    @jobs.every("29 3 * * *", "forget_removed")
    async def forget(service: Any) -> None:
        async with service.db.begin() as tx:
            name = tx.schema.name
            long_ago = {"at": now() - KEPT}
            if (sealed := table_of(tx.schema)) is not None:
                with_it = text(
                    f"delete from {sealed} where record_id in "  # noqa: S608 - our code's
                    f"(select id from {name}.removed where at < :at)"
                )
                await tx.session.execute(with_it, long_ago)
            old = text(f"delete from {name}.removed where at < :at")  # noqa: S608 - our code's
            await tx.session.execute(old, long_ago)


def indexes() -> tuple[Index, ...]:
    """For the list of what was deleted, by all or by one."""
    return (
        Index("ix_removed_kind", "kind", "at", "id"),
        Index("ix_removed_by", "kind", "by_id", "at", "id"),
    )


class RemovedRow:
    """A record as it was: its `row`, and the rows of other tables that are a part of it."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    row: Mapped[dict[str, Any]]
    beside: Mapped[dict[str, Any]]
    owner_id: Mapped[UUID]
    team_id: Mapped[UUID | None]
    by_id: Mapped[UUID | None]
    import_id: Mapped[UUID | None]
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(TIME, index=True)


class Removal(NamedTuple):
    """A table whose rows can be taken away: what they are called, and what goes with them
    (a table, and its column that names the record).
    """

    kind: str
    table: FromClause
    name: str
    beside: tuple[tuple[FromClause, str], ...] = ()

    async def take_out(self, tx: Tx, ids: Sequence[UUID]) -> None:
        """The rows of these ids, locked before, into `removed`."""
        parts, told = [], []
        for number, (table, column) in enumerate(self.beside):
            parts.append(
                f"part_{number} as (delete from {table} "  # noqa: S608 - names from our code
                f"where {column} = any(:ids) returning *)"
            )
            rows = (
                f"select coalesce(jsonb_agg(to_jsonb(p)), '[]') from part_{number} p "  # noqa: S608
                f"where p.{column} = gone.id"
            )
            told.append(f"'{table}', ({rows})")
        cause = tx.actor.cause if tx.actor else None
        statement = text(
            f"with gone as (delete from {self.table} where id = any(:ids) returning *)"  # noqa: S608
            f"{''.join(', ' + part for part in parts)} "
            f"insert into {tx.schema.name}.removed "
            "(id, kind, name, row, beside, owner_id, team_id, by_id, import_id, version, at) "
            f"select id, :kind, {self.name}, to_jsonb(gone), "
            f"jsonb_build_object({', '.join(told)}), owner_id, team_id, "
            "cast(:by as uuid), cast(:import as uuid), version + 1, :at from gone"
        )
        await tx.session.execute(
            statement,
            {
                "ids": list(ids),
                "kind": self.kind,
                "by": tx.actor.id if tx.actor else None,
                "import": cause and cause.import_id,
                "at": now(),
            },
        )

    async def put_back(self, tx: Tx, row: Rows, beside: Mapping[str, list[Rows]]) -> None:
        """What `take_out` has taken, into its tables again."""
        await _insert(tx, self.table, [row])
        for table, _ in self.beside:
            await _insert(tx, table, beside.get(str(table), []))
        gone = text(f"delete from {tx.schema.name}.removed where id = :id")  # noqa: S608
        await tx.session.execute(gone, {"id": row["id"]})

    async def gone(self, tx: Tx, ids: Sequence[UUID]) -> set[UUID]:
        """Those of the ids that were taken away."""
        query = text(f"select id from {tx.schema.name}.removed where id = any(:ids)")  # noqa: S608
        return {*await tx.session.scalars(query, {"ids": list(ids)})}


async def _insert(tx: Tx, table: FromClause, rows: Sequence[Rows]) -> None:
    """Rows as they were; columns that have come since are as of a row that is told nothing."""
    for row in rows:
        told = [one.name for one in table.c if one.computed is None and one.name in row]
        names = ", ".join(told)
        query = text(
            f"insert into {table} ({names}) select {names} "  # noqa: S608 - names from our code
            f"from jsonb_populate_record(null::{table}, :told)"
        ).bindparams(bindparam("told", type_=JSONB))
        await tx.session.execute(query, {"told": row})
