"""What rows of files say that people have agreed to: read before, recorded once they are there."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.kernel.imports import FileRow
from gausdo.modules.customers import consents, purposes
from gausdo.modules.customers.consent_tables import ConsentRow
from gausdo.modules.customers.consent_words import ConsentWords
from gausdo.modules.customers.consents import CONSENTS
from gausdo.modules.customers.consents_contract import (
    MOST_ENTRIES,
    Channel,
    Consent,
    ConsentWithdrawal,
)
from gausdo.modules.customers.tables import PersonRow
from gausdo.platform.db import Database, Tx

Said: TypeAlias = Consent | ConsentWithdrawal
Says: TypeAlias = Callable[[Tx, PersonRow, Said, UUID | None], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Saying:
    """Of one batch, by the lines of its rows."""

    words: ConsentWords | None
    record: Says
    said: dict[int, Sequence[Said]] = field(default_factory=dict)

    @classmethod
    async def of(cls, db: Database, record: Says, zone: str, rows: Iterable[FileRow]) -> "Saying":
        """Purposes are read where any row names one."""
        if not any(CONSENTS in row.fields for row in rows):
            return cls(None, record)
        async with db.begin() as tx:
            return cls(ConsentWords.of(await purposes.every(tx), zone), record)

    def read(self, line: int, cells: Sequence[str]) -> None:
        """Raises Invalid for what says nothing that could be recorded."""
        if self.words is not None and cells:
            self.said[line] = self.words.read(cells)

    async def say(self, tx: Tx, actor: Actor, line: int, id: UUID) -> int | None:
        """The version it makes of somebody; None where all was said before."""
        version = None
        for one in self.said.get(line, ()):
            if await self._is_known(tx, id, one):
                continue
            row = await tx.session.get_one(PersonRow, id, with_for_update=True)
            await self.record(tx, row, one, actor.id)
            await tx.session.flush()
            version = row.version
        return version

    async def _is_known(self, tx: Tx, id: UUID, one: Said) -> bool:
        """Whether they have said the same on that day; or last, where no day is told."""
        assert self.words is not None
        query = select(ConsentRow).where(
            consents.said_by(id), ConsentRow.purpose_id == one.purpose_id
        )
        wanted = set(one.channels) or {Channel.ANY}
        rows = await tx.session.scalars(query.order_by(ConsentRow.at, ConsentRow.id))
        about = [row for row in rows if wanted <= set(row.channels)]
        if one.at is None:
            return bool(about) and about[-1].given is isinstance(one, Consent)
        zone = self.words.zone
        return any(
            row.given is isinstance(one, Consent)
            and row.at.astimezone(zone).date() == one.at.astimezone(zone).date()
            for row in about
        )


async def demand_room(tx: Tx, id: UUID) -> None:
    """Raise Invalid for somebody who has said as much as is kept."""
    if await consents.count(tx, id) >= MOST_ENTRIES:
        told = f"At most {MOST_ENTRIES} entries are kept of one person."
        raise invalid("purpose_id", "too-many", told)
