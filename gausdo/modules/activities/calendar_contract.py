"""What a calendar is asked for and tells, beside its meetings; `contract` hands it on."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gausdo.kernel.values import Draft, Time, Value
from gausdo.modules.activities.events import MeetingKind


class Occurrence(Value):
    meeting_id: UUID
    begins_at: Time
    ends_at: Time


class CalendarQuery(Draft):
    """What takes place from `since` until `until`, of the people of `who` (ids and commas; oneself
    when not told).
    """

    since: Time
    until: Time
    who: Annotated[str, Field(max_length=400)] | None = None
    kind: MeetingKind | None = None


class WorkingSpan(Value):
    begins_at: Time
    ends_at: Time


class Reminder(Value):
    """Told: of a meeting that begins at `begins_at`."""

    id: UUID
    meeting_id: UUID
    kind: MeetingKind
    title: str
    place: str | None
    begins_at: Time
    minutes: int
