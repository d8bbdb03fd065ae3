"""Many tasks changed at once over HTTP."""

from uuid import UUID

from gausdo.kernel.mass import MassEdit, MassPreview
from gausdo.modules.activities.contract import Activities, TasksEdit
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def many_routes(api: Routes, activities: Activities) -> None:
    @api.post("/tasks/mass-edits/preview", right="activities.task.edit")
    async def preview_tasks_edit(edit: TasksEdit, actor: CurrentActor) -> MassPreview:
        return await activities.preview_tasks_edit(actor, edit)

    @api.post("/tasks/mass-edits", status=201, right="activities.task.edit")
    async def edit_tasks(
        edit: TasksEdit, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        """Begins in the background: it is asked how far it is, stopped, and undone, by its id."""
        return await activities.edit_tasks(actor, edit, key)

    @api.get("/tasks/mass-edits/{id}", right="activities.task.edit")
    async def tasks_edit(id: UUID, actor: CurrentActor) -> MassEdit:
        return await activities.tasks_edit(actor, id)

    @api.post("/tasks/mass-edits/{id}/stop", right="activities.task.edit")
    async def stop_tasks_edit(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        return await activities.stop_tasks_edit(actor, id, key)

    @api.post("/tasks/mass-edits/{id}/undo", status=201, right="activities.task.edit")
    async def undo_tasks_edit(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        """Another mass edit, which gives every field back that nobody has changed since."""
        return await activities.undo_tasks_edit(actor, id, key)
