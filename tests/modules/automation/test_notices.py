"""People are told of what concerns them: once, only what they may see, and as they wish."""

from datetime import UTC, datetime, time, timedelta
from html import unescape
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text, update

from gausdo.kernel.events import Envelope
from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.jobs import remind as remind_of_meetings
from gausdo.modules.automation.handlers import tell_people
from gausdo.modules.automation.jobs import look_after_deals, remind, write
from gausdo.modules.automation.notice_letters import leaves_at
from gausdo.modules.automation.notice_tables import NoticeLetterRow, ReminderRow, WishesRow
from gausdo.modules.automation.notices import tell
from gausdo.modules.automation.notices_contract import ByLetter, NoticeKind
from gausdo.modules.automation.telling import News
from tests.conftest import As
from tests.modules.automation.conftest import Shop
from tests.waiting import eventually

MANY = {NoticeKind.ASSIGNED, NoticeKind.DEAL_MOVED, NoticeKind.DEAL_WON, NoticeKind.DEAL_LOST}
ALWAYS_MANY = {NoticeKind.DEAL_FORGOTTEN}
pytestmark = pytest.mark.asyncio


async def notices(api: As, who: Any, **query: Any) -> list[dict[str, Any]]:
    reply = await api(who).get("/notices", params=query)
    assert reply.status_code == 200, reply.text
    items: list[dict[str, Any]] = reply.json()["items"]
    return items


async def about(api: As, who: Any, record: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        one
        for one in await notices(api, who)
        if one["record"] and one["record"]["id"] == record["id"]
    ]


async def a_deal(api: As, shop: Shop, who: Any, **told: Any) -> dict[str, Any]:
    stage = str(shop.stage("New").id)
    reply = await api(who).post(
        "/deals", json={"title": f"Deal {new_id()}", "stage_id": stage, **told}
    )
    assert reply.status_code == 201, reply.text
    deal: dict[str, Any] = reply.json()
    return deal


def text_of(shop: Shop, letter: dict[str, Any]) -> str:
    found = shop.sink.letters.letter(letter["id"])
    assert found is not None
    return str(found["text"])


async def wish(api: As, who: Any, **told: Any) -> None:
    reply = await api(who).patch("/notices/wishes", json=told)
    assert reply.status_code == 200, reply.text


async def test_who_is_given_a_deal_is_told_and_who_takes_one_is_not(api: As, shop: Shop) -> None:
    people = shop.people
    given = await a_deal(api, shop, people.head, owner_id=str(people.ann.id))
    own = await a_deal(api, shop, people.ann)
    await shop.settled()
    (told,) = await about(api, people.ann, given)
    assert (told["kind"], told["record"]["name"], told["read"]) == (
        "assigned",
        given["title"],
        False,
    )
    assert told["actor"] == {"id": str(people.head.id), "name": "Head"}
    assert await about(api, people.ann, own) == []
    assert await notices(api, people.head) == []


async def test_moves_of_ones_deal_fold_until_they_are_read(api: As, shop: Shop) -> None:
    people = shop.people
    deal = await a_deal(api, shop, people.ann)

    async def move(stage: str) -> None:
        nonlocal deal
        body = {"version": deal["version"], "stage_id": str(shop.stage(stage).id)}
        reply = await api(people.head).post(f"/deals/{deal['id']}/move", json=body)
        assert reply.status_code == 200, reply.text
        deal = reply.json()

    for stage in ("Offer", "Talks", "Won"):
        await move(stage)
    await shop.settled()
    told = {one["kind"]: one for one in await about(api, people.ann, deal)}
    assert {kind: one["count"] for kind, one in told.items()} == {"deal-moved": 2, "deal-won": 1}

    client = api(people.ann)
    before = (await client.get("/notices/unread")).json()
    after = (await client.post("/notices/mark", json={"ids": [told["deal-moved"]["id"]]})).json()
    assert after == {"count": before["count"] - 1, "more": False}
    await move("Offer")
    await shop.settled()
    moved = [one for one in await about(api, people.ann, deal) if one["kind"] == "deal-moved"]
    assert [(one["count"], one["read"]) for one in moved] == [(1, False), (2, True)]
    # the older one cannot be unread beside a newer one of its topic
    body = {"ids": [one["id"] for one in moved], "read": False}
    await client.post("/notices/mark", json=body)
    moved = [one for one in await about(api, people.ann, deal) if one["kind"] == "deal-moved"]
    assert [one["read"] for one in moved] == [False, True]
    # nobody marks what is another's
    await api(people.bob).post("/notices/mark", json={"ids": [moved[0]["id"]]})
    assert not (await about(api, people.ann, deal))[0]["read"]
    everything = await client.post("/notices/mark", json={})
    assert everything.json() == {"count": 0, "more": False}
    assert await notices(api, people.ann, unread=True) == []


