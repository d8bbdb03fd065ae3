"""Calendars that people keep elsewhere are read by CalDAV, and are theirs alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from sqlalchemy import text, update

from gausdo.kernel.values import now
from gausdo.modules.activities.jobs import read_outside
from gausdo.modules.activities.outside_tables import OutsideAccountRow
from gausdo.modules.activities.outside_times import Window, times_of
from gausdo.settings import Settings
from tests.modules.activities.caldav_server import CalDav

pytestmark = pytest.mark.asyncio(loop_scope="session")
MOSCOW = ZoneInfo("Europe/Moscow")
DAY = now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture(scope="module")
def server() -> Iterator[CalDav]:
    with CalDav() as server:
        yield server


@pytest.fixture(scope="module")
def settings(settings: Settings, server: CalDav) -> Settings:
    return settings.model_copy(update={"outbound_allow": (f"127.0.0.1:{server.port}",)})


def event(*lines: str, uid: str = "1") -> str:
    told = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN", *_vevent(lines, uid))
    return "\r\n".join([*told, "END:VCALENDAR", ""])


def _vevent(lines: tuple[str, ...], uid: str) -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"]


def at(hour: int, day: int = 0) -> str:
    return f"{DAY + timedelta(days=day, hours=hour):%Y%m%dT%H%M%SZ}"


async def times(api: Any, actor: Any, who: Any = None) -> list[dict[str, Any]]:
    asked = {"since": DAY.isoformat(), "until": (DAY + timedelta(days=20)).isoformat()}
    asked |= {"who": str(who.id)} if who else {}
    reply = await api(actor).get("/calendar", params=asked)
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["outside"]
    return found


async def begins(api: Any, actor: Any) -> list[tuple[str, str]]:
    return [(one["title"], one["begins_at"]) for one in await times(api, actor)]


async def account(api: Any, actor: Any) -> Any:
    (found,) = (await api(actor).get("/me/calendars")).json()
    return found


async def read(settled: Any, client: httpx2.AsyncClient, id: str) -> Any:
    reply = await client.post(f"/me/calendars/{id}/read")
    assert reply.status_code == 200, reply.text
    await settled()
    return (await client.get("/me/calendars")).json()[0]


async def test_a_calendar_is_connected_chosen_followed_and_let_go(
    gausdo: Any, api: Any, people: Any, server: CalDav, settled: Any
) -> None:
    ann, work = api(people.ann), server.events["work"]
    work["a.ics"] = event("SUMMARY:Dentist", f"DTSTART:{at(9)}", f"DTEND:{at(10)}")
    work["b.ics"] = event(
        "SUMMARY:Stand-up", f"DTSTART:{at(6)}", f"DTEND:{at(7)}", "RRULE:FREQ=DAILY;COUNT=3",
        f"EXDATE:{at(6, 1)}", uid="2",
    )  # fmt: skip
    server.events["birthdays"]["c.ics"] = event(
        "SUMMARY:Mother", f"DTSTART;VALUE=DATE:{DAY:%Y%m%d}"
    )
    draft = {"url": server.url, "user": server.user, "password": server.password}
    made = (await ann.post("/me/calendars", json=draft)).json()
    assert (made["state"], made["host"], made["calendars"]) == ("looking", "127.0.0.1", [])
    assert server.password not in str(made)
    await settled()
    found = await account(api, people.ann)
    assert (found["state"], found["problem"]) == ("read", None)
    assert [(one["name"], one["color"], one["chosen"]) for one in found["calendars"]] == [
        ("Birthdays", "#1badf8", False), ("Work", "#1badf8", False),
    ]  # fmt: skip
    assert await times(api, people.ann) == []  # nothing before one has chosen

    chosen = found["calendars"][1]["id"]
    reply = await ann.patch(f"/me/outside-calendars/{chosen}", json={"chosen": True})
    assert reply.status_code == 200, reply.text
    await settled()
    day = DAY.isoformat().replace("+00:00", "")[:11]
    later = (DAY + timedelta(days=2)).isoformat()[:11]
    expected = [
        ("Stand-up", f"{day}06:00:00Z"), ("Dentist", f"{day}09:00:00Z"),
        ("Stand-up", f"{later}06:00:00Z"),
    ]  # fmt: skip
    assert await begins(api, people.ann) == expected

    # nothing has changed: nothing but the calendars is asked for
    server.asked.clear()
    await read(settled, ann, found["id"])
    assert "REPORT" not in server.asked
    work["a.ics"] = event("SUMMARY:Dentist", f"DTSTART:{at(11)}", f"DTEND:{at(12)}")
    del work["b.ics"]
    work["d.ics"] = event("SUMMARY:Lunch", f"DTSTART:{at(12)}", f"DTEND:{at(13)}", uid="4")
    told = await read(settled, ann, found["id"])
    assert told["state"] == "read"
    assert await begins(api, people.ann) == [
        ("Dentist", f"{day}11:00:00Z"), ("Lunch", f"{day}12:00:00Z"),
    ]  # fmt: skip
    assert server.asked.count("REPORT") == 2  # what there is, and what is other

    # it is read again by itself, and killed half-way nothing is twice
    service = gausdo.services["activities"]
    async with service.db.begin() as tx:
        await tx.session.execute(update(OutsideAccountRow).values(due_at=now()))
        await tx.session.execute(text("update activities.outside_calendar set mark = null"))
        await tx.session.execute(text("update activities.outside_object set etag = ''"))
    await read_outside(service)
    assert len(await times(api, people.ann)) == 2

    gone = await ann.delete(f"/me/calendars/{found['id']}")
    assert gone.status_code == 204
    async with service.db.begin() as tx:
        for table in ("account", "calendar", "object", "time"):
            left = await tx.session.scalar(text(f"select count(*) from activities.outside_{table}"))
            assert left == 0, table


async def test_colleagues_see_that_one_is_busy_and_nothing_else(
    gausdo: Any, api: Any, people: Any, server: CalDav, settled: Any
) -> None:
    server.events["work"] = {
        "a.ics": event("SUMMARY:Secret clinic", "LOCATION:There", f"DTSTART:{at(9)}",
                       f"DTEND:{at(10)}"),
        "b.ics": event("SUMMARY:Reminder", f"DTSTART:{at(12)}", f"DTEND:{at(13)}",
                       "TRANSP:TRANSPARENT", uid="2"),
    }  # fmt: skip
    ann = api(people.ann)
    draft = {"url": server.url, "user": server.user, "password": server.password}
    await ann.post("/me/calendars", json=draft)
    await settled()
    found = await account(api, people.ann)
    work = found["calendars"][1]["id"]
    await ann.patch(f"/me/outside-calendars/{work}", json={"chosen": True})
    await settled()
    assert [one["title"] for one in await times(api, people.ann)] == ["Secret clinic", "Reminder"]
    (seen,) = await times(api, people.bob, people.ann)
    assert (seen["title"], seen["place"], seen["calendar"]) == (None, None, None)
    assert seen["begins_at"] == f"{DAY:%Y-%m-%d}T09:00:00Z"
    assert await times(api, people.eve, people.ann) == []  # of another team
    for actor in (people.bob, people.admin):
        assert (await api(actor).get("/me/calendars")).json() == []
        for path in (f"/me/calendars/{found['id']}/read",):
            assert (await api(actor).post(path)).status_code == 404
        refused = await api(actor).patch(f"/me/outside-calendars/{work}", json={"busy": False})
        assert refused.status_code == 404
    await ann.patch(f"/me/outside-calendars/{work}", json={"busy": False})
    assert await times(api, people.bob, people.ann) == []
    feed = (await ann.get("/me/feed")).json()
    assert feed["url"] is None
    await ann.patch(f"/me/outside-calendars/{work}", json={"chosen": False})
    assert await times(api, people.ann) == []
    await ann.delete(f"/me/calendars/{found['id']}")


async def test_what_fails_is_told_and_mended(
    gausdo: Any, api: Any, people: Any, server: CalDav, settled: Any
) -> None:
    eve = api(people.eve)
    for url in (
        "http://10.0.0.1/dav",
        "https://localhost/",
        "ftp://x.example/",
        "file:///etc/passwd",
    ):
        draft = {"url": url, "user": "eve", "password": "x"}
        refused = await eve.post("/me/calendars", json=draft)
        assert refused.status_code in {201, 422}, url
        if refused.status_code == 201:  # a name is judged when it is called
            await settled()
            told = await account(api, people.eve)
            assert (told["state"], told["problem"]) == ("stopped", "blocked")
            await eve.delete(f"/me/calendars/{told['id']}")
    draft = {"url": server.url, "user": server.user, "password": "wrong"}
    await eve.post("/me/calendars", json=draft)
    await settled()
    told = await account(api, people.eve)
    assert (told["state"], told["problem"]) == ("stopped", "refused")
    path = f"/me/calendars/{told['id']}"
    await eve.put(f"{path}/password", json={"password": server.password})
    await settled()
    assert (await account(api, people.eve))["state"] == "read"
    server.broken = 503
    told = await read(settled, eve, told["id"])
    assert (told["state"], told["problem"]) == ("waiting", "unreachable")
    server.broken = None
    told = await read(settled, eve, told["id"])
    assert (told["state"], told["problem"], told["said"]) == ("read", None, None)
    await eve.delete(path)


SINCE, UNTIL = datetime(2031, 1, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # ten o'clock stays ten o'clock in Berlin
        (["DTSTART;TZID=Europe/Berlin:20310328T100000", "RRULE:FREQ=DAILY;COUNT=4"],
         ["03-28T09:00", "03-29T09:00", "03-30T08:00", "03-31T08:00"]),
        (["DTSTART;VALUE=DATE:20310509"], ["05-08T21:00"]),  # a day of Moscow
        (["DTSTART:20310509T100000"], ["05-09T07:00"]),  # a time without a zone
        (["DTSTART:20310106T100000Z", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20310114T235959Z"],
         ["01-06T10:00", "01-08T10:00", "01-13T10:00"]),
        (["DTSTART:20310101T100000Z", "RRULE:FREQ=SECONDLY"], ["01-01T10:00"]),
        (["DTSTART:19700101T100000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"], []),
        (["DTSTART:20310101T100000Z", "STATUS:CANCELLED"], []),
    ],
)  # fmt: skip
async def test_when_it_takes_place(lines: list[str], expected: list[str]) -> None:
    found = times_of(event("SUMMARY:x", *lines), Window(SINCE, UNTIL, MOSCOW))
    assert [f"{one.begins_at:%m-%dT%H:%M}" for one in found] == expected


async def test_one_of_a_series_that_was_moved_stands_where_it_is_now() -> None:
    master = ("SUMMARY:x", "DTSTART:20310303T090000Z", "DTEND:20310303T100000Z",
              "RRULE:FREQ=DAILY;COUNT=3")  # fmt: skip
    moved = ("SUMMARY:moved", "RECURRENCE-ID:20310304T090000Z", "DTSTART:20310304T150000Z",
             "DTEND:20310304T160000Z")  # fmt: skip
    content = event(*master).replace(
        "END:VCALENDAR", "\r\n".join([*_vevent(moved, "1"), "END:VCALENDAR"])
    )
    found = times_of(content, Window(SINCE, UNTIL, MOSCOW))
    assert [(one.title, f"{one.begins_at:%dT%H}") for one in found] == [
        ("x", "03T09"), ("moved", "04T15"), ("x", "05T09"),
    ]  # fmt: skip
