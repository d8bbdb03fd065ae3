"""When somebody works, and when they are away."""

from datetime import date, time
from typing import Annotated, Protocol, Self
from uuid import UUID

from pydantic import Field, model_validator

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Change, Draft, Time, Value
from gausdo.kernel.working_time import Window

DAYS = 7
LONGEST = 366
"""Days of one absence."""


class Absence(Draft):
    """From the first day to the last, in the person's time zone."""

    first_on: date
    last_on: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= (self.last_on - self.first_on).days < LONGEST:
            raise ValueError("ends before it begins, or after more than a year")
        return self


Day = Annotated[tuple[Window, ...], Field(max_length=3)]
Week = Annotated[tuple[Day, ...], Field(min_length=DAYS, max_length=DAYS)]
"""The windows of Monday to Sunday; an empty one is a day off."""


class WorkingTime(Value):
    """Somebody's own; without a `week` they work by the calendar of the company."""

    user_id: UUID
    week: tuple[tuple[Window, ...], ...] | None
    absences: list[Absence]
    version: int


class WorkingTimeChange(Change):
    week: Week | None = None
    absences: list[Absence] | None = Field(None, max_length=30)

    @model_validator(mode="after")
    def _windows_in_order(self) -> Self:
        for day in self.week or ():
            last = time()
            for window in day:
                if window.start < last or (window.end <= window.start and window.end != time()):
                    raise ValueError("has a day whose hours overlap or end before they begin")
                last = window.end if window.end != time() else time.max
        return self


class Presence(Value):
    """Whether somebody is at work at a moment, and if not, when they next are."""

    user_id: UUID
    here: bool
    next_at: Time | None


class KeepsHours(Protocol):
    """What `Identity` knows of when people work."""

    async def working_time(self, actor: Actor, id: UUID) -> WorkingTime:
        """One's own, or of somebody in a team one leads. Raises NotFound."""
        ...

    async def change_working_time(
        self, actor: Actor, id: UUID, change: WorkingTimeChange, key: str | None = None
    ) -> WorkingTime:
        """As `working_time`; whoever may change colleagues may change theirs. Raises Stale."""
        ...

    async def presence(self, actor: Actor, ids: list[UUID], at: Time) -> list[Presence]:
        """Of those of these people (≤ 200) who work here; only Gausdo itself asks."""
        ...
