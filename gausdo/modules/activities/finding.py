"""Tasks as the search over everything finds them: one part of `ActivitiesService`."""

from typing import TYPE_CHECKING

from gausdo.kernel.actor import Actor
from gausdo.kernel.finding import Hits, SearchQuery
from gausdo.kernel.sought import Sought
from gausdo.modules.activities import access, queries
from gausdo.modules.activities.contract import TaskQuery
from gausdo.platform.db import Database, Read
from gausdo.platform.finding import Finder, Record, Told


class Searches:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def search(self, actor: Actor, query: SearchQuery, slips: bool = False) -> list[Hits]:
        return await _TASKS.find(self.db, actor, query, slips)


def _read(actor: Actor, asked: SearchQuery, sought: Sought, mine: bool) -> Read:
    page = TaskQuery(q=asked.q, sort="-created_at", limit=asked.limit + 1, mine=mine)
    return queries.tasks(actor, page, sought, only=_TOLD)


def _told(record: Record) -> Told:
    about = record["about"]
    fields = [(name, record[name]) for name in ("title", "description")]
    return Told(record["title"], about and about["name"], record["owner_id"], fields, about)


_TOLD = frozenset({"id", "title", "description", "about", "owner_id"})
_TASKS = Finder("task", access.READ, _read, _told)
