"""New records in numbers: as COPY takes them, past the unit of work, which would take most of the
time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from gausdo.kernel.values import new_id, now
from gausdo.modules.customers.contract import CompanyAdded, PersonAdded
from gausdo.modules.customers.reach_contract import WAYS
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow, ReachRow, in_history
from gausdo.modules.customers.telling import beginnings_of, words_of
from gausdo.platform.db import Tx
from gausdo.platform.history import Changes

_REACH = ("record_id", "record_kind", "kind", "place", "typed", "normal")


@dataclass
class Fresh:
    """One of them, of the fields `ways.comparable` has checked."""

    of: type[Customer]
    told: dict[str, Any]
    owner_id: UUID
    team_id: UUID | None
    id: UUID = field(default_factory=new_id)
    at: datetime = field(default_factory=now)
    document_sealed: bytes | None = None
    document_index: str | None = None

    @property
    def kind(self) -> str:
        return self.of.kind

    @property
    def name(self) -> str:
        return str(self.told["name"])

    @property
    def custom(self) -> dict[str, Any]:
        return dict(self.told.get("custom", {}))

    def added(self) -> CompanyAdded | PersonAdded:
        facts: dict[str, Any] = {"owner_id": self.owner_id, "team_id": self.team_id, "version": 1}
        if self.of is CompanyRow:
            return CompanyAdded(company_id=self.id, **facts)
        return PersonAdded(person_id=self.id, company_id=self.told["company_id"], **facts)

    def beginnings(self) -> Changes:
        return beginnings_of(
            self.of.plain, {**self.told, "owner_id": self.owner_id}.get, self.custom
        )

    def values(self) -> dict[str, Any]:
        told = {name: self.told[name] for name in self.of.plain}
        sealed = {"document_sealed": self.document_sealed, "document_index": self.document_index}
        return {
            "id": self.id,
            "owner_id": self.owner_id,
            "team_id": self.team_id,
            "created_at": self.at,
            "changed_at": self.at,
            "version": 1,
            "words": words_of(self.of.plain, self.told.get),
            "custom": self.custom,
            **told,
            **(sealed if self.of is PersonRow else {}),
        }

    def reached(self) -> Iterable[tuple[Any, ...]]:
        for kind in WAYS:
            for place, one in enumerate(self.told.get(kind, ())):
                yield self.id, self.kind, kind, place, one.typed, one.normal


async def write(tx: Tx, of: type[Customer], rows: Sequence[tuple[Fresh, Changes]]) -> None:
    """Add them and tell of each, and what was sealed of it; while one goes in, the next is told."""
    if not rows:
        return
    columns = tuple(rows[0][0].values())
    await tx.copy(of.kind, columns, _told(tx, rows))
    reached = (one for row, _ in rows for one in row.reached())
    await tx.copy(ReachRow.__tablename__, _REACH, reached)


def _told(tx: Tx, rows: Iterable[tuple[Fresh, Changes]]) -> Iterator[Sequence[Any]]:
    for row, sealed in rows:
        tx.publish(row.added(), **in_history(row.beginnings() | sealed))
        yield [*row.values().values()]
