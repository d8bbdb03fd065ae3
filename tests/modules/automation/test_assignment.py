"""Deals are given away by a rule: in turn, by load, of those who are at work."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from gausdo.kernel.values import new_id, now
from gausdo.kernel.working_time import FIVE_DAYS, Window, WorkingCalendar
from gausdo.modules.automation.turns import next_of
from tests.conftest import As
from tests.modules.automation.conftest import Shop

pytestmark = pytest.mark.asyncio

ALWAYS = [[{"start": "00:00", "end": "00:00"}]] * 7


async def works(api: As, shop: Shop, *names: str, away: bool = False) -> None:
    """Day and night, or not these days."""
    day = now().date()
    absence = {"first_on": str(day - timedelta(days=1)), "last_on": str(day + timedelta(days=1))}
    for name in names:
        person = getattr(shop.people, name)
        place = f"/users/{person.id}/working-time"
        version = (await api(person).get(place)).json()["version"]
        body = {"version": version, "week": ALWAYS, "absences": [absence] if away else []}
        reply = await api(person).patch(place, json=body)
        assert reply.status_code == 200, reply.text


async def a_rule(api: As, shop: Shop, stage: str, **step: Any) -> dict[str, Any]:
    body = {
        "name": f"Give away {new_id()}",
        "trigger": {"type": "deal-enters-stage", "stage_id": str(shop.stage(stage).id)},
        "steps": [],
        "give": {"type": "assign", **step},
    }
    reply = await api(shop.people.head).post("/rules", json=body)
    assert reply.status_code == 201, reply.text
    rule: dict[str, Any] = reply.json()
    return rule


async def off(api: As, shop: Shop, rule: dict[str, Any]) -> None:
    now_so = (await api(shop.people.head).get(f"/rules/{rule['id']}")).json()
    change = {"version": now_so["version"], "enabled": False}
    assert (await api(shop.people.head).patch(f"/rules/{rule['id']}", json=change)).is_success


async def opened(api: As, shop: Shop, stage: str, count: int) -> list[str]:
    async def one() -> str:
        body = {"title": f"Deal {new_id()}", "stage_id": str(shop.stage(stage).id)}
        reply = await api(shop.people.head).post("/deals", json=body)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def owners(api: As, shop: Shop, deals: list[str]) -> Counter[str]:
    reply = await api(shop.people.head).get("/deals", params={"ids": ",".join(deals), "limit": 200})
    return Counter(deal["owner"]["name"] for deal in reply.json()["items"])


async def effects(api: As, shop: Shop, rule: dict[str, Any]) -> list[dict[str, Any]]:
    reply = await api(shop.people.head).get("/rule-runs", params={"rule_id": rule["id"]})
    return [effect for run in reply.json()["items"] for effect in run["effects"]]


async def test_fifty_deals_at_once_are_given_in_turn(api: As, shop: Shop) -> None:
    people = shop.people
    await works(api, shop, "ann", "bob", "eve")
    ids = [str(people.ann.id), str(people.bob.id), str(people.eve.id)]
    rule = await a_rule(api, shop, "New", how="in-turn", people=ids)
    deals = await opened(api, shop, "New", 50)
    await shop.settled()
    had = await owners(api, shop, deals)
    assert sum(had.values()) == 50
    assert set(had) == {"Ann", "Bob", "Eve"}
    assert max(had.values()) - min(had.values()) <= 1
    await off(api, shop, rule)


async def test_whoever_is_away_is_passed_over_and_who_has_least_gets_more(
    api: As, shop: Shop
) -> None:
    people = shop.people
    await works(api, shop, "ann", "bob")
    await works(api, shop, "eve", away=True)
    ids = [str(people.ann.id), str(people.bob.id), str(people.eve.id)]
    turn = await a_rule(api, shop, "Offer", how="in-turn", people=ids)
    deals = await opened(api, shop, "Offer", 6)
    await shop.settled()
    assert await owners(api, shop, deals) == {"Ann": 3, "Bob": 3}
    await off(api, shop, turn)

    for _ in range(8):  # bob has eight more open than ann
        body = {"title": "Bob's", "stage_id": str(shop.stage("Talks").id)}
        assert (await api(people.bob).post("/deals", json=body)).is_success
    await shop.settled()  # no rule hears of them later
    load = await a_rule(api, shop, "Talks", how="by-load", people=ids[:2])
    deals = await opened(api, shop, "Talks", 6)
    await shop.settled()
    assert await owners(api, shop, deals) == {"Ann": 6}
    await off(api, shop, load)


async def test_while_nobody_works_a_deal_waits_or_goes_to_somebody_named(
    api: As, shop: Shop
) -> None:
    people = shop.people
    await works(api, shop, "bob", away=True)
    wait = await a_rule(api, shop, "Talks", how="person", people=[str(people.bob.id)])
    deals = await opened(api, shop, "Talks", 1)
    await shop.settled()
    assert await owners(api, shop, deals) == {"Head": 1}
    (effect,) = await effects(api, shop, wait)
    assert (effect["state"], effect["error_code"]) == ("waiting", "automation.all-away")
    await off(api, shop, wait)

    named = await a_rule(
        api,
        shop,
        "Offer",
        how="person",
        people=[str(people.bob.id)],
        otherwise_id=str(people.eve.id),
    )
    deals = await opened(api, shop, "Offer", 1)
    await shop.settled()
    assert await owners(api, shop, deals) == {"Eve": 1}
    await off(api, shop, named)


async def test_a_rule_gives_only_to_people_who_work_here(api: As, shop: Shop) -> None:
    body = {
        "name": "Nobody",
        "trigger": {"type": "deal-enters-stage", "stage_id": str(shop.stage("New").id)},
    }
    for step in (
        {"how": "in-turn"},
        {"how": "person", "people": [str(shop.people.ann.id), str(shop.people.bob.id)]},
        {"how": "in-turn", "people": [str(new_id())]},
        {"how": "by-load", "team_id": str(new_id())},
    ):
        asked = {**body, "steps": [], "give": {"type": "assign", **step}}
        assert (await api(shop.people.head).post("/rules", json=asked)).status_code == 422, step
    nothing = {**body, "steps": []}
    assert (await api(shop.people.head).post("/rules", json=nothing)).status_code == 422


async def test_hours_are_ones_own_and_those_of_whom_one_looks_after(api: As, shop: Shop) -> None:
    people = shop.people
    place = f"/users/{people.ann.id}/working-time"
    own = (await api(people.ann).get(place)).json()
    assert (await api(people.bob).get(place)).status_code == 404
    assert (await api(people.admin).get(place)).json() == own
    wrong = {"version": own["version"], "week": [[{"start": "18:00", "end": "09:00"}]] * 7}
    assert (await api(people.ann).patch(place, json=wrong)).status_code == 422
    stale = {"version": own["version"] + 1, "absences": []}
    assert (await api(people.ann).patch(place, json=stale)).status_code == 409


async def test_whose_turn_it_is_goes_around_past_whoever_is_not_here() -> None:
    a, b, c = new_id(), new_id(), new_id()
    assert next_of([a, b, c], [a, b, c], None) == a
    assert next_of([a, b, c], [a, c], a) == c
    assert next_of([a, b, c], [a, b], c) == a
    assert next_of([a, b], [b], UUID(int=1)) == b


async def test_a_calendar_says_when_it_opens() -> None:
    calendar = WorkingCalendar(time_zone="Europe/Moscow", week=FIVE_DAYS)
    friday = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)  # 19:00 in Moscow
    assert calendar.opens(friday) == datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
    monday = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
    assert calendar.opens(monday) == monday
    nights = ((Window(start=time(20), end=time()),),) * 7
    late = datetime(2026, 3, 6, 21, 30, tzinfo=UTC)
    assert WorkingCalendar(time_zone="Europe/Moscow", week=nights).opens(late) == late.replace(
        day=7, hour=17, minute=0
    )