async def test_an_event_that_comes_again_tells_nothing_again(api: As, shop: Shop) -> None:
    people = shop.people
    deal = await a_deal(api, shop, people.head, owner_id=str(people.bob.id))
    await shop.settled()
    (first,) = await about(api, people.bob, deal)
    async with shop.gausdo.services["sales"].db.begin() as tx:
        row = (
            (
                await tx.session.execute(
                    select(tx.schema.history).where(
                        tx.schema.history.c.subject_id == UUID(deal["id"])
                    )
                )
            )
            .mappings()
            .first()
        )
    assert row is not None
    named = {name: row[name] for name in Envelope.model_fields if name in row}
    envelope = Envelope(**{**named, "source": "sales", "pos": 1})
    service = shop.gausdo.services["automation"]
    for _ in range(2):
        async with service.db.begin() as tx:
            await tell_people(service, [envelope, envelope], None, tx)
    assert await about(api, people.bob, deal) == [first]


async def test_a_name_is_told_only_while_its_reader_may_see_the_record(api: As, shop: Shop) -> None:
    people = shop.people
    deal = await a_deal(api, shop, people.head, owner_id=str(people.eve.id))
    await shop.settled()
    (told,) = await about(api, people.eve, deal)
    change = {"version": deal["version"], "owner_id": str(people.bob.id)}
    assert (await api(people.head).patch(f"/deals/{deal['id']}", json=change)).is_success
    await shop.settled()
    (still,) = [one for one in await notices(api, people.eve) if one["id"] == told["id"]]
    assert still["record"] is None
    text = (await api(people.eve).get("/notices")).text
    assert deal["title"] not in text
    assert deal["id"] not in text


async def test_pages_go_on_where_they_ended(api: As, shop: Shop) -> None:
    people = shop.people
    for _ in range(5):
        await a_deal(api, shop, people.head, owner_id=str(people.bob.id))
    await shop.settled()
    whole = [one["id"] for one in await notices(api, people.bob)]
    found, after = [], None
    while True:
        asked = {"limit": 2} | ({"after": after} if after else {})
        page = (await api(people.bob).get("/notices", params=asked)).json()
        found += [one["id"] for one in page["items"]]
        if (after := page["next"]) is None:
            break
    assert found == whole
    assert (await api(people.bob).get("/notices", params={"after": "abc"})).status_code == 422


async def test_a_task_reminds_before_it_is_due_and_when_it_is_late(api: As, shop: Shop) -> None:
    people, service = shop.people, shop.gausdo.services["automation"]
    due = (now() + timedelta(hours=1)).isoformat()
    body = {"title": "Call them", "due_at": due, "owner_id": str(people.ann.id)}
    task = (await api(people.ann).post("/tasks", json=body)).json()
    done = (await api(people.ann).post("/tasks", json={**body, "title": "Done before"})).json()
    change = {"version": 1, "state": "done"}
    assert (await api(people.ann).patch(f"/tasks/{done['id']}", json=change)).is_success
    await shop.settled()
    for _ in range(2):
        async with service.db.begin() as tx:
            await tx.session.execute(update(ReminderRow).values(at=now() - timedelta(seconds=1)))
        await remind(service)
    told = await about(api, people.ann, task)
    assert sorted(one["kind"] for one in told) == ["task-due", "task-late"]
    assert {(one["record"]["name"], one["count"]) for one in told} == {("Call them", 1)}
    assert await about(api, people.ann, done) == []
    await look_after_deals(service)


async def test_letters_come_at_once_each_once_and_say_no_more_than_may_be_seen(
    api: As, shop: Shop
) -> None:
    people = shop.people
    await wish(api, people.bob, ways={"assigned": {"shown": False, "letter": "at-once"}})
    deal = await a_deal(api, shop, people.head, owner_id=str(people.bob.id))

    async def come() -> bool:
        return any(deal["title"] in one["subject"] for one in shop.sink.letters.listed())

    await eventually(come, 30, "a letter")
    await shop.settled()
    (letter,) = [one for one in shop.sink.letters.listed() if deal["title"] in one["subject"]]
    text = text_of(shop, letter)
    assert f"https://crm.example.org/deals/{deal['id']}" in text
    assert "https://crm.example.org/settings#notices" in text
    assert await about(api, people.bob, deal) == []  # by letter alone
    async with shop.gausdo.services["automation"].db.begin() as tx:
        left = await tx.session.scalars(
            select(NoticeLetterRow.state).where(NoticeLetterRow.person_id == people.bob.id)
        )
        assert set(left) == {"done"}
    await wish(api, people.bob, ways={"assigned": {"shown": True, "letter": "never"}})


