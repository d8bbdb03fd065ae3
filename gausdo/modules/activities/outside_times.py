"""What an event of another calendar (RFC 5545) comes to: when it takes place within a window.

A series is counted by `dateutil` on the wall clock of its zone, as ours are, and stops with the
window: a rule that somebody else wrote may be endless, or made to be.
"""

import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar

MOST = 800
"""Times of one event."""
OLDEST = 1900
"""A series that began earlier is not counted."""
TIMES_A_DAY = 24
LONGEST = timedelta(days=366)
_RULES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})


class Taken(NamedTuple):
    """One time that something takes place."""

    begins_at: datetime
    ends_at: datetime
    all_day: bool
    busy: bool
    title: str
    place: str | None


class Window(NamedTuple):
    """`zone` is whose clocks times without a zone, and whole days, are read by."""

    since: datetime
    until: datetime
    zone: ZoneInfo


def repeats(content: str) -> bool:
    """Whether other times of it come into a window that moves on."""
    return "\nRRULE" in content or "\nRDATE" in content


def times_of(content: str, window: Window) -> list[Taken]:
    """First to last. Raises ValueError for what is no calendar."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        events: list[Any] = [*Calendar.from_ical(content).walk("VEVENT")]
    moved = {
        _instant(one["RECURRENCE-ID"].dt, window.zone) for one in events if "RECURRENCE-ID" in one
    }
    found = [taken for one in events for taken in islice(_taken(one, window, moved), MOST)]
    return sorted(found)[:MOST]


def _taken(event: Any, window: Window, moved: set[datetime]) -> Iterator[Taken]:
    if "DTSTART" not in event or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    begin = event["DTSTART"].dt
    all_day = not isinstance(begin, datetime)
    length = _length(event, begin, window.zone)
    alone = "RECURRENCE-ID" in event
    busy = str(event.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT"
    title = _line(event.get("SUMMARY"), 200) or ""
    place = _line(event.get("LOCATION"), 500)
    for begins, clock in _begins(event, begin, window):
        if not alone and begins in moved:
            continue
        ends = _placed(clock + length, window.zone) if all_day else begins + length
        if begins < window.until and (ends > window.since or begins >= window.since):
            yield Taken(begins, ends, all_day, busy, title, place)


def _begins(
    event: Any, begin: date | datetime, window: Window
) -> Iterator[tuple[datetime, datetime]]:
    """When it begins, and what the clocks of its zone show then."""
    zone = _zone(begin, window.zone)
    first = _clock(begin, zone)
    left_out = {_instant(one, window.zone) for one in _dates(event, "EXDATE")}
    clocks = [first, *(_clock(one, zone) for one in _dates(event, "RDATE"))]
    seen: set[datetime] = set()
    for rule in _every(event, "RRULE"):
        clocks += islice(_counted(rule, first, zone, window), MOST)
    for clock in sorted(clocks):
        at = _placed(clock, zone)
        if at not in left_out and at not in seen:
            seen.add(at)
            yield at, clock


def _counted(rule: Any, first: datetime, zone: tzinfo, window: Window) -> Iterator[datetime]:
    """The times of a rule that may reach into the window."""
    told = {name.upper(): values for name, values in rule.items()}
    often = [len(_listed(told.get(name))) or 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND")]
    if (
        str(_listed(told.get("FREQ"))[0]).upper() not in _RULES
        or often[0] * often[1] * often[2] > TIMES_A_DAY
        or first.year < OLDEST
    ):
        return
    last = window.until.astimezone(zone).replace(tzinfo=None)
    for until in _listed(told.pop("UNTIL", None)):
        last = min(last, _until(until, zone))
    count = _listed(told.pop("COUNT", None))
    since = window.since.astimezone(zone).replace(tzinfo=None) - LONGEST
    parts = [f"{name}={','.join(map(_word, _listed(values)))}" for name, values in told.items()]
    counted = rrulestr(";".join([*parts, f"UNTIL={last:%Y%m%dT%H%M%S}"]), dtstart=first)
    for number, clock in enumerate(counted):
        if count and number >= int(count[0]):
            return
        if clock >= since:
            yield clock


def _length(event: Any, begin: date | datetime, zone: ZoneInfo) -> timedelta:
    if "DTEND" in event:
        end = event["DTEND"].dt
        if isinstance(begin, datetime):
            found: timedelta = _instant(end, zone) - _instant(begin, zone)
        else:
            found = _clock(end, zone) - _clock(begin, zone)
    elif "DURATION" in event:
        found = event["DURATION"].dt
    else:
        found = timedelta() if isinstance(begin, datetime) else timedelta(days=1)
    return min(max(found, timedelta()), LONGEST)


def _dates(event: Any, name: str) -> Iterator[date | datetime]:
    for every in _every(event, name):
        for one in every.dts:
            yield one.dt[0] if isinstance(one.dt, tuple) else one.dt


def _every(event: Any, name: str) -> list[Any]:
    return _listed(event.get(name))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return [*value] if isinstance(value, (list, tuple)) else [value]


def _word(value: Any) -> str:
    told = value.to_ical() if hasattr(value, "to_ical") else value
    return told.decode() if isinstance(told, bytes) else str(told)


def _zone(at: date | datetime, zone: ZoneInfo) -> tzinfo:
    return (at.tzinfo if isinstance(at, datetime) else None) or zone


def _clock(at: date | datetime, zone: tzinfo) -> datetime:
    """What the clocks of the zone show then."""
    if not isinstance(at, datetime):
        return datetime.combine(at, time())
    return (at.astimezone(zone) if at.tzinfo else at).replace(tzinfo=None)


def _placed(clock: datetime, zone: tzinfo) -> datetime:
    return clock.replace(tzinfo=zone).astimezone(UTC)


def _instant(at: date | datetime, zone: ZoneInfo) -> datetime:
    own = _zone(at, zone)
    return _placed(_clock(at, own), own)


def _until(until: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max)
    return _clock(until, zone)


def _line(value: Any, most: int) -> str | None:
    told = " ".join("".join(one if one.isprintable() else " " for one in str(value or "")).split())
    return told[:most] or None
