"""Meetings and tasks as an iCalendar file (RFC 5545), as other calendars subscribe to it.

What comes once stands in UTC. A series stands on the wall clock of its zone, which is told with
it (VTIMEZONE), as it is counted here; a time that was taken out is an EXDATE, and what has become
of it an event of its own.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.enums import TRANSP
from pydantic import TypeAdapter

from gausdo.kernel.recurrence import Every, Recurrence
from gausdo.kernel.values import Time
from gausdo.modules.activities.occurring import FOURTH, Series, local, placed

FORMAT = b"1"
"""To be counted up whenever the same rows make another file."""
_TIME = TypeAdapter(Time)
_TIMES = TypeAdapter(list[Time])
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCY = {
    Every.DAY: "DAILY",
    Every.WEEK: "WEEKLY",
    Every.MONTH: "MONTHLY",
    Every.YEAR: "YEARLY",
}
_PLACES = {"company": "companies", "person": "people", "deal": "deals"}
_DUE = timedelta(minutes=15)
"""How long a task that is due is seen in a calendar."""
_BOX = "☐"


def written(
    meetings: Iterable[Mapping[str, Any]], tasks: Iterable[Mapping[str, Any]], site: str
) -> str:
    calendar = Calendar.new(
        prodid="-//Gausdo//Gausdo//EN", name="Gausdo", refresh_interval=timedelta(hours=1)
    )
    calendar.add("x-published-ttl", "PT1H")
    first = datetime.now(UTC)
    for one in meetings:
        event = _event(one, one["title"], site)
        if one["place"]:
            event.location = one["place"]
        series = _series(one)
        if series.repeats is None:
            _place_once(event, series, all_day=one["all_day"])
        else:
            _place_series(event, series, all_day=one["all_day"])
            first = min(first, series.begins_at)
        calendar.add_component(event)
    for one in tasks:
        event = _event(one, f"{_BOX} {one['title']}", site)
        event.start = _TIME.validate_python(one["due_at"]).astimezone(UTC)
        event.end = event.start + _DUE
        event.transparency = TRANSP.TRANSPARENT
        calendar.add_component(event)
    # a year earlier, so that the zone's rule at the first time is told as well
    calendar.add_missing_timezones(first_date=(first - timedelta(days=366)).date())
    file: bytes = calendar.to_ical()
    return file.decode()


def _event(one: Mapping[str, Any], title: str, site: str) -> Event:
    about = one["about"]
    path = f"/{_PLACES[about['kind']]}/{about['id']}" if about else "/calendar"
    changed = _TIME.validate_python(one["changed_at"]).astimezone(UTC)
    told = [about and about["name"], one["description"]]
    event = Event.new(
        uid=f"{one['id']}@gausdo",
        summary=title,
        stamp=changed,
        last_modified=changed,
        sequence=one["version"] - 1,
        description="\n\n".join(filter(None, told)) or None,
    )
    event.add("url", site + path)
    return event


def _series(one: Mapping[str, Any]) -> Series:
    return Series(
        _TIME.validate_python(one["begins_at"]).astimezone(UTC),
        _TIME.validate_python(one["ends_at"]).astimezone(UTC),
        ZoneInfo(one["time_zone"]),
        one["repeats"] and Recurrence.model_validate(one["repeats"]),
        _TIMES.validate_python(one["skipped"]),
    )


def _place_once(event: Event, series: Series, *, all_day: bool) -> None:
    if all_day:
        _place_days(event, series)
    else:
        event.start, event.end = series.begins_at, series.ends_at


def _place_days(event: Event, series: Series) -> None:
    day = local(series.begins_at, series.zone).date()
    event.start = day
    event.end = max(local(series.ends_at, series.zone).date(), day + timedelta(days=1))


def _place_series(event: Event, series: Series, *, all_day: bool) -> None:
    zone = series.zone
    if all_day:
        _place_days(event, series)
    else:
        event.start = local(series.begins_at, zone).replace(tzinfo=zone)
        event.end = series.ends_at.astimezone(zone)
    event.add("rrule", _rule(series, all_day=all_day))
    for at in sorted(series.skipped):
        skipped = local(at, zone)
        event.add("exdate", skipped.date() if all_day else skipped.replace(tzinfo=zone))


def _rule(series: Series, *, all_day: bool) -> dict[str, Any]:
    repeats = series.repeats
    assert repeats is not None
    rule: dict[str, Any] = {"FREQ": _FREQUENCY[repeats.every], "INTERVAL": repeats.interval}
    if repeats.count is not None:
        rule["COUNT"] = repeats.count
    if repeats.until is not None:
        rule["UNTIL"] = _until(repeats.until, series.zone, all_day=all_day)
    if repeats.weekdays:
        rule["BYDAY"] = [_DAYS[day] for day in sorted({*repeats.weekdays})]
    elif repeats.by_weekday:
        first = local(series.begins_at, series.zone)
        nth = (first.day - 1) // 7 + 1
        rule["BYDAY"] = f"{nth if nth <= FOURTH else -1}{_DAYS[first.weekday()]}"
    return rule


def _until(day: date, zone: ZoneInfo, *, all_day: bool) -> date:
    """UTC, as it has to be where the first time has a zone."""
    return day if all_day else placed(datetime.combine(day, time(23, 59, 59)), zone)
