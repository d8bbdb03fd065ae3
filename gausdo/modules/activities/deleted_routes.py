"""Deleted tasks and meetings over HTTP."""

from uuid import UUID

from gausdo.kernel.deleted import BroughtBack, DeletedRecord, Version
from gausdo.kernel.values import Time
from gausdo.modules.activities.contract import Activities, Scope
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def deleted_routes(api: Routes, activities: Activities) -> None:
    @api.delete("/tasks/{id}", right="activities.task.delete")
    async def delete_task(
        id: UUID, version: Version, actor: CurrentActor, key: IdempotencyKey = None
    ) -> DeletedRecord:
        """As the one who deletes it has seen it last; it can be brought back for thirty days."""
        return await activities.delete_task(actor, id, version, key)

    @api.post("/tasks/{id}/restore", right="activities.task.delete")
    async def bring_task_back(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> BroughtBack:
        """A deleted one is there again, as it was."""
        return await activities.bring_task_back(actor, id, key)

    @api.delete("/meetings/{id}", right="activities.meeting.delete")
    async def delete_meeting(
        id: UUID,
        version: Version,
        actor: CurrentActor,
        scope: Scope = Scope.ALL,
        occurrence: Time | None = None,
        key: IdempotencyKey = None,
    ) -> DeletedRecord:
        """The answer is what is deleted: of a series one time, or what follows from one on, a
        meeting of its own. It can be brought back for thirty days.
        """
        return await activities.delete_meeting(actor, id, version, scope, occurrence, key)

    @api.post("/meetings/{id}/restore", right="activities.meeting.delete")
    async def bring_meeting_back(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> BroughtBack:
        """A deleted one is there again, as it was."""
        return await activities.bring_meeting_back(actor, id, key)
