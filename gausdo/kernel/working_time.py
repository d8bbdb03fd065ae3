"""Working time: windows of a week, holidays, moved working days, a time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from gausdo.kernel.values import Clock, Value

FAR = 3660
"""Days to look ahead before saying that the calendar has no working time at all."""


class Window(Value):
    """From `start` to `end` of one day; `end` 00:00 means midnight."""

    start: Clock
    end: Clock


class WorkingCalendar(Value):
    """`week` has the windows of Monday to Sunday; `days` replaces those of single dates:
    an empty tuple is a holiday, anything else a moved working day.
    """

    time_zone: str
    week: tuple[tuple[Window, ...], ...]
    days: dict[date, tuple[Window, ...]] = Field(default_factory=dict)

    def windows(self, day: date) -> list[tuple[datetime, datetime]]:
        zone = ZoneInfo(self.time_zone)
        spans = self.days.get(day, self.week[day.weekday()])
        return [
            (
                datetime.combine(day, w.start, zone),
                datetime.combine(day + timedelta(days=w.end == time()), w.end, zone),
            )
            for w in spans
        ]

    def after(self, start: datetime, hours: float) -> datetime:
        """The moment when `hours` of working time have passed since `start`.

        Measured in real time, so a window across a change of the clock has the hours it has.
        Raises ValueError when there is no working time within ten years.
        """
        left = timedelta(hours=hours)
        zone = ZoneInfo(self.time_zone)
        day = start.astimezone(zone).date()
        for offset in range(FAR):
            for begin, end in self.windows(day + timedelta(days=offset)):
                opens = max(begin.astimezone(UTC), start.astimezone(UTC))
                closes = end.astimezone(UTC)
                if opens >= closes:
                    continue
                if left <= closes - opens:
                    return opens + left
                left -= closes - opens
        raise ValueError("The working calendar has no working time.")

    def opens(self, at: datetime) -> datetime | None:
        """`at` in working time, else when the next begins; None when there is none in ten years."""
        day = at.astimezone(ZoneInfo(self.time_zone)).date()
        for offset in range(-1, FAR):
            for begin, end in self.windows(day + timedelta(days=offset)):
                if end > at:
                    return max(begin.astimezone(UTC), at)
        return None


NINE_TO_SIX = (Window(start=time(9), end=time(18)),)
FIVE_DAYS = (NINE_TO_SIX,) * 5 + ((),) * 2
