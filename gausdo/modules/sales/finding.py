"""Deals as the search finds them, and as timelines tell them: one part of `SalesService`."""

from typing import TYPE_CHECKING

from gausdo.kernel.actor import Actor
from gausdo.kernel.finding import Hits, SearchQuery
from gausdo.kernel.sought import Sought
from gausdo.modules.sales import access, queries
from gausdo.modules.sales.contract import DealQuery
from gausdo.modules.sales.grouping import GroupsOfDeals
from gausdo.modules.sales.recounting import Recounting
from gausdo.platform.db import Database, Read
from gausdo.platform.finding import Finder, Record, Told


class Searches(Recounting, GroupsOfDeals):
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def search(self, actor: Actor, query: SearchQuery, slips: bool = False) -> list[Hits]:
        return await _DEALS.find(self.db, actor, query, slips)


def _read(actor: Actor, asked: SearchQuery, sought: Sought, mine: bool) -> Read:
    page = DealQuery(q=asked.q, sort="-changed_at", limit=asked.limit + 1)
    return queries.deals(actor, page, (), sought, mine=mine, only=_TOLD)


def _told(record: Record) -> Told:
    near = record["company"] or record["contact"]
    fields = [("title", record["title"])]
    return Told(record["title"], near and near["name"], record["owner"]["id"], fields)


_TOLD = frozenset({"id", "title", "company", "contact", "owner"})
_DEALS = Finder("deal", access.READ, _read, _told)
