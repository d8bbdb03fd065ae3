"""When meetings take place: the times of a series within a window, as its own zone's clocks say.

A series is counted on the wall clock of its zone and only then placed in time, so that ten o'clock
stays ten o'clock when clocks change. A time that a change leaves out comes an hour later, one that
it repeats is the first of the two (RFC 5545, 3.3.10 and 3.3.5).
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

from gausdo.kernel.recurrence import Every, Recurrence

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""When a series without an end is over."""
MOST = 800
"""Times of one series that one window can have."""
FOURTH = 4
"""A later weekday of a month is its last."""
_FREQUENCY: dict[Every, Literal[0, 1, 2, 3]] = {
    Every.DAY: DAILY,
    Every.WEEK: WEEKLY,
    Every.MONTH: MONTHLY,
    Every.YEAR: YEARLY,
}
_STRIDE = {Every.DAY: timedelta(days=1), Every.WEEK: timedelta(weeks=1)}


class Series(NamedTuple):
    begins_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    repeats: Recurrence | None
    skipped: Collection[datetime] = ()


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of the zone show."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def placed(clock: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks of the zone show it."""
    return clock.replace(tzinfo=zone).astimezone(UTC)


def ending(series: Series, begins_at: datetime) -> datetime:
    """When the occurrence that begins then ends: a whole day takes as long as its clocks say."""
    zone = series.zone
    length = local(series.ends_at, zone) - local(series.begins_at, zone)
    return max(placed(local(begins_at, zone) + length, zone), begins_at)


def occurring(series: Series, since: datetime, until: datetime) -> Iterator[datetime]:
    """When those begin that take place at some time of the window, first to last."""
    if series.repeats is None:
        if series.begins_at < until and ending(series, series.begins_at) > since:
            yield series.begins_at
        return
    for begins_at in islice(_from(series, since), MOST):
        if begins_at >= until:
            return
        if begins_at not in series.skipped:
            yield begins_at


def next_of(series: Series, after: datetime) -> datetime | None:
    """When the first one begins that does not begin before `after`."""
    if series.repeats is None:
        return series.begins_at if series.begins_at >= after else None
    found = (at for at in islice(_from(series, after), MOST) if at not in series.skipped)
    return next((at for at in found if at >= after), None)


def over_at(series: Series) -> datetime:
    """When the last one ends."""
    repeats = series.repeats
    if repeats is None:
        return ending(series, series.begins_at)
    if repeats.until is not None:
        last = datetime.combine(repeats.until, time.max)
        return ending(series, placed(last, series.zone))
    if repeats.count is not None:
        begins = [placed(clock, series.zone) for clock in rule_of(series)]
        return ending(series, begins[-1]) if begins else series.ends_at
    return NEVER


def begins_on(series: Series, begins_at: datetime) -> bool:
    """Whether one of the series begins then."""
    return next_of(series, begins_at) == begins_at


def rule_of(series: Series, begins: datetime | None = None) -> rrule:
    """The series as `dateutil` counts it, on the wall clock; from another first time if told."""
    repeats = series.repeats
    assert repeats is not None
    first = local(series.begins_at, series.zone)
    until = repeats.until and datetime.combine(repeats.until, time.max)
    weekdays: list[int] | list[weekday] | None = None
    if repeats.every is Every.WEEK:
        weekdays = sorted({*repeats.weekdays}) or [first.weekday()]
    elif repeats.by_weekday:
        nth = (first.day - 1) // 7 + 1
        weekdays = [weekday(first.weekday(), nth if nth <= FOURTH else -1)]
    return rrule(
        _FREQUENCY[repeats.every],
        dtstart=begins or first,
        interval=repeats.interval,
        count=repeats.count,
        until=until,
        byweekday=weekdays,
        bymonthday=first.day if repeats.every is Every.MONTH and not repeats.by_weekday else None,
    )


def _from(series: Series, since: datetime) -> Iterator[datetime]:
    """From the first that ends after `since` on; without an end to them."""
    zone, repeats = series.zone, series.repeats
    assert repeats is not None
    first = local(series.begins_at, zone)
    length = local(series.ends_at, zone) - first
    wanted = local(since, zone) - length - timedelta(days=1)
    begins = first
    stride = _STRIDE.get(repeats.every)
    if stride is not None and repeats.count is None and wanted > first:
        # whole strides from the Monday of the first week, or the first day: the same days come
        begins = first + (wanted - first) // (stride * repeats.interval) * stride * repeats.interval
        if repeats.every is Every.WEEK:
            begins -= timedelta(days=begins.weekday())
            begins = max(begins, first)
    for clock in rule_of(series, begins):
        at = placed(clock, zone)
        if clock >= wanted and ending(series, at) > since:
            yield at
