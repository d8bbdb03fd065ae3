"""Mass edits of tasks: the use cases over `platform.mass`."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.kernel.mass import Found, MassEdit, MassPreview
from gausdo.kernel.values import Json
from gausdo.modules.activities import access
from gausdo.modules.activities.contract import TASKS, TaskChange, TaskQuery
from gausdo.modules.activities.events import TasksEdited
from gausdo.modules.activities.many import TasksEdit
from gausdo.modules.activities.mass_rows import ItemRow, MassRow
from gausdo.modules.activities.tables import PERSONAL, TaskRow
from gausdo.modules.identity.contract import Identity
from gausdo.platform.db import Database, Tx
from gausdo.platform.deleting import Deleting
from gausdo.platform.history import apart
from gausdo.platform.mass import MassEdits
from gausdo.platform.mass_kinds import Kind, Values
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import demand_reach

TASK = "task"


class EditsManyTasks:
    """The part of `ActivitiesService` that changes many tasks at once."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

        @property
        def identity(self) -> Identity: ...

        @property
        def deleting_tasks(self) -> Deleting: ...

        async def list_tasks(self, actor: Actor, query: TaskQuery) -> Json: ...

    @property
    def mass(self) -> MassEdits:
        kind = Kind(
            TASKS, access.GUARD, TaskChange, self._found, _edit, _demand, self.deleting_tasks
        )
        rows = MassRow, ItemRow
        return MassEdits(self.db, self.identity.actor, {TASK: kind}, *rows, TasksEdited)

    async def _found(self, actor: Actor, found: Found, after: str | None) -> Json:
        return await self.list_tasks(actor, found.page(TaskQuery, after))

    async def preview_tasks_edit(self, actor: Actor, edit: TasksEdit) -> MassPreview:
        return await self.mass.preview(actor, TASK, edit)

    async def edit_tasks(self, actor: Actor, edit: TasksEdit, key: str | None = None) -> MassEdit:
        return await self.mass.start(actor, TASK, edit, key)

    async def tasks_edit(self, actor: Actor, id: UUID) -> MassEdit:
        return await self.mass.one(actor, TASK, id)

    async def stop_tasks_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        return await self.mass.stop(actor, TASK, id, key)

    async def undo_tasks_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        return await self.mass.undo(actor, TASK, id, key)


async def alter(tx: Tx, actor: Actor, row: TaskRow, change: TaskChange) -> None:
    """Change a task that was locked for it. Raises Forbidden, Invalid."""
    told = row.differing(change)
    before = row.owner_id, row.team_id
    team_id = row.team_id
    if "owner_id" in told:
        await demand_reach(tx, actor, access.ASSIGN, row, access.GUARD)
        _, team_id = await new_owner(tx, actor, told["owner_id"])
    if changes := row.change(told, team_id):
        tx.publish(row.changed(changes, *before), **apart(changes, PERSONAL))


async def _edit(
    tx: Tx, actor: Actor, id: UUID, names: Sequence[str], values: Callable[[Any], Values]
) -> int | None:
    """One task of a mass edit; the version it makes, None where all was so already."""
    row = await access.task(tx, actor, id, access.EDIT, names)
    version = row.version
    await alter(tx, actor, row, TaskChange.model_validate({**values(row), "version": version}))
    return row.version if row.version > version else None


async def _demand(tx: Tx, actor: Actor, told: Values) -> None:
    if "state" in told and told["state"] is None:
        raise invalid("change.state", "missing", "A task is open or done.")
    if "owner_id" in told:
        await new_owner(tx, actor, told["owner_id"])
