"""What deals were is kept whatever changes them, and forecasts are counted from it."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.rates import in_base
from gausdo.modules.sales.contract import Pipeline, PipelineDraft, Sales
from tests.conftest import ADMIN, As, People, superuser
from tests.modules.sales.test_deals import STAGES, opened

pytestmark = pytest.mark.asyncio(loop_scope="session")
TODAY = datetime.now(ZoneInfo("Europe/Moscow")).date()
MONTH = TODAY.replace(day=1)
NEXT = (MONTH + timedelta(days=31)).replace(day=1)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo: Gausdo) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Foreseen", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


def _states(gausdo: Gausdo, id: UUID) -> list[dict[str, Any]]:
    with superuser(gausdo) as db:
        cursor = db.execute(
            "select * from sales.deal_state where deal_id = %s order by since", [id]
        )
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]


async def test_a_forecast_is_what_its_deals_come_to(
    api: As, people: People, pipeline: Pipeline, gausdo: Gausdo
) -> None:
    """Random changes, counted once more from the deals themselves."""
    client, admin, chance = api(people.ann), api(people.admin), Random(7)
    rate = {"currency": "USD", "day": "2020-01-01", "units": 3, "value": "271.3333"}
    assert (await admin.put("/rates", json=rate)).status_code == 200
    ids = [(await opened(client, pipeline_id=str(pipeline.id))).id for _ in range(12)]
    days = [None, MONTH - timedelta(days=3), MONTH, NEXT, NEXT + timedelta(days=400)]
    for _ in range(60):
        deal = (await client.get(f"/deals/{chance.choice(ids)}")).json()
        if chance.random() < 0.5:
            stage = chance.choice(pipeline.stages)
            move = {"version": deal["version"], "stage_id": str(stage.id), "lost_reason": "Price"}
            await client.post(f"/deals/{deal['id']}/move", json=move)
            continue
        worth = {
            "amount": f"{chance.randrange(10**7) / 100:.2f}",
            "currency": chance.choice(["USD", "RUB"]),
        }
        day = chance.choice(days)
        change = {"version": deal["version"], "worth": worth, "expected_on": day and str(day)}
        assert (await client.patch(f"/deals/{deal['id']}", json=change)).status_code == 200
    expected: dict[tuple[str | None, bool], list[Decimal]] = {}
    for id in ids:
        deal = (await client.get(f"/deals/{id}")).json()
        last = _states(gausdo, id)[-1]
        worth = deal["worth"] or {"amount": None, "currency": None}
        assert (str(last["stage_id"]), last["until"]) == (deal["stage_id"], None)
        assert (last["amount"], last["currency"]) == (
            worth["amount"] and Decimal(worth["amount"]),
            worth["currency"],
        )
        cell = _cell(deal)
        if cell is None:
            continue
        usd = worth["currency"] == "USD"
        told = (3, Decimal("271.3333")) if usd else (1, Decimal(1))
        base = in_base(Decimal(worth["amount"] or 0), *told)
        won = deal["kind"] == "won"
        weighted = in_base(base, 100, Decimal(deal["probability"]))
        sums = expected.setdefault(cell, [Decimal(0)] * 4)
        for place, each in enumerate(
            (base if won else 0, 0 if won else base, 0 if won else weighted, 1)
        ):
            sums[place] += each
    for by, who in (("owner", people.ann.id), ("team", None)):
        asked = {"by": by, "months": "3", "pipeline_id": str(pipeline.id)}
        found = (await client.get("/forecast", params=asked)).json()
        rows = {(row["month"], row["late"]): row for row in found["rows"]}
        assert {
            cell: [Decimal(str(row[name])) for name in ("won", "open", "weighted", "count")]
            for cell, row in rows.items()
        } == expected
        assert who is None or {row["who"] for row in found["rows"]} == {str(who)}
    stranger = (await api(people.eve).get("/forecast", params=asked)).json()
    assert stranger["rows"] == []
    before = str(TODAY - timedelta(days=2))
    past = (await client.get("/forecast", params={**asked, "as_of": before})).json()
    assert (past["as_of"], past["rows"]) == (before, [])
    assert (await client.get("/forecast", params={"months": "0"})).status_code == 422


def _cell(deal: dict[str, Any]) -> tuple[str | None, bool] | None:
    if deal["kind"] == "lost":
        return None
    if deal["kind"] == "won":
        return str(MONTH), False
    if deal["expected_on"] is None:
        return None, False
    day = date.fromisoformat(deal["expected_on"])
    if day < MONTH:
        return None, True
    month = day.replace(day=1)
    return (str(month), False) if month <= NEXT else None


async def test_stages_follow_one_another_however_many_move_at_once(
    api: As, people: People, pipeline: Pipeline, gausdo: Gausdo
) -> None:
    client = api(people.ann)
    deal = await opened(client, pipeline_id=str(pipeline.id))
    there = [str(stage.id) for stage in pipeline.stages[:2]]

    async def move(to: str) -> None:
        version = (await client.get(f"/deals/{deal.id}")).json()["version"]
        await client.post(f"/deals/{deal.id}/move", json={"version": version, "stage_id": to})

    for _ in range(4):
        await asyncio.gather(*(move(to) for to in there * 2))
    states = _states(gausdo, deal.id)
    assert len(states) > 2
    pairs = list(pairwise(states))
    assert all(one["until"] == other["since"] for one, other in pairs)
    stays = (await client.get(f"/deals/{deal.id}/stages")).json()
    assert [stay["stage_id"] for stay in stays] == [str(one["stage_id"]) for one in states]
    assert stays[-1]["left"] is None
    assert stays[0]["left"] == stays[1]["entered"]
    assert (await api(people.eve).get(f"/deals/{deal.id}/stages")).status_code == 404


async def test_what_a_deal_was_is_not_changed(
    api: As, people: People, pipeline: Pipeline, gausdo: Gausdo
) -> None:
    deal = await opened(api(people.ann), pipeline_id=str(pipeline.id))
    talks = str(pipeline.stages[1].id)
    moved = {"version": 1, "stage_id": talks}
    assert (await api(people.ann).post(f"/deals/{deal.id}/move", json=moved)).status_code == 200
    for forbidden in (
        "update sales.deal_state set amount = 1 where deal_id = %s",
        "update sales.deal_state set until = now() where deal_id = %s and until is not null",
        "update sales.deal_state set until = now(), amount = 1 where deal_id = %s",
        "delete from sales.deal_state where deal_id = %s",
    ):
        with pytest.raises(psycopg.errors.RaiseException), superuser(gausdo) as db:
            db.execute(forbidden, [deal.id])
    with superuser(gausdo) as db:
        db.execute(
            "with gone as (delete from sales.deal where id = %s returning *) select * from gone",
            [deal.id],
        )
    assert all(state["until"] for state in _states(gausdo, deal.id))


async def test_deals_of_before_begin_with_what_they_are(
    api: As, people: People, pipeline: Pipeline, gausdo: Gausdo
) -> None:
    deals = [await opened(api(people.ann), pipeline_id=str(pipeline.id)) for _ in range(2)]
    with superuser(gausdo) as db:
        db.execute("set session_replication_role = replica")
        db.execute("delete from sales.deal_state where deal_id = any(%s)", [[d.id for d in deals]])
    change = {"version": 1, "stage_id": str(pipeline.stages[1].id)}
    await api(people.ann).post(f"/deals/{deals[0].id}/move", json=change)
    await gausdo.get(Sales).keep_states()  # type: ignore[attr-defined]
    first, second = (_states(gausdo, deal.id) for deal in deals)
    assert [state["stage_id"] for state in first] == [one.id for one in pipeline.stages[:2]]
    assert [state["since"] for state in second] == [deals[1].stage_since]
