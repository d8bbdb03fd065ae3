"""When people work and sell: Russian working days, and the seasons of a year's business."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from gausdo.demo.world_dice import Dice

ZONE = ZoneInfo("Europe/Moscow")
OPENS, CLOSES = 9, 18
DAY = timedelta(days=1)

_NEW_YEAR = 8
"""The first days of January, all of them off."""
_OTHERS = ((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4))
_SATURDAY = 5
_SEASONS = (0.65, 0.9, 1.05, 1.05, 0.75, 0.95, 0.8, 0.8, 1.1, 1.15, 1.2, 1.25)
"""How much of a usual month's business begins in January, February, …"""


@cache
def holidays(year: int) -> frozenset[date]:
    """Days off of a year that are no Saturdays or Sundays by themselves.

    The Labour Code of Russia, article 112: a holiday at a weekend is kept on the next working
    day, those of January excepted, which the government moves each year by a decree.
    """
    days = {date(year, 1, day) for day in range(1, _NEW_YEAR + 1)}
    for month, day in _OTHERS:
        off = date(year, month, day)
        while off.weekday() >= _SATURDAY or off in days:
            off += DAY
        days.add(off)
    return frozenset(days)


@cache
def works(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def workday(day: date) -> date:
    """That day, or the next one on which people work."""
    while not works(day):
        day += DAY
    return day


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def on(day: date, dice: Dice) -> datetime:
    """A moment of that day's working hours."""
    seconds = dice.randrange(OPENS * 3600, CLOSES * 3600)
    return midnight(day) + timedelta(seconds=seconds)


def at_work(at: datetime, dice: Dice) -> datetime:
    """`at`, or a moment of the next working day when nobody works then."""
    local = at.astimezone(ZONE)
    day = local.date()
    if works(day) and OPENS <= local.hour < CLOSES:
        return at
    return on(workday(day if local.hour < OPENS else day + DAY), dice)


class Season:
    """Moments between `since` and `until` as business goes: growing, by the season, at work."""

    def __init__(self, since: datetime, until: datetime, dice: Dice) -> None:
        self._since, self._until, self._dice = since, until, dice
        self._span = until - since

    def moment(self) -> datetime:
        most = max(_SEASONS) * 1.3
        while True:
            part = self._dice.random()
            at = self._since + self._span * part
            weight = _SEASONS[at.month - 1] * (0.7 + 0.6 * part)
            if self._dice.random() * most < weight:
                at = at_work(at, self._dice)
                if at < self._until:
                    return at