async def test_a_letter_a_day_tells_of_everything_that_waits(api: As, shop: Shop) -> None:
    people, service = shop.people, shop.gausdo.services["automation"]
    hour = (now() + timedelta(hours=2)).astimezone(UTC)
    away = {"daily_at": f"{hour:%H:%M}", "ways": {"assigned": {"shown": True, "letter": "daily"}}}
    await wish(api, people.eve, **away)
    deals = [await a_deal(api, shop, people.head, owner_id=str(people.eve.id)) for _ in range(3)]
    await shop.settled()
    assert not [one for one in shop.sink.letters.listed() if "3 notices" in one["subject"]]
    async with service.db.begin() as tx:
        waits = update(NoticeLetterRow).where(NoticeLetterRow.person_id == people.eve.id)
        await tx.session.execute(waits.values(created_at=now() - timedelta(days=1)))
    await wish(api, people.eve)  # it is asked again when it leaves

    async def come() -> bool:
        return any("3 notices" in one["subject"] for one in shop.sink.letters.listed())

    await eventually(come, 30, "the letter of the day")
    await shop.settled()
    (letter,) = [one for one in shop.sink.letters.listed() if "3 notices" in one["subject"]]
    text = text_of(shop, letter)
    assert all(deal["title"] in text for deal in deals)


async def leave(shop: Shop, person_id: UUID) -> None:
    """The day of a letter that is to come daily has come."""
    service = shop.gausdo.services["automation"]
    async with service.db.begin() as tx:
        waits = update(NoticeLetterRow).where(NoticeLetterRow.person_id == person_id)
        day = now() - timedelta(days=1)
        await tx.session.execute(waits.values(created_at=day, due_at=now()))
    await write(service)
    await shop.settled()


async def test_a_letter_reminds_of_what_is_still_ahead_by_the_readers_clock(
    api: As, shop: Shop
) -> None:
    ann, service = shop.people.ann, shop.gausdo.services["automation"]
    ways = {
        kind: {"shown": False, "letter": "daily"}
        for kind in ("task-due", "task-late", "meeting-soon")
    }
    hour = (now() + timedelta(hours=2)).astimezone(ZoneInfo(ann.time_zone))
    await wish(api, ann, daily_at=f"{hour:%H:%M}", ways=ways)
    deal = await a_deal(api, shop, ann)
    due = now() + timedelta(hours=1)
    task = {"title": "Send <b> the act & bill", "due_at": due.isoformat()}
    about = {"kind": "deal", "id": deal["id"]}
    await api(ann).post("/tasks", json={**task, "about": about})
    done = (await api(ann).post("/tasks", json={**task, "title": "Done since"})).json()
    begin = now() + timedelta(minutes=30)
    times = {
        "begins_at": begin.isoformat(),
        "ends_at": (begin + timedelta(hours=1)).isoformat(),
        "remind": [10],
    }
    meeting = (await api(ann).post("/meetings", json={**times, "title": "See them"})).json()
    off = (await api(ann).post("/meetings", json={**times, "title": "Called off"})).json()
    await shop.settled()
    async with service.db.begin() as tx:
        await tx.session.execute(update(ReminderRow).values(at=now() - timedelta(seconds=1)))
    activities = shop.gausdo.services["activities"]
    async with activities.db.begin() as tx:
        earlier = "update activities.reminder set due_at = due_at - interval '25 minutes'"
        await tx.session.execute(text(earlier))
    await remind(service)
    await remind_of_meetings(activities)
    await shop.settled()
    await api(ann).patch(f"/tasks/{done['id']}", json={"version": 1, "state": "done"})
    await api(ann).patch(f"/meetings/{off['id']}", json={"version": 1, "state": "cancelled"})
    await leave(shop, ann.id)
    (letter,) = [one for one in shop.sink.letters.listed() if "2 notices" in one["subject"]]
    found = shop.sink.letters.letter(letter["id"])
    assert found is not None
    zone = ZoneInfo(ann.time_zone)
    day = begin.astimezone(zone)
    for said in (found["text"], unescape(found["html"])):
        assert (
            f"Due soon: task “Send <b> the act & bill”, {due.astimezone(zone):%d.%m.%Y %H:%M}"
            in said
        )
        assert f"Begins soon: meeting “See them”, {day:%d.%m.%Y %H:%M}" in said
        assert f"https://crm.example.org/deals/{deal['id']}" in said
        opened = f"/calendar?meeting={meeting['id']}&view=day&on={day:%Y-%m-%d}"
        assert f"https://crm.example.org{opened}" in said
        assert "Done since" not in said
        assert "Called off" not in said
    assert "<b> the act" not in found["html"]

    # what has come about since then is not announced, and of nothing there is no letter
    before = len(shop.sink.letters.listed())
    late = (await api(ann).post("/meetings", json={**times, "title": "Long over"})).json()
    async with service.db.begin() as tx:
        over = now() - timedelta(hours=3)
        news = News(
            event_id=new_id(), person_id=ann.id, kind=NoticeKind.MEETING_SOON, about="meeting",
            record_id=UUID(late["id"]), topic_id=UUID(late["id"]), actor_id=None, at=over,
            when_at=over,
        )  # fmt: skip
        await tell(tx, [news])
    await leave(shop, ann.id)
    assert len(shop.sink.letters.listed()) == before
    await wish(api, ann, ways={kind: {"shown": True, "letter": "never"} for kind in ways})


