"""Meetings and calls, and the calendar they stand in; `contract` hands it on."""

from enum import StrEnum
from typing import Annotated, Protocol, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from gausdo.kernel.actor import Actor
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.recurrence import Recurrence
from gausdo.kernel.values import Change, Draft, Json, Line, LongLine, Text, Time, TimeZone, Value
from gausdo.modules.activities.calendar_contract import (
    CalendarQuery,
    Occurrence,
    Reminder,
    WorkingSpan,
)
from gausdo.modules.activities.events import MeetingKind, MeetingState, RecordKind
from gausdo.modules.activities.notes_contract import About, AboutNamed
from gausdo.modules.activities.outside_contract import OutsideTime


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
    """`working` is when people work here; `whole` is false where there is more than is told;
    `outside` is what people have in calendars of elsewhere.
    """

    meetings: list[Meeting]
    occurrences: list[Occurrence]
    working: list[WorkingSpan]
    whole: bool
    outside: list[OutsideTime] = Field(default_factory=list)


class PlansMeetings(Protocol):
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
