"""What happened to companies and people, for timelines: one part of `CustomersService`."""

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, func, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.events import Event
from gausdo.kernel.history import EntryPlace, Happened, HistoryEntry
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.persons import demand_gausdo
from gausdo.modules.customers import access
from gausdo.modules.customers import contract as told
from gausdo.modules.customers.access import GUARDS
from gausdo.modules.customers.doubles import MergeRow
from gausdo.modules.customers.tables import CompanyRow, PersonRow, schema
from gausdo.platform.db import Database
from gausdo.platform.hidden import hidden_of
from gausdo.platform.history import add_places, entries_at, happened
from gausdo.platform.rights import asked_by

_ENTRIES = TypeAdapter(list[HistoryEntry])
EVENTS: tuple[type[Event], ...] = (
    told.CompanyAdded,
    told.CompanyChanged,
    told.CompanyMerged,
    told.CompanyParted,
    told.CompanyRemoved,
    told.CompanyRestored,
    told.PersonAdded,
    told.PersonChanged,
    told.PersonConsentExpired,
    told.PersonConsentGiven,
    told.PersonConsentWithdrawn,
    told.PersonErased,
    told.PersonMerged,
    told.PersonParted,
    told.PersonRemoved,
    told.PersonRestored,
)
_NAMES = tuple(event.name for event in EVENTS)
_OF = {of.kind: of for of in (CompanyRow, PersonRow)}
_merge = MergeRow.__table__.c


class Recounting:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def entries_at(
        self, actor: Actor, kind: str, places: list[EntryPlace]
    ) -> list[HistoryEntry]:
        of = _OF.get(kind)
        if of is None or not actor.may(right := access.right(of, "read")):
            return []
        asked = asked_by(actor, "entries at", kind)
        add_places(asked, places[:MAX_PAGE])

        def statement() -> Select[Any]:
            hidden = hidden_of(actor, right, GUARDS[of])
            return entries_at(
                schema, actor, kind, places[:MAX_PAGE], of.__table__.c.id,
                access.visible(actor, of), hidden, _stands_for,
            )  # fmt: skip

        return _ENTRIES.validate_json(await self.db.one(asked.read(statement)))

    async def happened(self, actor: Actor, after: int = 0) -> list[Happened]:
        demand_gausdo(actor)
        return await happened(self.db, _NAMES, after)


def _stands_for(id: ColumnElement[Any]) -> ColumnElement[Any]:
    """Who may see what a record became a part of may see what it was."""
    into = select(_merge.canonical_id).where(_merge.merged_id == id, _merge.parted_at.is_(None))
    return func.coalesce(into.scalar_subquery(), id)
