"""Many tasks changed at once; `contract` hands it on."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.mass import MassChange, MassEdit, MassPreview
from gausdo.kernel.values import Draft, Time
from gausdo.modules.activities.events import TaskState


class TaskSet(Draft):
    """Fields that many tasks can be given the same value of."""

    owner_id: UUID | None = None
    due_at: Time | None = None
    state: TaskState | None = None


class TasksEdit(MassChange):
    change: TaskSet = TaskSet()


class EditsTasks(Protocol):
    """The part of `activities` that gives many tasks away, moves their due times, ticks them off
    or deletes them at once.
    """

    async def preview_tasks_edit(self, actor: Actor, edit: TasksEdit) -> MassPreview:
        """What it would do now. Raises Forbidden, Invalid."""
        ...

    async def edit_tasks(self, actor: Actor, edit: TasksEdit, key: str | None = None) -> MassEdit:
        """Begin it; it goes on by itself. Raises Forbidden, Invalid, MassRunning."""
        ...

    async def tasks_edit(self, actor: Actor, id: UUID) -> MassEdit:
        """One of the actor's. Raises NotFound."""
        ...

    async def stop_tasks_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        """What it has changed by now stays. Raises NotFound."""
        ...

    async def undo_tasks_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        """Another one, which gives every field back that nobody has changed since.

        Raises NotFound, MassRunning, NothingToUndo.
        """
        ...
