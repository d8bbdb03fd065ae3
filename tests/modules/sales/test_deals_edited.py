"""Many deals changed at once, and given back what they had."""

from collections.abc import Awaitable, Callable

import pytest

from gausdo.app import Gausdo
from gausdo.modules.sales.contract import PipelineDraft, Sales
from tests.conftest import ADMIN, As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOVES = ("version", "changed_at")
STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]


async def test_deals_are_given_away_and_back(
    gausdo: Gausdo, api: As, people: People, settled: Callable[[], Awaitable[None]]
) -> None:
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    await gausdo.get(Sales).add_pipeline(ADMIN, draft)
    head, ann = api(people.head), api(people.ann)
    company = (await ann.post("/companies", json={"name": "Buyer"})).json()
    for number in range(3):
        told = {"title": f"Deal {number}", "expected_on": "2026-12-20"}
        assert (await ann.post("/deals", json=told)).is_success

    async def deals() -> list[dict]:
        page = (await head.get("/deals", params={"sort": "title"})).json()["items"]
        return [{name: one[name] for name in one if name not in MOVES} for one in page]

    before = await deals()
    change = {
        "owner_id": str(people.eve.id), "company_id": company["id"], "expected_on": "2027-01-31"
    }  # fmt: skip
    found = {"filter": {"field": "expected_on", "op": "eq", "value": "2026-12-20"}}
    edit = {"of": {"found": found}, "change": change}
    preview = (await head.post("/deals/mass-edits/preview", json=edit)).json()
    assert (preview["changing"], preview["refused"]) == (3, 0)
    begun = await head.post("/deals/mass-edits", json=edit)
    assert begun.status_code == 201, begun.text
    await settled()
    path = f"/deals/mass-edits/{begun.json()['id']}"
    assert (await head.get(path)).json()["changed"] == 3
    after = await deals()
    assert {one["owner"]["name"] for one in after} == {"Eve"}
    assert {(one["company"]["name"], one["expected_on"]) for one in after} == {
        ("Buyer", "2027-01-31")
    }
    assert (await api(people.bob).get(path)).status_code == 404
    back = await head.post(f"{path}/undo", headers={"Idempotency-Key": "once-only"})
    again = await head.post(f"{path}/undo", headers={"Idempotency-Key": "once-only"})
    assert back.json()["id"] == again.json()["id"]
    await settled()
    assert await deals() == before


async def test_a_neighbour_one_may_not_see_is_not_given(api: As, people: People) -> None:
    [deal] = (await api(people.ann).get("/deals?limit=1")).json()["items"]
    company = (await api(people.eve).post("/companies", json={"name": "Eve's buyer"})).json()
    edit = {"of": {"ids": [deal["id"]]}, "change": {"company_id": company["id"]}}
    for path in ("/deals/mass-edits", "/deals/mass-edits/preview"):
        assert (await api(people.ann).post(path, json=edit)).status_code == 404
