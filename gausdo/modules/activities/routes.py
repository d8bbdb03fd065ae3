"""Activities over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import StreamingResponse

from gausdo.kernel.deleted import DeletedQuery, DeletedRecord
from gausdo.kernel.grouping import Group, Groups
from gausdo.kernel.history import HistoryEntry, HistoryQuery, Restoration
from gausdo.kernel.pages import Listed
from gausdo.kernel.values import Json
from gausdo.kernel.why import Why
from gausdo.modules.activities.contract import (
    Activities,
    Attachment,
    Calendar,
    CalendarQuery,
    FileDraft,
    Meeting,
    MeetingChange,
    MeetingDraft,
    MeetingQuery,
    Note,
    NoteChange,
    NoteDraft,
    NoteQuery,
    NoteVersion,
    OutsideAccount,
    OutsideAccountChange,
    OutsideAccountDraft,
    OutsideCalendarChange,
    Reminder,
    Task,
    TaskChange,
    TaskDraft,
    TaskGroupsQuery,
    TaskQuery,
    TimelineEntry,
    TimelineQuery,
)
from gausdo.modules.activities.deleted_routes import deleted_routes
from gausdo.modules.activities.feed_contract import Feed
from gausdo.modules.activities.many_routes import many_routes
from gausdo.platform.http import OWN, CurrentActor, IdempotencyKey, Routes
from gausdo.platform.http.files import BYTES, received, sent


def routes(activities: Activities) -> Routes:
    api = Routes("activities")
    _deleted(api, activities)  # before the paths with an id
    _listed(api, activities)
    many_routes(api, activities)
    deleted_routes(api, activities)
    _meetings(api, activities)
    _notes(api, activities)
    _files(api, activities)
    _feeds(api, activities)
    _outside(api, activities)

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

    return api


def _listed(api: Routes, activities: Activities) -> None:
    @api.hot("/tasks", answer=Listed[Task], right="activities.task.read")
    async def list_tasks(actor: CurrentActor, query: Annotated[TaskQuery, Query()]) -> Json:
        return await activities.list_tasks(actor, query)

    @api.get("/tasks/groups", right="activities.task.read")
    async def task_groups(
        actor: CurrentActor, query: Annotated[TaskGroupsQuery, Query()]
    ) -> Groups[Group]:
        """The groups of the list that is asked for the rest, with how many tasks each has."""
        return await activities.task_groups(actor, query)


def _deleted(api: Routes, activities: Activities) -> None:
    @api.hot("/tasks/deleted", answer=Listed[DeletedRecord], right="activities.task.read")
    async def deleted_tasks(actor: CurrentActor, query: Annotated[DeletedQuery, Query()]) -> Json:
        """Those the reader could see, the latest first."""
        return await activities.deleted_tasks(actor, query)

    @api.hot("/meetings/deleted", answer=Listed[DeletedRecord], right="activities.meeting.read")
    async def deleted_meetings(
        actor: CurrentActor, query: Annotated[DeletedQuery, Query()]
    ) -> Json:
        """Those the reader could see, the latest first."""
        return await activities.deleted_meetings(actor, query)


def _meetings(api: Routes, activities: Activities) -> None:
    @api.hot("/meetings", answer=Listed[Meeting], right="activities.meeting.read")
    async def list_meetings(actor: CurrentActor, query: Annotated[MeetingQuery, Query()]) -> Json:
        return await activities.list_meetings(actor, query)

    @api.get("/calendar", right="activities.meeting.read")
    async def calendar(actor: CurrentActor, query: Annotated[CalendarQuery, Query()]) -> Calendar:
        """What takes place in a window, series as often as they do."""
        return await activities.calendar(actor, query)

    @api.get("/reminders", right="activities.meeting.read")
    async def reminders(actor: CurrentActor) -> list[Reminder]:
        """What one was reminded of within the last hour."""
        return await activities.reminders(actor)

    @api.post("/meetings", status=201, right="activities.meeting.create")
    async def add_meeting(
        draft: MeetingDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Meeting:
        return await activities.add_meeting(actor, draft, key)

    @api.get("/meetings/{id}", right="activities.meeting.read")
    async def meeting(id: UUID, actor: CurrentActor) -> Meeting:
        return await activities.meeting(actor, id)

    @api.patch("/meetings/{id}", right="activities.meeting.edit")
    async def change_meeting(
        id: UUID, change: MeetingChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Meeting:
        """The answer is the meeting that has the changes: of one time of a series, a new one."""
        return await activities.change_meeting(actor, id, change, key)


def _notes(api: Routes, activities: Activities) -> None:
    @api.hot("/notes", answer=Listed[Note], right="activities.note.read")
    async def list_notes(actor: CurrentActor, query: Annotated[NoteQuery, Query()]) -> Json:
        return await activities.list_notes(actor, query)

    @api.hot("/timeline", answer=Listed[TimelineEntry], right=OWN)
    async def timeline(actor: CurrentActor, query: Annotated[TimelineQuery, Query()]) -> Json:
        """What happened around a record, the latest first, as far as it is the caller's to see."""
        return await activities.timeline(actor, query)

    @api.post("/notes", status=201, right="activities.note.create")
    async def add_note(draft: NoteDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Note:
        return await activities.add_note(actor, draft, key)

    @api.patch("/notes/{id}", right="activities.note.create")
    async def change_note(
        id: UUID, change: NoteChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Note:
        return await activities.change_note(actor, id, change, key)

    @api.post("/notes/{id}/remove", right="activities.note.create")
    async def remove_note(
        id: UUID, seen: NoteVersion, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Note:
        """For thirty days it can be brought back."""
        return await activities.remove_note(actor, id, seen, key)

    @api.post("/notes/{id}/restore", right="activities.note.create")
    async def restore_note(
        id: UUID, seen: NoteVersion, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Note:
        return await activities.restore_note(actor, id, seen, key)


def _files(api: Routes, activities: Activities) -> None:
    @api.post(
        "/files", status=201, takes="application/octet-stream", right="activities.note.create"
    )
    async def send_file(
        draft: Annotated[FileDraft, Query()],
        request: Request,
        actor: CurrentActor,
        key: IdempotencyKey = None,
    ) -> Attachment:
        """The file itself is the body. A note takes it along by `file_ids`, within a day."""
        id = await activities.begin_file(actor, draft, key)

        async def add(number: int, content: bytes) -> None:
            await activities.add_portion(actor, id, number, content)

        await received(request, add)
        return await activities.finish_file(actor, id)

    @api.get("/files/{id}", media=(BYTES,), right="activities.note.read")
    async def file(id: UUID, actor: CurrentActor) -> StreamingResponse:
        """To be kept, never to be shown or run by the browser."""

        async def portion(number: int) -> bytes:
            return await activities.file_portion(actor, id, number)

        return sent(await activities.file(actor, id), portion)


def _outside(api: Routes, activities: Activities) -> None:
    @api.get("/me/calendars", right=OWN)
    async def my_calendars(actor: CurrentActor) -> list[OutsideAccount]:
        """Calendars one keeps elsewhere and reads here."""
        return await activities.outside_accounts(actor)

    @api.post("/me/calendars", status=201, right=OWN)
    async def connect_my_calendar(
        draft: OutsideAccountDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> OutsideAccount:
        """By CalDAV. Which calendars there are is looked for at once."""
        return await activities.connect_calendar(actor, draft, key)

    @api.put("/me/calendars/{id}/password", right=OWN)
    async def change_my_calendar_password(
        id: UUID, change: OutsideAccountChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> OutsideAccount:
        return await activities.change_outside_account(actor, id, change, key)

    @api.post("/me/calendars/{id}/read", right=OWN)
    async def read_my_calendar(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> OutsideAccount:
        """Now; it is read every quarter of an hour."""
        return await activities.read_outside(actor, id, key)

    @api.delete("/me/calendars/{id}", status=204, right=OWN)
    async def disconnect_my_calendar(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> None:
        """Nothing of it is left here; what is there stays."""
        await activities.disconnect_calendar(actor, id, key)

    @api.patch("/me/outside-calendars/{id}", right=OWN)
    async def change_my_outside_calendar(
        id: UUID, change: OutsideCalendarChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> OutsideAccount:
        return await activities.change_outside_calendar(actor, id, change, key)


def _feeds(api: Routes, activities: Activities) -> None:
    @api.get("/me/feed", right=OWN)
    async def my_feed(actor: CurrentActor) -> Feed:
        """Where other programs read one's calendar."""
        return await activities.feed(actor)

    @api.post("/me/feed", right=OWN, step_up=True)
    async def make_my_feed(actor: CurrentActor, key: IdempotencyKey = None) -> Feed:
        """A new address; one from before leads nowhere from then on."""
        return await activities.make_feed(actor, key)

    @api.delete("/me/feed", status=204, right=OWN)
    async def end_my_feed(actor: CurrentActor, key: IdempotencyKey = None) -> None:
        await activities.end_feed(actor, key)
