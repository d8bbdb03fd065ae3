"""Activities over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from gausdo.kernel.history import HistoryEntry, HistoryQuery, Restoration
from gausdo.kernel.pages import Listed
from gausdo.kernel.values import Json
from gausdo.kernel.why import Why
from gausdo.modules.activities.contract import (
    Activities,
    Note,
    NoteDraft,
    NoteQuery,
    Task,
    TaskChange,
    TaskDraft,
    TaskQuery,
)
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def routes(activities: Activities) -> Routes:
    api = Routes("activities")

    @api.hot("/tasks", answer=Listed[Task], right="activities.task.read")
    async def list_tasks(actor: CurrentActor, query: Annotated[TaskQuery, Query()]) -> Json:
        return await activities.list_tasks(actor, query)

    @api.post("/tasks", status=201, right="activities.task.create")
    async def add_task(draft: TaskDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Task:
        return await activities.add_task(actor, draft, key)

    @api.get("/tasks/{id}", right="activities.task.read")
    async def task(id: UUID, actor: CurrentActor) -> Task:
        return await activities.task(actor, id)

    @api.get("/tasks/{id}/why", right="activities.task.read")
    async def why_task(id: UUID, user_id: UUID, actor: CurrentActor) -> Why:
        return await activities.why_task(actor, id, user_id)

    @api.patch("/tasks/{id}", right="activities.task.edit")
    async def change_task(
        id: UUID, change: TaskChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Task:
        return await activities.change_task(actor, id, change, key)

    @api.post("/tasks/{id}/history/restore", right="activities.task.edit")
    async def restore_task(
        id: UUID, restoration: Restoration, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Task:
        """An ordinary change, to the value a field had before an entry of the history."""
        return await activities.restore_task(actor, id, restoration, key)

    @api.hot("/tasks/{id}/history", answer=list[HistoryEntry], right="activities.task.read")
    async def task_history(
        id: UUID, actor: CurrentActor, query: Annotated[HistoryQuery, Query()]
    ) -> Json:
        return await activities.task_history(actor, id, query.after, query.limit)

    @api.hot("/notes", answer=Listed[Note], right="activities.note.read")
    async def list_notes(actor: CurrentActor, query: Annotated[NoteQuery, Query()]) -> Json:
        return await activities.list_notes(actor, query)

    @api.post("/notes", status=201, right="activities.note.create")
    async def add_note(draft: NoteDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Note:
        return await activities.add_note(actor, draft, key)

    return api
