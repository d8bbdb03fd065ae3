"""Activities: tasks with a due time, meetings and calls, and notes, on any record."""

from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor
from gausdo.kernel.exporting import GivesWork
from gausdo.kernel.finding import Finds
from gausdo.kernel.history import ENTRIES, After, Entries, HistoryEntry, Restoration
from gausdo.kernel.orders import Order
from gausdo.kernel.persons import HoldsPeople
from gausdo.kernel.rights import guarded
from gausdo.kernel.rolling import RollsUp
from gausdo.kernel.taking_back import NamesRecords
from gausdo.kernel.values import Change, Draft, Json, Line, Text, Time, Value
from gausdo.kernel.why import Why
from gausdo.modules.activities.around_contract import ActivityAround, TellsOfActivity
from gausdo.modules.activities.calendar_contract import (
    CalendarQuery,
    Occurrence,
    Reminder,
    WorkingSpan,
)
from gausdo.modules.activities.deleted_contract import DeletesActivities
from gausdo.modules.activities.events import (
    MeetingAdded,
    MeetingChanged,
    MeetingKind,
    MeetingRemoved,
    MeetingRestored,
    MeetingState,
    NoteAdded,
    NoteChanged,
    NoteRemoved,
    NoteRestored,
    PeopleMentioned,
    RecordKind,
    ReminderDue,
    TaskAdded,
    TaskChanged,
    TaskRemoved,
    TaskRestored,
    TasksEdited,
    TaskState,
)
from gausdo.modules.activities.feed_contract import NO_FEED, HasFeeds
from gausdo.modules.activities.files_contract import Attachment, FileDraft, KeepsFiles
from gausdo.modules.activities.groups_contract import ListsTasks, TaskGroupsQuery, TaskQuery
from gausdo.modules.activities.many import EditsTasks, TasksEdit, TaskSet
from gausdo.modules.activities.meetings_contract import (
    LONGEST_WINDOW,
    MOST_PARTICIPANTS,
    Calendar,
    Meeting,
    MeetingChange,
    MeetingDraft,
    MeetingQuery,
    ParticipantNamed,
    PlansMeetings,
    Scope,
)
from gausdo.modules.activities.notes_contract import (
    NOTES,
    About,
    AboutNamed,
    CannotSee,
    KeepsNotes,
    Mention,
    Note,
    NoteChange,
    NoteDraft,
    NoteQuery,
    NoteVersion,
)
from gausdo.modules.activities.outside_contract import (
    OutsideAccount,
    OutsideAccountChange,
    OutsideAccountDraft,
    OutsideCalendar,
    OutsideCalendarChange,
    OutsideState,
    OutsideTime,
    ReadsOutside,
)
from gausdo.modules.activities.timeline_contract import (
    TellsTimelines,
    TimelineKind,
    TimelineLetter,
    TimelineQuery,
)

__all__ = [
    "LONGEST_WINDOW",
    "MOST_PARTICIPANTS",
    "NOTES",
    "NO_FEED",
    "About",
    "AboutNamed",
    "ActivityAround",
    "Attachment",
    "Calendar",
    "CalendarQuery",
    "CannotSee",
    "FileDraft",
    "Meeting",
    "MeetingAdded",
    "MeetingChange",
    "MeetingChanged",
    "MeetingDraft",
    "MeetingKind",
    "MeetingQuery",
    "MeetingRemoved",
    "MeetingRestored",
    "MeetingState",
    "Mention",
    "Note",
    "NoteAdded",
    "NoteChange",
    "NoteChanged",
    "NoteDraft",
    "NoteQuery",
    "NoteRemoved",
    "NoteRestored",
    "NoteVersion",
    "Occurrence",
    "OutsideAccount",
    "OutsideAccountChange",
    "OutsideAccountDraft",
    "OutsideCalendar",
    "OutsideCalendarChange",
    "OutsideState",
    "OutsideTime",
    "ParticipantNamed",
    "PeopleMentioned",
    "RecordKind",
    "Reminder",
    "ReminderDue",
    "Scope",
    "TaskAdded",
    "TaskChanged",
    "TaskGroupsQuery",
    "TaskQuery",
    "TaskRemoved",
    "TaskRestored",
    "TaskSet",
    "TaskState",
    "TasksEdit",
    "TasksEdited",
    "TimelineKind",
    "TimelineLetter",
    "TimelineQuery",
    "WorkingSpan",
]

