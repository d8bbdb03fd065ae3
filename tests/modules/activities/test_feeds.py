"""One's calendar at a secret address: read back by a library, as other calendars read it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2
import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from gausdo.app import Gausdo
from gausdo.kernel.values import now
from gausdo.modules.activities.contract import MEETINGS, NO_FEED, Activities
from gausdo.modules.activities.occurring import Series, placed, rule_of
from tests.conftest import As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")
BERLIN = "Europe/Berlin"
YEAR = now().year + 1
HOSTILE = "A; b, c\\n \\ “d”\u2028x"
LONG = "Встреча с очень длинным названием " * 5
"""Cyrillic letters have two octets each."""


@pytest.fixture
def stranger(api: As) -> httpx2.AsyncClient:
    return api(None)


async def address(client: httpx2.AsyncClient) -> str:
    once = {"idempotency-key": str(uuid4())}
    reply = await client.post("/me/feed", headers=once)
    assert reply.status_code == 200, reply.text
    assert (await client.post("/me/feed", headers=once)).json() == reply.json()
    url = str(reply.json()["url"])
    assert (await client.get("/me/feed")).json() == reply.json()
    return "/calendar/" + url.rpartition("/")[2]


async def planned(client: httpx2.AsyncClient, **told: Any) -> dict[str, Any]:
    draft = {"title": "Meeting", "begins_at": f"{YEAR}-03-03T09:00:00Z",
             "ends_at": f"{YEAR}-03-03T10:00:00Z"} | told  # fmt: skip
    reply = await client.post("/meetings", json=draft)
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


def events(reply: httpx2.Response) -> dict[str, Event]:
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = reply.content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)  # no letter is cut in two
    calendar = Calendar.from_ical(reply.content)
    assert not calendar.get_missing_tzids()
    return {str(one["uid"]).partition("@")[0]: one for one in calendar.events}


def begins(event: Event, until: datetime) -> list[datetime]:
    """As whoever reads RRULE and EXDATE has it, without our own counting."""
    first: Any = event.start
    told: Any = event["rrule"]
    rule = rrulestr(told.to_ical().decode(), dtstart=first)
    found = takewhile(lambda at: at < until, rule)
    return [at.astimezone(UTC) for at in found if at not in event.exdates]


async def test_a_series_keeps_its_time_on_the_clock_and_its_exceptions(
    api: As, people: People, stranger: httpx2.AsyncClient
) -> None:
    """Every week at ten in Berlin, over a change of clocks; one is moved, one is cancelled."""
    ann = api(people.ann)
    monday = date(YEAR, 3, 8) + timedelta(days=-date(YEAR, 3, 8).weekday())
    clocks = [datetime.combine(monday + timedelta(weeks=n), time(10)) for n in range(6)]
    at = [placed(clock, ZoneInfo(BERLIN)) for clock in clocks]
    assert {one.hour for one in at} == {8, 9}  # summer time begins in between
    hour = timedelta(hours=1)
    series = await planned(
        ann,
        begins_at=at[0].isoformat(),
        ends_at=(at[0] + hour).isoformat(),
        time_zone=BERLIN,
        repeats={"every": "week", "until": clocks[-1].date().isoformat()},
    )
    moved = await ann.patch(f"/meetings/{series['id']}", json={
        "version": 1, "scope": "this", "occurrence": at[1].isoformat(),
        "begins_at": (at[1] + 5 * hour).isoformat(), "ends_at": (at[1] + 6 * hour).isoformat(),
    })  # fmt: skip
    assert moved.status_code == 200, moved.text
    version = (await ann.get(f"/meetings/{series['id']}")).json()["version"]
    gone = await ann.patch(f"/meetings/{series['id']}", json={
        "version": version, "scope": "this", "occurrence": at[4].isoformat(), "state": "cancelled",
    })  # fmt: skip
    assert gone.status_code == 200, gone.text
    found = events(await stranger.get(await address(ann)))
    told = found[series["id"]]
    assert begins(told, datetime(YEAR + 5, 1, 1, tzinfo=UTC)) == [at[0], at[2], at[3], at[5]]
    other = found[moved.json()["id"]]
    assert (other.start, other.duration, other.get("rrule")) == (at[1] + 5 * hour, hour, None)
    assert gone.json()["id"] not in found


@pytest.mark.parametrize(
    "repeats",
    [
        {"every": "day", "interval": 3, "count": 200},
        {"every": "week", "interval": 2, "count": 60},
        {"every": "month", "by_weekday": True, "count": 20},
        {"every": "month", "until": f"{YEAR + 1}-12-31"},
        {"every": "year"},
    ],
)
async def test_what_comes_again_does_so_elsewhere_when_it_does_here(
    api: As, people: People, gausdo: Gausdo, stranger: httpx2.AsyncClient, repeats: dict[str, Any]
) -> None:
    """By our own counting and by that of RRULE, from the last hours of a day in New York."""
    ann = api(people.ann)
    if repeats["every"] == "week":
        first = date(YEAR, 1, 29).weekday()
        repeats = repeats | {"weekdays": [first, (first + 3) % 7]}
    told = await planned(
        ann,
        begins_at=f"{YEAR}-01-29T23:30:00Z",
        ends_at=f"{YEAR}-01-30T00:30:00Z",
        time_zone="America/New_York",
        repeats=repeats,
    )
    meeting = await gausdo.get(Activities).meeting(people.ann, told["id"])
    zone, until = ZoneInfo(meeting.time_zone), datetime(YEAR + 3, 1, 1, tzinfo=UTC)
    series = Series(meeting.begins_at, meeting.ends_at, zone, meeting.repeats)
    every = (placed(clock, zone) for clock in rule_of(series))
    here = [*takewhile(lambda at: at < until, every)]
    found = events(await stranger.get(await address(ann)))
    assert begins(found[told["id"]], until) == here
    assert len(here) > 2


async def test_whole_days_and_tasks_are_told_and_no_text_makes_a_line(
    api: As, people: People, stranger: httpx2.AsyncClient
) -> None:
    bob = api(people.bob)
    days = await planned(
        bob,
        title=LONG.strip(),
        begins_at=f"{YEAR}-05-03T22:00:00Z",
        ends_at=f"{YEAR}-05-05T22:00:00Z",
        time_zone=BERLIN,
        all_day=True,
        repeats={"every": "week", "until": f"{YEAR}-06-30"},
        description="One\r\nATTACH:https://evil.example\nEND:VEVENT\r\nBEGIN:VEVENT",
        place=HOSTILE,
    )
    task = await bob.post("/tasks", json={"title": HOSTILE, "due_at": f"{YEAR}-05-03T10:00:00Z"})
    done = await bob.post("/tasks", json={"title": "Done", "due_at": f"{YEAR}-05-03T10:00:00Z"})
    path = f"/tasks/{done.json()['id']}"
    assert (await bob.patch(path, json={"version": 1, "state": "done"})).status_code == 200
    late = await bob.post("/tasks", json={"title": "Late", "due_at": f"{YEAR + 9}-01-01T00:00:00Z"})
    await api(people.ann).post("/tasks", json={"title": "Hers", "due_at": f"{YEAR}-05-03T10:00Z"})
    found = events(await stranger.get(await address(bob)))
    assert found.keys() == {days["id"], task.json()["id"]}
    assert late.json()["id"] not in found
    whole, due = found[days["id"]], found[task.json()["id"]]
    assert (whole.start, whole.end) == (date(YEAR, 5, 4), date(YEAR, 5, 6))
    assert b"UNTIL=%d0630" % YEAR in whole.to_ical()
    assert (str(whole["summary"]), str(whole["location"])) == (LONG.strip(), HOSTILE)
    assert str(whole["description"]).startswith("One\nATTACH:https://evil.example\nEND:VEVENT")
    assert "attach" not in whole
    assert str(due["summary"]) == f"☐ {HOSTILE}"
    assert due.start == datetime(YEAR, 5, 3, 10, tzinfo=UTC)


async def test_the_address_lasts_until_a_new_one_and_as_long_as_its_person(
    api: As, people: People, stranger: httpx2.AsyncClient
) -> None:
    eve, admin = api(people.eve), api(people.admin)
    assert (await eve.get("/me/feed")).json() == {"url": None, "made_at": None}
    await planned(eve)
    first = await address(eve)
    read = await stranger.get(first)
    assert len(events(read)) == 1
    assert read.headers["cache-control"] == "private, no-cache"
    assert "set-cookie" not in read.headers
    tag = read.headers["etag"]
    again = await stranger.get(first, headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await planned(eve, title="Another")
    assert len(events(await stranger.get(first, headers={"if-none-match": tag}))) == 2
    second = await address(eve)
    # what somebody proves by a token of their own does not make another's address theirs
    made_up = ("A" * 43, "a", "a b", "A" * 999)
    for strange in (first, second[:-9] + "AAAAA.ics", *(f"/calendar/{one}.ics" for one in made_up)):
        nowhere = await admin.get(strange)
        assert (nowhere.status_code, nowhere.json()["detail"]) == (404, NO_FEED), strange
    users = {one["email"]: one for one in (await admin.get("/users")).json()}
    user = users["eve@example.org"]
    off = {"version": user["version"], "active": False}
    assert (await admin.patch(f"/users/{user['id']}", json=off)).status_code == 200
    gone = await stranger.get(second)
    assert (gone.status_code, gone.json()["detail"]) == (404, NO_FEED)
    back = {"version": user["version"] + 1, "active": True}
    assert (await admin.patch(f"/users/{user['id']}", json=back)).status_code == 200
    assert len(events(await stranger.get(second))) == 2
    once = {"idempotency-key": str(uuid4())}
    for _ in range(2):
        assert (await eve.delete("/me/feed", headers=once)).status_code == 204
    assert (await stranger.get(second)).status_code == 404


async def test_what_a_role_hides_is_hidden_at_the_address(
    api: As, people: People, gausdo: Gausdo
) -> None:
    head, activities = api(people.head), gausdo.get(Activities)
    told = await planned(head, description="A secret", place="Room 7")
    assert "A secret" in str((await activities.feed_file(people.head)).content)
    read = MEETINGS.right("read")
    narrow = tuple(
        one.model_copy(update={"without": frozenset({"description"})})
        for one in people.head.granted(read)
    )
    one = people.head.model_copy(update={"grants": narrow})
    file = str((await activities.feed_file(one)).content)
    assert told["id"] in file
    assert "Room 7" in file
    assert "A secret" not in file
    nothing = people.head.model_copy(update={"grants": ()})
    assert "VEVENT" not in str((await activities.feed_file(nothing)).content)
