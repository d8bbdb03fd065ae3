"""Activities: tasks with a due time, meetings and calls, and notes, on any record."""

from enum import StrEnum
from typing import Annotated, Protocol, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from gausdo.kernel.actor import Actor
from gausdo.kernel.finding import Finds
from gausdo.kernel.history import ENTRIES, After, Entries, HistoryEntry, Restoration
from gausdo.kernel.orders import Order
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.persons import HoldsPeople
from gausdo.kernel.recurrence import Recurrence
from gausdo.kernel.rights import guarded
from gausdo.kernel.rolling import RollsUp
from gausdo.kernel.taking_back import NamesRecords
from gausdo.kernel.values import Change, Draft, Json, Line, LongLine, Text, Time, TimeZone, Value
from gausdo.kernel.why import Why
from gausdo.modules.activities.around_contract import ActivityAround, TellsOfActivity
from gausdo.modules.activities.calendar_contract import (
    CalendarQuery,
    Occurrence,
    Reminder,
    WorkingSpan,
)
from gausdo.modules.activities.events import (
    MeetingAdded,
    MeetingChanged,
    MeetingKind,
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
    TaskState,
)
from gausdo.modules.activities.feed_contract import NO_FEED, HasFeeds
from gausdo.modules.activities.files_contract import Attachment, FileDraft, KeepsFiles
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
from gausdo.modules.activities.timeline_contract import (
    TellsTimelines,
    TimelineKind,
    TimelineLetter,
    TimelineQuery,
)

__all__ = [
    "NOTES",
    "NO_FEED",
    "About",
    "AboutNamed",
    "ActivityAround",
    "Attachment",
    "CalendarQuery",
    "CannotSee",
    "FileDraft",
    "MeetingAdded",
    "MeetingChanged",
    "MeetingKind",
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
    "PeopleMentioned",
    "RecordKind",
    "Reminder",
    "ReminderDue",
    "TaskAdded",
    "TaskChanged",
    "TaskState",
    "TimelineKind",
    "TimelineLetter",
    "TimelineQuery",
    "WorkingSpan",
]

TASKS = guarded(
    "activities.task", *("create", "read", "edit", "assign"), owned=True, fields=("description",)
)
MEETINGS = guarded(
    "activities.meeting",
    *("create", "read", "edit", "assign"),
    owned=True,
    fields=("description", "place", "result"),
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


class TaskQuery(ListQuery):
    state: TaskState | None = None
    owner_id: UUID | None = None
    mine: bool = False
    about_kind: RecordKind | None = None
    about_id: UUID | None = None


def _each_once(ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


def _latest_last(minutes: list[int]) -> list[int]:
    return sorted(set(minutes), reverse=True)


MOST_PARTICIPANTS = 50
LONGEST_WINDOW = 100
"""Days that a calendar is asked for at once."""
Ids = Annotated[list[UUID], Field(max_length=MOST_PARTICIPANTS), AfterValidator(_each_once)]
Minutes = Annotated[
    list[Annotated[int, Field(ge=0, le=40_320)]],
    Field(max_length=5, description="Minutes before it begins at which its people are reminded."),
    AfterValidator(_latest_last),
]


class MeetingDraft(Draft):
    """All day: from the midnight of its first day to that after its last, in its zone."""

    kind: MeetingKind = MeetingKind.MEETING
    title: Line
    begins_at: Time
    ends_at: Time
    all_day: bool = False
    time_zone: TimeZone | None = None  # the actor's when not told
    place: LongLine | None = None
    description: Text | None = None
    about: About | None = None
    owner_id: UUID | None = None  # the actor when not told
    colleague_ids: Ids = Field(default_factory=list)
    person_ids: Ids = Field(default_factory=list)
    repeats: Recurrence | None = None
    remind: Minutes = Field(default_factory=list)


class Scope(StrEnum):
    """Of what comes again: this one, this and those that follow, or all."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


class MeetingChange(Change):
    """`occurrence` is when the one that is meant begins by the series; times are those of it."""

    title: Line | None = None
    kind: MeetingKind | None = None
    begins_at: Time | None = None
    ends_at: Time | None = None
    all_day: bool | None = None
    place: LongLine | None = None
    description: Text | None = None
    owner_id: UUID | None = None
    colleague_ids: Ids | None = None
    person_ids: Ids | None = None
    repeats: Recurrence | None = None
    remind: Minutes | None = None
    state: MeetingState | None = None
    result: Text | None = None
    scope: Scope = Scope.ALL
    occurrence: Time | None = None

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if self.scope is not Scope.ALL and self.occurrence is None:
            raise ValueError("Say in `occurrence` which one is meant.")
        return self


class ParticipantNamed(Value):
    id: UUID
    name: str | None  # where the reader may see it


class Meeting(Value):
    id: UUID
    kind: MeetingKind
    title: str
    description: str | None
    place: str | None
    state: MeetingState
    result: str | None
    begins_at: Time  # of a series: the first
    ends_at: Time
    all_day: bool
    time_zone: str
    repeats: Recurrence | None
    series_id: UUID | None  # of one that was taken out of a series
    remind: list[int]
    about: AboutNamed | None
    colleagues: list[ParticipantNamed]
    people: list[ParticipantNamed]
    owner_id: UUID
    owner_name: str | None
    team_id: UUID | None
    via: str
    created_at: Time
    version: int
    editable: bool  # whether the reader may change it
    hidden: list[str]  # fields that the reader may not see


class MeetingQuery(ListQuery):
    state: MeetingState | None = None
    about_kind: RecordKind | None = None
    about_id: UUID | None = None


class Calendar(Value):
    """`working` is when people work here; `whole` is false where there is more than is told."""

    meetings: list[Meeting]
    occurrences: list[Occurrence]
    working: list[WorkingSpan]
    whole: bool


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
    KeepsNotes,
    KeepsFiles,
    TellsTimelines,
    RollsUp,
    HasFeeds,
    TellsOfActivity,
    Protocol,
):
    async def list_tasks(self, actor: Actor, query: TaskQuery) -> Json:
        """`Listed[Task]`; sorts: due_at (default, without a due time last), created_at."""
        ...

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

    async def list_meetings(self, actor: Actor, query: MeetingQuery) -> Json:
        """`Listed[Meeting]`; sorts: begins_at (default)."""
        ...

    async def meeting(self, actor: Actor, id: UUID) -> Meeting:
        """Raises NotFound, also when the actor may not see it and does not take part."""
        ...

    async def find_meetings(self, actor: Actor, ids: list[UUID]) -> list[Meeting]:
        """Those of them (≤ 200) the actor may see, in no order."""
        ...

    async def calendar(self, actor: Actor, query: CalendarQuery) -> Calendar:
        """What takes place in a window. Raises Invalid for a window that is too long."""
        ...

    async def add_meeting(
        self, actor: Actor, draft: MeetingDraft, key: str | None = None
    ) -> Meeting:
        """Raises NotFound when a record or a person named is not the actor's to see, Invalid."""
        ...

    async def change_meeting(
        self, actor: Actor, id: UUID, change: MeetingChange, key: str | None = None
    ) -> Meeting:
        """The meeting that has the changes now: of one occurrence, one of its own.

        Raises NotFound, Forbidden, Stale, Invalid.
        """
        ...

    async def reminders(self, actor: Actor) -> list[Reminder]:
        """Those of the last hour that were told to the actor."""
        ...
