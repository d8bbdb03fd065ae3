"""Reports as the dashboard asks for them: from a deal that is opened to the deals behind a bar."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx2
import pytest

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Money
from gausdo.modules.activities.contract import About, Activities, NoteDraft, TaskChange, TaskDraft
from gausdo.modules.sales.contract import Deal, DealDraft, DealMove, PipelineDraft, Sales
from tests.conftest import ADMIN, As, People
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

STAGES = [
    {"name": "New", "probability": 20},
    {"name": "Offer", "probability": 60},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]


async def dashboard(client: httpx2.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get("/reports/dashboard", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def sell(gausdo: Gausdo, actor: Actor, amount: str) -> tuple[Deal, Deal]:
    """A deal that is won and one that is on offer, in a pipeline of their own."""
    sales = gausdo.get(Sales)
    pipeline = await sales.add_pipeline(
        ADMIN, PipelineDraft.model_validate({"name": "Ships", "stages": STAGES})
    )
    _, offer, won, _ = pipeline.stages
    deals = []
    for stage in (won, offer):
        draft = DealDraft(
            title="A ship",
            pipeline_id=pipeline.id,
            worth=Money(amount=amount, currency="RUB"),
            expected_on=date(2020, 1, 1),
        )
        deal = await sales.open_deal(actor, draft)
        deals.append(
            await sales.move_deal(actor, deal.id, DealMove(stage_id=stage.id, version=deal.version))
        )
    return deals[0], deals[1]


async def test_a_new_deal_is_in_the_dashboard_down_to_its_row(
    gausdo: Gausdo, people: People, api: As, settled: Callable[[], Awaitable[None]]
) -> None:
    won, offered = await sell(gausdo, people.ann, "1234.50")
    ann = api(people.ann)

    async def there() -> bool:
        shown = await dashboard(ann, pipeline_id=won.pipeline_id)
        return sum(bar["count"] for bar in shown["funnel"]) == 4

    await eventually(there)
    shown = await dashboard(ann, pipeline_id=won.pipeline_id)
    assert shown["won_by_month"][-1]["count"] == 1
    assert shown["won_by_month"][-1]["sum"] == "1234.50"
    assert shown["forecast"][0]["weighted"] == "740.70"  # overdue, so expected now
    assert shown["activity_by_owner"] == [
        {"owner_id": str(people.ann.id), "opened": 2, "moved": 2, "won": 1, "tasks_done": 0,
         "notes": 0}
    ]  # fmt: skip
    assert "RUB" in shown["currencies"]

    behind = await ann.get(
        "/reports/deals-behind",
        params={
            "chart": "funnel", "stage_id": str(offered.stage_id),
            "pipeline_id": str(won.pipeline_id),
        },
    )  # fmt: skip
    assert behind.json() == {"ids": [str(offered.id)], "next": None}
    rows = await ann.get("/deals", params={"ids": ",".join(behind.json()["ids"])})
    assert [row["title"] for row in rows.json()["items"]] == ["A ship"]


async def test_who_may_not_see_the_deals_does_not_see_their_sum(
    gausdo: Gausdo, people: People, api: As
) -> None:
    won, _ = await sell(gausdo, people.ann, "77.00")

    async def sums(actor: Actor) -> list[str]:
        shown = await dashboard(api(actor), pipeline_id=won.pipeline_id)
        return [bar["sum"] for bar in shown["won_by_month"] if bar["count"]]

    async def there() -> bool:
        return await sums(people.admin) == ["77.00"]

    await eventually(there)
    assert await sums(people.bob) == ["77.00"]  # of ann's team
    assert await sums(people.head) == ["77.00"]  # above it
    assert await sums(people.eve) == []  # of another
    drill = {"chart": "funnel", "stage_id": str(won.stage_id)}
    for actor, ids in ((people.bob, [str(won.id)]), (people.eve, [])):
        behind = await api(actor).get("/reports/deals-behind", params=drill)
        assert behind.json()["ids"] == ids


async def test_tasks_done_and_notes_are_activity(gausdo: Gausdo, people: People, api: As) -> None:
    won, _ = await sell(gausdo, people.eve, "5.00")
    activities = gausdo.get(Activities)
    about = About(kind="deal", id=won.id)
    await activities.add_note(people.eve, NoteDraft(about=about, text="They like it."))
    task = await activities.add_task(people.eve, TaskDraft(title="Call", about=about))
    await activities.change_task(
        people.eve, task.id, TaskChange(state="done", version=task.version)
    )

    async def there() -> bool:
        shown = await dashboard(api(people.eve), pipeline_id=won.pipeline_id)
        return [(bar["tasks_done"], bar["notes"]) for bar in shown["activity_by_owner"]] == [(1, 1)]

    await eventually(there)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"months": 0}, "months"),
        ({"months": 37}, "months"),
        ({"currency": "rub"}, "currency"),
        ({"pipeline_id": "ships"}, "pipeline_id"),
        ({"colour": "red"}, "colour"),
    ],
    ids=str,
)
async def test_a_malformed_question_names_its_field(
    people: People, api: As, query: dict[str, Any], field: str
) -> None:
    answer = await api(people.ann).get("/reports/dashboard", params=query)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_bar_that_is_not_named_is_asked_for(people: People, api: As) -> None:
    ann = api(people.ann)
    for query, field in (
        ({"chart": "funnel"}, "stage_id"),
        ({"chart": "pie"}, "chart"),
        ({"chart": "forecast", "month": "2026-05-01", "measure": "won"}, "measure"),
    ):
        answer = await ann.get("/reports/deals-behind", params=query)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_nobody_gets_no_dashboard(api: As) -> None:
    for path in ("/reports/dashboard", "/reports/deals-behind?chart=funnel"):
        answer = await api(None).get(path)
        assert answer.status_code == 401
        assert answer.json()["code"] == "signed-out"
