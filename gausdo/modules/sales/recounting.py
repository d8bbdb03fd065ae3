"""What happened to deals, for timelines: one part of `SalesService`."""

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from gausdo.kernel.actor import Actor
from gausdo.kernel.history import EntryPlace, Happened, HistoryEntry
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.persons import demand_gausdo
from gausdo.modules.sales import record_queries
from gausdo.modules.sales.access import READ
from gausdo.modules.sales.contract import (
    DealChanged,
    DealMoved,
    DealOpened,
    DealRemoved,
    DealRestored,
)
from gausdo.platform.db import Database
from gausdo.platform.history import happened

_ENTRIES = TypeAdapter(list[HistoryEntry])
_TOLD = tuple(
    event.name for event in (DealOpened, DealChanged, DealMoved, DealRemoved, DealRestored)
)


class Recounting:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def entries_at(
        self, actor: Actor, kind: str, places: list[EntryPlace]
    ) -> list[HistoryEntry]:
        if kind != "deal" or not actor.may(READ):
            return []
        found = await self.db.one(record_queries.entries_of_deals(actor, places[:MAX_PAGE]))
        return _ENTRIES.validate_json(found)

    async def happened(self, actor: Actor, after: int = 0) -> list[Happened]:
        demand_gausdo(actor)
        return await happened(self.db, _TOLD, after)
