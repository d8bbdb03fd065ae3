"""Tasks in groups: one part of `ActivitiesService`."""

from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select, text

from gausdo.kernel.actor import Actor
from gausdo.kernel.grouping import COUNTED, Group, Groups
from gausdo.kernel.sought import Sought
from gausdo.modules.activities import access
from gausdo.modules.activities.fields import TASK
from gausdo.modules.activities.groups_contract import TaskGroupsQuery, TaskQuery
from gausdo.modules.activities.queries import narrowed, words_of
from gausdo.modules.activities.tables import TaskRow, schema
from gausdo.platform.db import Database, Read
from gausdo.platform.found import as_it_is
from gausdo.platform.grouping import Grouped, counted, groups, listed_query
from gausdo.platform.narrow import asked_list
from gausdo.platform.search import among

GROUPED = Grouped(
    schema,
    access.READ,
    frozenset(
        {*("owner_id", "team_id", "state", "about_kind"), *("due_at", "created_at", "done_at")}
    ),
)


class GroupsOfTasks:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def task_groups(self, actor: Actor, query: TaskGroupsQuery) -> Groups[Group]:
        actor.demand(access.READ)
        by = GROUPED.by(actor, access.GUARD, query.by, frozenset())
        asked = listed_query(query, TaskQuery)
        counts = partial(counts_of, actor)
        return await groups(
            self.db, actor, GROUPED, access.GUARD, by, asked, query.after, counts, Group
        )


def counts_of(actor: Actor, query: TaskQuery, sought: Sought | None) -> Read:
    """`count` and `more` of what the query lets through."""
    asked = asked_list(actor, query, TASK, "tasks counted", sought=sought)
    id = TaskRow.__table__.c.id

    def statement() -> Select[Any]:
        rows = select(id).where(*narrowed(actor, query))
        if query.q:
            rows = rows.where(among(id, words_of(actor, sought, few=True).found))
        every = counted(rows, [access.visible(actor)])
        count, most = func.count(every.c.id), as_it_is(COUNTED)
        return select(
            func.json_build_object(
                text("'count'"), func.least(count, most), text("'more'"), count > most
            )
        )

    return asked.read(statement)