async def test_every_kind_of_notice_goes_by_letter_in_either_language(api: As, shop: Shop) -> None:
    ann, service = shop.people.ann, shop.gausdo.services["automation"]
    deal = await a_deal(api, shop, ann)
    at = now()
    task = {"title": "Late", "due_at": (at - timedelta(hours=1)).isoformat()}
    task = (await api(ann).post("/tasks", json=task)).json()
    meeting = {
        "title": "Soon",
        "begins_at": (at + timedelta(hours=1)).isoformat(),
        "ends_at": (at + timedelta(hours=2)).isoformat(),
    }
    meeting = (await api(ann).post("/meetings", json=meeting)).json()
    await shop.settled()
    of = {NoticeKind.TASK_LATE: ("task", task), NoticeKind.MEETING_SOON: ("meeting", meeting)}
    kinds = [kind for kind in NoticeKind if kind is not NoticeKind.TASK_DUE]
    for locale, told in (("en", "notices in Gausdo"), ("ru", "уведомлений в Gausdo")):
        assert (await api(ann).patch("/me", json={"locale": locale})).is_success
        await wish(api, ann, ways={kind: {"shown": False, "letter": "at-once"} for kind in kinds})
        async with service.db.begin() as tx:
            await tell(
                tx,
                [
                    News(
                        event_id=new_id(), person_id=ann.id, kind=kind, about=about,
                        record_id=None if many else UUID(record["id"]),
                        topic_id=new_id() if many else UUID(record["id"]), actor_id=None, at=at,
                    )
                    for kind in kinds
                    for about, record in [of.get(kind, ("deal", deal))]
                    for many in ((False, True) if kind in MANY else (kind in ALWAYS_MANY,))
                ],
            )  # fmt: skip
        await write(service)
        await shop.settled()
        count = len(kinds) + len(MANY)
        letters = [one["subject"] for one in shop.sink.letters.listed()]
        assert f"{count} {told}" in letters
    await api(ann).patch("/me", json={"locale": "en"})
    await wish(api, ann, ways={kind: {"shown": True, "letter": "never"} for kind in kinds})


async def test_letters_wait_until_a_quiet_time_is_over(api: As, shop: Shop) -> None:
    wishes = WishesRow.plain(new_id())
    wishes.quiet_from, wishes.quiet_until = time(22), time(8)
    night = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)  # 23:30 in Moscow
    at = leaves_at(ByLetter.AT_ONCE, wishes, night, night, "Europe/Moscow")
    assert at == datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    noon = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert leaves_at(ByLetter.AT_ONCE, wishes, noon, noon, "Europe/Moscow") == noon
    wishes.daily_at = time(7)
    at = leaves_at(ByLetter.DAILY, wishes, noon, noon, "Europe/Moscow")
    assert at == datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    reply = await api(shop.people.ann).patch("/notices/wishes", json={"quiet_from": "22:00"})
    assert reply.status_code == 422
    assert (await api(shop.people.ann).get("/notices/wishes")).json()["quiet_from"] is None


async def test_a_meeting_is_told_of_when_one_has_asked_for_it(api: As, shop: Shop) -> None:
    ann, eve = shop.people.ann, shop.people.eve
    begin = now() + timedelta(minutes=30)
    body = {
        "kind": "meeting",
        "title": "Choose the paint",
        "begins_at": begin.isoformat(),
        "ends_at": (begin + timedelta(hours=1)).isoformat(),
        "time_zone": "Europe/Moscow",
        "colleague_ids": [str(eve.id)],
        "remind": [10],
    }
    meeting = (await api(ann).post("/meetings", json=body)).json()
    activities = shop.gausdo.services["activities"]
    async with activities.db.begin() as tx:  # some time passes
        earlier = "update activities.reminder set due_at = due_at - interval '25 minutes'"
        await tx.session.execute(text(earlier))
    await remind_of_meetings(activities)
    await shop.settled()
    for person in (ann, eve):
        (told,) = await about(api, person, meeting)
        assert (told["kind"], told["record"]["name"]) == ("meeting-soon", "Choose the paint")
    assert await about(api, shop.people.bob, meeting) == []
