"""A forecast of a past day stays what it was; what changed since adds up, with goals beside it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx2
import psycopg
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.modules.sales.contract import Pipeline, PipelineDraft, Sales
from gausdo.modules.sales.stages import follow
from tests.conftest import ADMIN, As, People, superuser
from tests.modules.sales.test_deals import STAGES, opened

pytestmark = pytest.mark.asyncio(loop_scope="session")
TODAY = datetime.now(ZoneInfo("Europe/Moscow")).date()
MONTH = TODAY.replace(day=1)
SUMS = ("open", "weighted", "count")
Made = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pipeline(gausdo: Gausdo) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Past", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


def _days_pass(gausdo: Gausdo, days: int) -> None:
    """All that has happened to deals and rates was so many days earlier."""
    with superuser(gausdo) as db:
        db.execute("set session_replication_role = replica")
        for table in ("deal_state", "rate_state"):
            earlier = f"since - {days} * interval '1 day', until - {days} * interval '1 day'"
            db.execute(f"update sales.{table} set (since, until) = ({earlier})")


async def _live(
    client: httpx2.AsyncClient, ids: list[UUID], pipeline: Pipeline, owners: list[UUID]
) -> None:
    chance = Random(len(ids))
    for _ in range(24):
        deal = (await client.get(f"/deals/{chance.choice(ids)}")).json()
        seen = {"version": deal["version"]}
        if chance.random() < 0.4:
            stage = chance.choice(pipeline.stages)
            move = {**seen, "stage_id": str(stage.id), "lost_reason": "Price"}
            await client.post(f"/deals/{deal['id']}/move", json=move)
            continue
        amount = f"{chance.randrange(10**7) / 100:.2f}"
        day = MONTH + timedelta(days=chance.choice([-5, 3, 40, 75]))
        change: Made = {
            "worth": {"amount": amount, "currency": chance.choice(["USD", "RUB"])},
            "expected_on": chance.choice([None, str(day)]),
            "owner_id": str(chance.choice(owners)),
        }
        kept = dict(chance.sample(sorted(change.items()), 2))
        assert (await client.patch(f"/deals/{deal['id']}", json=seen | kept)).status_code == 200


async def _pages(client: httpx2.AsyncClient, path: str, asked: Made) -> list[Made]:
    found: list[Made] = []
    told = {name: value for name, value in asked.items() if value is not None}
    while True:
        reply = await client.get(path, params={"limit": "50", **told})
        assert reply.status_code == 200, reply.text
        page = reply.json()
        found += page["items"]
        if page["next"] is None:
            return found
        told["after"] = page["next"]


async def test_a_past_forecast_stays_and_what_changed_since_adds_up(
    api: As, people: People, pipeline: Pipeline, gausdo: Gausdo
) -> None:
    client, admin = api(people.head), api(people.admin)
    owners = [people.ann.id, people.bob.id]
    rate = {"currency": "USD", "day": "2020-01-01", "units": 7, "value": "271.3333"}
    assert (await admin.put("/rates", json=rate)).status_code == 200
    ids = [(await opened(client, pipeline_id=str(pipeline.id))).id for _ in range(10)]
    await _live(client, ids, pipeline, owners)
    worth = {"amount": "1000", "currency": "RUB"}
    of_ann, of_bob = [
        (await opened(client, pipeline_id=str(pipeline.id), worth=worth, owner_id=str(id))).id
        for id in owners
    ]
    _days_pass(gausdo, 10)
    day, since = str(TODAY - timedelta(days=5)), str(TODAY - timedelta(days=4))
    asked = {"pipeline_id": str(pipeline.id), "as_of": day, "by": "owner"}
    was = (await client.get("/forecast", params=asked)).json()
    assert sum(row["count"] for row in was["rows"]) > 2

    ids += [(await opened(client, pipeline_id=str(pipeline.id))).id for _ in range(4)]
    await _live(client, ids, pipeline, owners)
    cheaper = {"version": 1, "worth": {"amount": "500", "currency": "RUB"}}
    for id, change in (
        (of_ann, {"version": 1, "owner_id": str(people.bob.id)}),
        (of_bob, cheaper),
        (of_bob, {"version": 2, "owner_id": str(people.ann.id)}),
    ):
        assert (await client.patch(f"/deals/{id}", json=change)).status_code == 200
    open_then = await _pages(client, "/forecast/deals", {**asked, "state": "open"})
    with superuser(gausdo) as db:
        for deal in open_then[:2]:
            db.execute("delete from sales.deal where id = %s", [deal["deal_id"]])
    corrected = {**rate, "value": "300.1111"}
    assert (await admin.put("/rates", json=corrected)).status_code == 200
    earlier = {**rate, "day": str(TODAY - timedelta(days=7)), "value": "1"}
    assert (await admin.put("/rates", json=earlier)).status_code == 200

    assert (await client.get("/forecast", params=asked)).json() == was
    for row in was["rows"]:
        cell = {"month": row["month"], "late": row["late"], "who": row["who"]}
        undated = row["month"] is None and not row["late"]
        behind = await _pages(
            client, "/forecast/deals", {**asked, **cell, "undated": undated, "limit": "3"}
        )
        assert len(behind) == row["count"]
        bases = [Decimal(one["then"]["base"] or 0) for one in behind]
        assert sum(bases) == Decimal(row["open"]) + Decimal(row["won"])
        assert bases == sorted(bases, reverse=True)
    told: set[str] = set()
    for narrow in ({}, {"owner_id": str(people.ann.id)}):
        between = {"pipeline_id": str(pipeline.id), "since": since, **narrow}
        found = (await client.get("/forecast/changes", params=between)).json()
        for name in SUMS[:2]:
            parts = [*found["changes"], found["before"], found["rates"]]
            assert sum(Decimal(one[name]) for one in parts) == Decimal(found["now"][name])
        assert narrow or Decimal(found["rates"]["open"]) != 0
        for change in found["changes"]:
            few = {**between, "kind": change["kind"], "limit": "3"}
            behind = await _pages(client, "/forecast/changes/deals", few)
            assert len({one["deal_id"] for one in behind}) == len(behind) == change["count"]
            told |= {change["kind"]} if behind else set()
    assert told >= {"new", "won", "lost", "removed", "sum_up", "sum_down", "given", "taken"}
    stranger = api(people.eve)
    nothing = (await stranger.get("/forecast/changes", params=between)).json()
    assert {change["count"] for change in nothing["changes"]} == {0}
    assert (await stranger.get("/forecast/deals", params=asked)).json()["items"] == []
    wrong = {"since": str(TODAY), "as_of": day}
    assert (await client.get("/forecast/changes", params=wrong)).status_code == 422
    assert (await client.get("/forecast/deals", params={"after": "x"})).status_code == 422


async def test_a_rate_is_not_changed_in_the_past(gausdo: Gausdo, people: People, api: As) -> None:
    rate = {"currency": "CHF", "day": "2020-01-01", "value": "100"}
    assert (await api(people.admin).put("/rates", json=rate)).status_code == 200
    for forbidden in (
        "update sales.rate_state set value = 1 where currency = 'CHF'",
        "delete from sales.rate_state where currency = 'CHF'",
    ):
        with pytest.raises(psycopg.errors.RaiseException), superuser(gausdo) as db:
            db.execute(forbidden)


async def test_goals_are_set_by_who_leads_and_stand_beside_the_forecast(
    api: As, people: People
) -> None:
    head, ann, eve = (api(actor) for actor in (people.head, people.ann, people.eve))
    goal: Made = {"month": str(MONTH), "user_id": str(people.ann.id)}
    goal["worth"] = {"amount": "1000.50", "currency": "RUB"}
    made = await head.put("/goals", json={**goal, "deals": 3})
    assert made.status_code == 200, made.text
    team = {"month": str(MONTH), "team_id": str(people.ann.team_id), "deals": 9}
    assert (await head.put("/goals", json=team)).status_code == 200
    assert (await ann.put("/goals", json=goal)).status_code == 403
    stale = await head.put("/goals", json=goal)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    for wrong in (
        {**goal, "month": str(MONTH + timedelta(days=1))},
        {**goal, "team_id": str(people.ann.team_id)},
        {**goal, "user_id": str(uuid4())},
        {**goal, "worth": {"amount": "-1", "currency": "RUB"}},
        {"month": str(MONTH), "team_id": str(uuid4()), "deals": 1},
    ):
        assert (await head.put("/goals", json=wrong)).status_code == 422, wrong
    seen = (await ann.get("/goals")).json()["items"]
    assert [(one["worth"], one["deals"], one["editable"]) for one in seen] == [
        (goal["worth"], 3, False),
        (None, 9, False),
    ] or [one["deals"] for one in seen] == [9, 3]
    assert (await eve.get("/goals")).json()["items"] == []
    for by, who, told in (
        ("owner", people.ann.id, ("1000.50", 3)),
        ("team", people.ann.team_id, (None, 9)),
    ):
        found = (await ann.get("/forecast", params={"by": by})).json()
        (one,) = (row for row in found["rows"] if row["goal_deals"])
        assert (one["who"], one["goal"], one["goal_deals"]) == (str(who), *told)
        total = next(row for row in found["totals"] if row["month"] == str(MONTH))
        assert (total["goal"], total["goal_deals"]) == told
        if told[0] is not None:
            to_go = max(Decimal(told[0]) - Decimal(total["won"]), Decimal(0))
            assert Decimal(total["missing"]) == to_go
    paged = await _pages(head, "/goals", {"limit": "1"})
    assert len(paged) == 2
    over = {**goal, "worth": None, "version": 1}
    assert (await head.put("/goals", json=over)).status_code == 200
    assert len((await head.get("/goals")).json()["items"]) == 1


@pytest_asyncio.fixture(loop_scope="session")
async def learned(gausdo: Gausdo) -> AsyncIterator[Pipeline]:
    """Of 25 closed deals that were in talks, 5 were won; of 19 that were new, all."""
    draft = PipelineDraft.model_validate({"name": "Learned", "stages": STAGES})
    pipeline = await gausdo.get(Sales).add_pipeline(ADMIN, draft)
    new, talks, won, lost = pipeline.stages
    with superuser(gausdo) as db:
        for stage, count, good in ((talks, 25, 5), (new, 19, 19)):
            for number in range(count):
                id, end = uuid4(), won if number < good else lost
                state = (
                    "insert into sales.deal_state (deal_id, since, until, pipeline_id, stage_id, "
                    "state, probability, owner_id, closed_at) values (%s, now() - %s * interval "
                    "'1 day', now() - %s * interval '1 day', %s, %s, %s, 0, %s, %s)"
                )
                one = [id, 9, 8, pipeline.id, stage.id, "open", uuid4(), None]
                db.execute(state, one)
                closed = [id, 8, None, pipeline.id, end.id, end.kind, uuid4(), datetime.now(UTC)]
                db.execute(state, closed)
    yield pipeline
    with superuser(gausdo) as db:
        db.execute("set session_replication_role = replica")
        db.execute("delete from sales.deal_state where pipeline_id = %s", [pipeline.id])


async def test_history_says_how_likely_deals_of_a_stage_are_won(
    api: As, people: People, learned: Pipeline, gausdo: Gausdo
) -> None:
    client, sales = api(people.ann), gausdo.get(Sales)
    with superuser(gausdo) as db:
        db.execute("delete from sales.stage_chance")
    await sales.keep_chances()
    chances = (await client.get("/forecast/chances")).json()
    assert chances["day"] == str(TODAY)
    told = {one["stage_id"]: one for one in chances["stages"]}
    new, talks = (told[str(stage.id)] for stage in learned.stages[:2])
    assert (talks["passed"], talks["won"], talks["used"]) == (25, 5, True)
    assert (new["passed"], new["won"], new["used"]) == (19, 19, False)
    line = await sales.add_pipeline(
        ADMIN, PipelineDraft.model_validate({"name": "Sure", "stages": STAGES})
    )
    worth = {"amount": "100.01", "currency": "RUB"}
    for stage in learned.stages[:2]:
        place = {"pipeline_id": str(learned.id), "stage_id": str(stage.id)}
        await opened(api(people.eve), **place, worth=worth)
    (row,) = (await api(people.eve).get("/forecast", params=_of(learned))).json()["rows"]
    assert (row["weighted"], row["by_history"]) == ("60.01", "30.00")  # 10 %, and 50 % or a fifth

    deal = await opened(client, pipeline_id=str(line.id), worth=worth)
    stages = [stage.model_dump(mode="json") for stage in line.stages]
    stages[0]["probability"] = 35
    drafts = [{k: v for k, v in one.items() if k != "position"} for one in stages]
    reply = await api(people.admin).patch(
        f"/pipelines/{line.id}", json={"version": 1, "stages": drafts}
    )
    assert reply.status_code == 200, reply.text
    while await follow(gausdo.databases["sales"], line.id):
        pass
    assert (await client.get(f"/deals/{deal.id}")).json()["probability"] == 35
    (row,) = (await client.get("/forecast", params=_of(line))).json()["rows"]
    assert row["weighted"] == "35.00"


def _of(pipeline: Pipeline) -> Made:
    return {"pipeline_id": str(pipeline.id)}
