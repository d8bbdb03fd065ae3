"""How often something comes again: the part of RFC 5545 (RRULE) that people plan with.

What is not said follows from the first time: the day of the month, which weekday of it, the month.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from gausdo.kernel.values import Draft

MOST = 730
"""Times a rule may count."""


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Recurrence(Draft):
    """`weekdays` (Monday is 0) belong to weeks; `by_weekday` makes a month's “the 15th” its “third
    Thursday” (a fifth one is the last). It ends with the day `until`, after `count` times, never.
    """

    every: Every
    interval: Annotated[int, Field(ge=1, le=99)] = 1
    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(max_length=7)] = Field(
        default_factory=list
    )
    by_weekday: bool = False
    until: date | None = None
    count: Annotated[int, Field(ge=1, le=MOST)] | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        if self.until is not None and self.count is not None:
            raise ValueError("Say until which day or how many times, not both.")
        if self.weekdays and self.every is not Every.WEEK:
            raise ValueError("Weekdays belong to what comes every week.")
        if self.by_weekday and self.every is not Every.MONTH:
            raise ValueError("Only what comes every month can be counted by its weekday.")
        return self
