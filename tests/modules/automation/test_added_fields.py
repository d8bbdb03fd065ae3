"""Rules ask of fields that were added to deals, and set them."""

from typing import Any

import pytest
import pytest_asyncio

from gausdo.modules.automation.contract import CallWebhook
from gausdo.modules.sales.contract import Sales
from tests.conftest import As
from tests.modules.automation.conftest import Shop
from tests.modules.automation.test_flow import a_deal, a_rule, moved, off, runs
from tests.modules.automation.test_rules import a_draft

pytestmark = pytest.mark.asyncio(loop_scope="session")

OPTIONS = [{"key": "small", "name": "Small"}, {"key": "large", "name": "Large"}]
FIELDS: list[dict[str, Any]] = [
    {"name": "Weight", "key": "weight", "type": "number"},
    {"name": "Price", "key": "price", "type": "money"},
    {"name": "Starts", "key": "starts", "type": "date"},
    {"name": "Seen", "key": "seen", "type": "time"},
    {"name": "Coats", "key": "coats", "type": "choices", "options": OPTIONS},
    {"name": "Vip", "key": "vip", "type": "bool"},
    {"name": "Note", "key": "note", "type": "text"},
    {"name": "Before", "key": "before", "type": "link", "links_to": "deal"},
    {"name": "Contract", "key": "contract", "type": "text", "unique": True},
    {"name": "Twice", "key": "twice", "formula": "custom.weight * 2"},
]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def fields(api: As, shop: Shop) -> None:
    for field in FIELDS:
        reply = await api(shop.people.admin).post("/deal-fields", json=field)
        assert reply.status_code == 201, reply.text


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": f"custom.{field}", "op": op, "value": value}


async def test_a_rule_fires_for_what_deals_have_in_added_fields(shop: Shop) -> None:
    before = await a_deal(shop)
    custom = {
        "weight": "12.50", "price": {"amount": "70.00", "currency": "RUB"}, "starts": "2026-12-01",
        "seen": "2026-03-31T22:30:00Z", "coats": ["small", "large"], "vip": True, "note": "Лайка",
        "before": str(before.id),
    }  # fmt: skip
    holding = [
        leaf("weight", "gt", "9"), leaf("price", "lte", "70"), leaf("starts", "eq", "2026-12-01"),
        leaf("seen", "lt", "2026-04-01T00:00:00Z"), leaf("coats", "in", ["large"]),
        leaf("vip", "eq", True), leaf("note", "contains", "айк"), leaf("twice", "eq", "25"),
        leaf("before", "eq", str(before.id)),
    ]  # fmt: skip
    rule = await a_rule(
        shop, "Offer", condition={"all": holding}, steps=[CallWebhook(url=shop.hook)]
    )
    deal = await moved(shop, await a_deal(shop, custom=custom), "Offer")
    without = [await a_deal(shop, custom={**custom, key: None}) for key in ("weight", "vip")]
    for other in (*without, before):
        await moved(shop, other, "Offer")
    await shop.settled()
    assert [run["deal_id"] for run in await runs(shop, rule)] == [str(deal.id)]
    await off(shop, rule)


async def test_a_rule_sets_added_fields(shop: Shop) -> None:
    sets = {"custom": {"note": "Set by a rule", "vip": True, "weight": None}}
    rule = await a_rule(shop, "Talks", steps=[], sets=sets)
    deal = await a_deal(shop, custom={"weight": "3", "starts": "2026-12-01"})
    await moved(shop, deal, "Talks")
    await shop.settled()
    now = await shop.gausdo.get(Sales).deal(shop.people.ann, deal.id)
    assert now.custom == {"starts": "2026-12-01", "note": "Set by a rule", "vip": True}
    (run,) = await runs(shop, rule)
    assert [(one["type"], one["state"]) for one in run["effects"]] == [("set-fields", "done")]
    await off(shop, rule)


async def test_a_rule_that_could_not_do_so_is_refused(api: As, shop: Shop) -> None:
    head = api(shop.people.head)
    for wrong in (
        {"condition": leaf("nothing", "eq", "1")},
        {"condition": leaf("weight", "contains", "1")},
        {"sets": {"custom": {"nothing": "1"}}},
        {"sets": {"custom": {"weight": "heavy"}}},
        {"sets": {"custom": {"twice": "2"}}},
        {"sets": {"custom": {"contract": "A-1"}}},
        {"sets": {"custom": {}}},
        {"steps": []},
    ):
        refused = await head.post("/rules", json=a_draft(shop, **wrong))
        assert refused.status_code == 422, (wrong, refused.text)
    made = await head.post("/rules", json=a_draft(shop, sets={"custom": {"vip": False}}))
    assert made.json()["sets"] == {"type": "set-fields", "custom": {"vip": False}}
    place = f"/rules/{made.json()['id']}"
    gone = await head.patch(place, json={"version": 1, "sets": None, "enabled": False})
    assert gone.json()["sets"] is None