TASKS = guarded(
    "activities.task",
    *("create", "read", "edit", "assign", "delete"),
    owned=True,
    fields=("description",),
    exported=True,
)
MEETINGS = guarded(
    "activities.meeting",
    *("create", "read", "edit", "assign", "delete"),
    owned=True,
    fields=("description", "place", "result"),
    exported=True,
)


class TaskDraft(Draft):
    title: Line
    about: About | None = None
    due_at: Time | None = None
    due_in_working_hours: Annotated[
        float | None,
        Field(gt=0, le=10_000, allow_inf_nan=False, description="Instead of `due_at`."),
    ] = None  # by the installation's calendar
    owner_id: UUID | None = None  # the actor when not told
    description: Text | None = None


class TaskChange(Change):
    title: Line | None = None
    due_at: Time | None = None
    owner_id: UUID | None = None
    description: Text | None = None
    state: TaskState | None = None


class Task(Value):
    id: UUID
    title: str
    description: str | None
    state: TaskState
    due_at: Time | None
    about: AboutNamed | None
    owner_id: UUID
    owner_name: str | None
    team_id: UUID | None
    via: str
    created_at: Time
    done_at: Time | None
    version: int
    editable: bool  # whether the reader may change it
    hidden: list[str]  # fields that the reader may not see


class TimelineEntry(Value):
    """One of `note`, `task`, `meeting`, `letter` and `change` is told: that of its kind."""

    id: UUID
    kind: TimelineKind
    at: Time
    of: AboutNamed | None  # the record it is about; where the reader may see that
    note: Note | None
    task: Task | None
    meeting: Meeting | None
    letter: TimelineLetter | None
    change: HistoryEntry | None


class Activities(
    HoldsPeople,
    NamesRecords,
    Finds,
    PlansMeetings,
    DeletesActivities,
    ListsTasks,
    EditsTasks,
    GivesWork,
    KeepsNotes,
    KeepsFiles,
    TellsTimelines,
    RollsUp,
    HasFeeds,
    ReadsOutside,
    TellsOfActivity,
    Protocol,
):
    async def task(self, actor: Actor, id: UUID) -> Task:
        """Raises NotFound, also when the actor may not see it."""
        ...

    async def find_tasks(self, actor: Actor, ids: list[UUID]) -> list[Task]:
        """Those of them (≤ 200) the actor may see, in no order."""
        ...

    async def tasks_about(
        self, actor: Actor, kind: RecordKind, ids: list[UUID], query: TaskQuery
    ) -> Json:
        """`dict[UUID, Listed[Task]]`: the same page of each of these (≤ 200) records."""
        ...

    async def why_task(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        """Of a task the actor may see. Raises NotFound, Forbidden."""
        ...

    async def add_task(self, actor: Actor, draft: TaskDraft, key: str | None = None) -> Task:
        """Raises NotFound when the record it is about is not the actor's to see."""
        ...

    async def add_tasks(self, actor: Actor, orders: list[Order[TaskDraft]]) -> list[UUID]:
        """The ids of the tasks (≤ 200), in the order of their orders: all are made, or none.

        What an order has made before is not made again. Raises as `add_task`.
        """
        ...

    async def change_task(
        self, actor: Actor, id: UUID, change: TaskChange, key: str | None = None
    ) -> Task:
        """Raises NotFound, Forbidden, Stale, Invalid for an owner nobody knows."""
        ...

    async def restore_task(
        self, actor: Actor, id: UUID, restoration: Restoration, key: str | None = None
    ) -> Task:
        """Give a field the value it had before an entry of the history.

        Raises NotFound, Erased, NothingEarlier, and what `change_task` raises.
        """
        ...

    async def task_history(
        self, actor: Actor, id: UUID, after: After | None = None, limit: Entries = ENTRIES
    ) -> Json:
        """`list[HistoryEntry]`, newest first; `after` is the `next` of the last one read."""
        ...
