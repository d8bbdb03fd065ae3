"""Meetings and calls: who sees what of them, when they take place, what is told of them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from gausdo.kernel.actor import Reach
from gausdo.kernel.values import now
from gausdo.modules.activities.contract import MEETINGS
from gausdo.modules.activities.jobs import remind

pytestmark = pytest.mark.asyncio(loop_scope="session")

BERLIN = "Europe/Berlin"


async def planned(api, actor, **told):
    draft = {"title": "Встреча", "begins_at": "2031-03-03T09:00:00Z",
             "ends_at": "2031-03-03T10:00:00Z"} | told  # fmt: skip
    reply = await api(actor).post("/meetings", json=draft)
    assert reply.status_code == 201, reply.text
    return reply.json()


async def begins(api, actor, since, until, **asked):
    params = {"since": f"{since}T00:00:00Z", "until": f"{until}T00:00:00Z"} | asked
    reply = await api(actor).get("/calendar", params=params)
    assert reply.status_code == 200, reply.text
    return [one["begins_at"].replace(":00Z", "") for one in reply.json()["occurrences"]]


async def changed(api, actor, meeting, **told):
    body = {"version": meeting["version"]} | told
    reply = await api(actor).patch(f"/meetings/{meeting['id']}", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


@pytest.mark.parametrize(
    ("first", "repeats", "since", "until", "expected"),
    [
        # ten o'clock in Berlin stays ten o'clock when clocks change on 30 March and 26 October
        (
            "2031-03-28T09:00",
            {"every": "day"},
            "2031-03-29",
            "2031-04-01",
            ["2031-03-29T09:00", "2031-03-30T08:00", "2031-03-31T08:00"],
        ),
        (
            "2031-10-20T08:00",
            {"every": "week", "weekdays": [0, 3], "interval": 2, "count": 4},
            "2031-10-01",
            "2031-12-01",
            ["2031-10-20T08:00", "2031-10-23T08:00", "2031-11-03T09:00", "2031-11-06T09:00"],
        ),
        # half past two is not there on 30 March: it is half past three
        (
            "2031-03-29T01:30",
            {"every": "day", "count": 3},
            "2031-03-01",
            "2031-05-01",
            ["2031-03-29T01:30", "2031-03-30T01:30", "2031-03-31T00:30"],
        ),
        (
            "2031-01-31T09:00",
            {"every": "month", "until": "2031-05-31"},
            "2031-01-31",
            "2031-04-30",
            ["2031-01-31T09:00", "2031-03-31T08:00"],
        ),
        (
            "2031-01-30T09:00",
            {"every": "month", "by_weekday": True},
            "2031-02-01",
            "2031-04-30",
            ["2031-02-27T09:00", "2031-03-27T09:00", "2031-04-24T08:00"],
        ),
        (
            "2020-02-29T09:00",
            {"every": "year"},
            "2031-01-01",
            "2031-04-01",
            [],
        ),
        # of a series that is years old, as of a new one, the days are the same
        (
            "2001-01-02T09:00",
            {"every": "week", "interval": 3},
            "2031-01-01",
            "2031-02-20",
            ["2031-01-07T09:00", "2031-01-28T09:00", "2031-02-18T09:00"],
        ),
    ],
)
async def test_a_series_keeps_its_time_on_the_clock(
    api, people, first, repeats, since, until, expected
):
    begin = datetime.fromisoformat(f"{first}:00+00:00")
    meeting = await planned(
        api,
        people.ann,
        begins_at=begin.isoformat(),
        ends_at=(begin + timedelta(hours=1)).isoformat(),
        time_zone=BERLIN,
        repeats=repeats,
    )
    assert await begins(api, people.ann, since, until) == expected
    await changed(api, people.ann, meeting, repeats=None, begins_at="2002-01-01T00:00:00Z",
                  ends_at="2002-01-01T00:00:00Z")  # fmt: skip


async def test_one_of_a_series_goes_its_own_way_and_so_do_those_that_follow(api, people):
    series = await planned(api, people.bob, repeats={"every": "day", "count": 5}, time_zone=BERLIN)
    one = await changed(
        api, people.bob, series, scope="this", occurrence="2031-03-04T09:00:00Z",
        begins_at="2031-03-04T12:00:00Z", title="Позже",
    )  # fmt: skip
    assert (one["series_id"], one["repeats"], one["ends_at"]) == (
        series["id"], None, "2031-03-04T13:00:00Z",
    )  # fmt: skip
    series = (await api(people.bob).get(f"/meetings/{series['id']}")).json()
    rest = await changed(
        api, people.bob, series, scope="following", occurrence="2031-03-06T09:00:00Z",
        begins_at="2031-03-06T08:00:00Z",
    )  # fmt: skip
    assert rest["repeats"]["count"] == 2
    series = (await api(people.bob).get(f"/meetings/{series['id']}")).json()
    moved = await changed(api, people.bob, series, occurrence="2031-03-05T09:00:00Z",
                          begins_at="2031-03-05T09:30:00Z")  # fmt: skip
    assert moved["begins_at"] == "2031-03-03T09:30:00Z"
    assert await begins(api, people.bob, "2031-03-01", "2031-03-20") == [
        "2031-03-03T09:30", "2031-03-04T12:00", "2031-03-05T09:30", "2031-03-06T08:00",
        "2031-03-07T08:00",
    ]  # fmt: skip
    refused = await api(people.bob).patch(
        f"/meetings/{series['id']}",
        json={"version": moved["version"], "scope": "this", "occurrence": "2031-03-05T11:00:00Z"},
    )
    assert [error["field"] for error in refused.json()["errors"]] == ["occurrence"]


async def test_who_takes_part_sees_the_meeting_and_no_more_than_their_role_shows(
    gausdo, api, people
):
    meeting = await planned(
        api, people.ann, colleague_ids=[str(people.eve.id)], description="Тайна", place="Кабинет"
    )
    path = f"/meetings/{meeting['id']}"
    assert (await api(people.eve).get(path)).json()["description"] == "Тайна"
    assert (await api(people.eve).get(path)).json()["editable"] is False
    listed = (await api(people.eve).get("/meetings")).json()["items"]
    assert [one["id"] for one in listed] == [meeting["id"]]
    assert await begins(api, people.eve, "2031-03-01", "2031-03-05") == ["2031-03-03T09:00"]
    refused = await api(people.eve).patch(path, json={"version": 1, "title": "Моё"})
    assert (refused.status_code, refused.json()["data"]["right"]) == (
        403,
        "activities.meeting.edit",
    )
    for reach in (Reach.OWN, Reach.ALL):
        grants = [grant for grant in people.eve.grants if grant.object != MEETINGS.object]
        hiding = MEETINGS.grants(reach, "read")[0].model_copy(
            update={"without": frozenset({"description"})}
        )
        eve = people.eve.model_copy(update={"grants": (*grants, hiding)})
        seen = await gausdo.services["activities"].meeting(eve, meeting["id"])
        assert (seen.description, seen.place, seen.hidden) == (None, "Кабинет", ["description"])
    meeting = await changed(api, people.ann, meeting, colleague_ids=[])
    assert (await api(people.eve).get(path)).status_code == 404


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"ends_at": "2031-03-03T08:00:00Z"}, "ends_at"),
        ({"ends_at": "2031-05-03T08:00:00Z"}, "ends_at"),
        ({"all_day": True}, "begins_at"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"repeats": {"every": "week", "weekdays": [1]}}, "repeats.weekdays"),
        ({"repeats": {"every": "day", "until": "2031-01-01"}}, "repeats.until"),
        ({"repeats": {"every": "day", "until": "2032-01-01", "count": 2}}, "repeats"),
        ({"colleague_ids": ["01900000-0000-7000-8000-000000000999"]}, "colleague_ids"),
    ],
)
async def test_what_is_no_meeting_is_refused_by_its_field(api, people, told, field):
    draft = {"title": "x", "begins_at": "2031-03-03T09:00:00Z", "ends_at": "2031-03-03T10:00:00Z"}
    reply = await api(people.ann).post("/meetings", json=draft | told)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")
    assert [error["field"] for error in reply.json()["errors"]] == [field]
    window = {"since": "2031-01-01T00:00:00Z", "until": "2032-01-01T00:00:00Z"}
    assert (await api(people.ann).get("/calendar", params=window)).status_code == 422


async def test_a_meeting_ahead_is_a_next_step(api, people, settled):
    stages = [
        {"name": "Новая", "probability": 10},
        {"name": "Выиграна", "kind": "won", "probability": 100},
        {"name": "Проиграна", "kind": "lost", "probability": 0},
    ]
    await api(people.admin).post("/pipelines", json={"name": "Продажи", "stages": stages})
    deal = (await api(people.ann).post("/deals", json={"title": "Со встречей"})).json()
    about = {"kind": "deal", "id": deal["id"]}
    meeting = await planned(api, people.ann, about=about)
    await settled()
    read = (await api(people.ann).get(f"/deals/{deal['id']}")).json()
    assert read["next_task_at"] == "2031-03-03T09:00:00Z"
    await changed(api, people.ann, meeting, state="done", result="Договорились")
    await settled()
    assert (await api(people.ann).get(f"/deals/{deal['id']}")).json()["next_task_at"] is None


async def test_each_is_reminded_once_and_of_the_next_time_again(gausdo, api, people, settled):
    begin = now().replace(microsecond=0) + timedelta(minutes=30)
    await planned(
        api, people.ann, title="Напомнить", begins_at=begin.isoformat(),
        ends_at=(begin + timedelta(hours=1)).isoformat(), remind=[45, 10],
        colleague_ids=[str(people.eve.id)], repeats={"every": "day"},
    )  # fmt: skip
    service = gausdo.services["activities"]
    async with service.db.begin() as tx:  # some time passes
        await tx.session.execute(
            text("update activities.reminder set due_at = due_at - interval '25 minutes'")
        )
    for _ in range(2):
        await remind(service)
    for person in (people.ann, people.eve):
        told = (await api(person).get("/reminders")).json()
        assert [(one["title"], one["minutes"]) for one in told] == [("Напомнить", 10)]
    assert datetime.fromisoformat(told[0]["begins_at"]) == begin.astimezone(UTC)
