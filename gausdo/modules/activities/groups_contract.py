"""What a list of tasks is asked for, and the groups it comes in; `contract` hands it on."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.grouping import Group, Grouping, Groups
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Json
from gausdo.modules.activities.events import RecordKind, TaskState


class TaskQuery(ListQuery):
    state: TaskState | None = None
    owner_id: UUID | None = None
    mine: bool = False
    about_kind: RecordKind | None = None
    about_id: UUID | None = None


class TaskGroupsQuery(TaskQuery, Grouping):
    """The groups of the list that is asked for the rest."""


class ListsTasks(Protocol):
    async def list_tasks(self, actor: Actor, query: TaskQuery) -> Json:
        """`Listed[Task]`; sorts: due_at (default), created_at, changed_at, done_at. What has no due
        time, or is not done, comes last, whichever way.
        """
        ...

    async def task_groups(self, actor: Actor, query: TaskGroupsQuery) -> Groups[Group]:
        """By `owner_id`, `team_id`, `state` or `about_kind`, by the month of `due_at`,
        `created_at` or `done_at`. Raises Forbidden, Invalid.
        """
        ...
