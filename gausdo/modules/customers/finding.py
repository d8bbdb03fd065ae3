"""Companies and people as the search over everything finds them: one part of `CustomersService`."""

import asyncio
from typing import TYPE_CHECKING, Any

from gausdo.kernel.actor import Actor
from gausdo.kernel.finding import Hits, SearchQuery
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.sought import Sought
from gausdo.modules.customers import access, queries
from gausdo.modules.customers.contract import PeopleQuery
from gausdo.modules.customers.grouping import GroupsOfCustomers
from gausdo.modules.customers.reach_contract import WAYS
from gausdo.modules.customers.recounting import Recounting
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.platform.db import Database, Read
from gausdo.platform.finding import Finder, Record, Told

_LINES = {
    "company": ("name", "legal_name", "inn", "kpp", "ogrn", "domain", "city", "industry"),
    "person": ("name", "position", "city"),
}
"""Fields of one line, whose words are searched; an address and ways to reach them come after."""
_TOLD = frozenset({"id", *WAYS, "tags", "address", "company", "city", "owner_id"})


class Searches(Recounting, GroupsOfCustomers):
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def search(self, actor: Actor, query: SearchQuery, slips: bool = False) -> list[Hits]:
        found = await asyncio.gather(*(one.find(self.db, actor, query, slips) for one in _FINDERS))
        return [hits for kind in found for hits in kind]


def _finder(of: type[Customer], kind: Any, query: type[ListQuery]) -> Finder:
    def read(actor: Actor, asked: SearchQuery, sought: Sought, mine: bool) -> Read:
        page = query(q=asked.q, sort="-changed_at", limit=asked.limit + 1)
        only = _TOLD.union(_LINES[of.kind])
        return queries.closest(actor, of, page, sought, mine, only)

    def told(record: Record) -> Told:
        fields = [(name, record[name]) for name in _LINES[of.kind]]
        fields += [(way, one["typed"]) for way in WAYS for one in record[way]]
        fields += [("tags", tag) for tag in record["tags"]]
        fields += [("address", record.get("address"))]
        company = record.get("company")
        hint = (company and company["name"]) or record.get("city")
        return Told(record["name"], hint, record["owner_id"], fields)

    return Finder(kind, access.right(of, "read"), read, told, numbers=True)


_FINDERS = (_finder(CompanyRow, "company", ListQuery), _finder(PersonRow, "person", PeopleQuery))
