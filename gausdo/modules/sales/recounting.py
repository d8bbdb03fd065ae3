"""What happened to deals, for timelines: one part of `SalesService`."""

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from gausdo.kernel.actor import Actor
from gausdo.kernel.history import EntryPlace, Happened, HistoryEntry
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.persons import demand_gausdo
from gausdo.modules.sales import access
from gausdo.modules.sales.access import GUARD, READ
from gausdo.modules.sales.contract import (
    DealChanged,
    DealMoved,
    DealOpened,
    DealRemoved,
    DealRestored,
)
from gausdo.modules.sales.tables import DealRow, schema
from gausdo.platform.db import Database
from gausdo.platform.hidden import hidden_of
from gausdo.platform.history import entries_at, happened

_ENTRIES = TypeAdapter(list[HistoryEntry])
_TOLD = tuple(
    event.name for event in (DealOpened, DealChanged, DealMoved, DealRemoved, DealRestored)
)
_deal = DealRow.__table__.c


class Recounting:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def entries_at(
        self, actor: Actor, kind: str, places: list[EntryPlace]
    ) -> list[HistoryEntry]:
        if kind != "deal" or not actor.may(READ):
            return []
        visible, hidden = access.visible(actor), hidden_of(actor, READ, GUARD)
        query = entries_at(schema, actor, kind, places[:MAX_PAGE], _deal.id, visible, hidden)
        return _ENTRIES.validate_json(await self.db.one(query))

    async def happened(self, actor: Actor, after: int = 0) -> list[Happened]:
        demand_gausdo(actor)
        return await happened(self.db, _TOLD, after)
