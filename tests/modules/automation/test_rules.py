"""Rules as people write them, and what happens when one cannot do what it says."""

import json
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from gausdo.modules.automation.acting import Hands
from gausdo.modules.automation.contract import AddTask, Automation, SendLetter
from gausdo.modules.customers.contract import Customers, PersonChange, PersonDraft
from gausdo.modules.sales.contract import DealDraft, Sales
from tests.conftest import As
from tests.modules.automation.conftest import Shop
from tests.modules.automation.test_flow import a_deal, a_rule, letters, off, rule_now, runs

pytestmark = pytest.mark.asyncio
NOBODY = "00000000-0000-0000-0000-000000000000"


def a_draft(shop: Shop, **told: Any) -> dict[str, Any]:
    plain = {
        "name": "Big deals",
        "trigger": {"type": "deal-enters-stage", "stage_id": str(shop.stage("Offer").id)},
        "condition": {"field": "amount", "op": "gte", "value": "1000.00"},
        "steps": [{"type": "add-task", "title": "Call", "due_in_working_hours": "4"}],
    }
    return {**plain, **told}


async def test_a_rule_is_added_read_changed_and_switched_off(api: As, shop: Shop) -> None:
    client = api(shop.people.head)
    key = {"idempotency-key": "a-key-of-this-test"}
    added = await client.post("/rules", json=a_draft(shop), headers=key)
    assert added.status_code == 201, added.text
    rule = added.json()
    assert rule["author_name"] == "Head"
    assert rule["steps"][0]["due_in_working_hours"] == "4"
    again = await client.post("/rules", json=a_draft(shop), headers=key)
    assert again.json() == rule
    other = await client.post("/rules", json=a_draft(shop, name="Other"), headers=key)
    assert other.json()["code"] == "idempotency-key-reused"

    place = f"/rules/{rule['id']}"
    changed = await client.patch(place, json={"version": 1, "name": "Huge", "condition": None})
    assert (changed.json()["name"], changed.json()["condition"]) == ("Huge", None)
    stale = await client.patch(place, json={"version": 1, "enabled": False})
    assert stale.status_code == 409
    assert stale.json()["data"]["changes"]["name"] == ["Big deals", "Huge"]
    assert stale.json()["data"]["by"] == str(shop.people.head.id)
    switched = await client.patch(place, json={"version": 2, "enabled": False})
    assert switched.json()["enabled"] is False
    assert (await client.get(place)).json() == switched.json()
    assert rule["id"] in {one["id"] for one in (await client.get("/rules")).json()}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"condition": {"field": "colour", "op": "eq", "value": "x"}}, "condition.field"),
        ({"condition": {"field": "amount", "op": "gt", "value": "much"}}, "condition.value"),
        (
            {"trigger": {"type": "deal-enters-stage", "stage_id": NOBODY}},
            "trigger.stage_id",
        ),
        (
            {
                "steps": [
                    {
                        "type": "send-letter",
                        "to": "contact",
                        "template_id": NOBODY,
                    }
                ]
            },
            "steps.0.template_id",
        ),
        ({"steps": [{"type": "call-webhook", "url": "https://127.0.0.1/x"}]}, "steps.0.url"),
        ({"steps": [{"type": "call-webhook", "url": "http://example.com/"}]}, "steps.0.url"),
        ({"steps": []}, "steps"),
        ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
async def test_a_rule_that_could_not_work_is_refused_and_its_field_named(
    api: As, shop: Shop, wrong: dict[str, Any], field: str
) -> None:
    refused = await api(shop.people.head).post("/rules", json=a_draft(shop, **wrong))
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == field


async def test_a_manager_reads_rules_and_changes_none(api: As, shop: Shop) -> None:
    rule = await a_rule(shop, "Talks", enabled=False)
    client = api(shop.people.ann)
    assert (await client.get(f"/rules/{rule.id}")).status_code == 200
    refused = await client.post("/rules", json=a_draft(shop))
    assert (refused.status_code, refused.json()["data"]["right"]) == (403, "automation.rule.create")
    change = {"version": 1, "enabled": True}
    assert (await client.patch(f"/rules/{rule.id}", json=change)).status_code == 403
    absent = await client.get(f"/rules/{shop.pipeline.id}")
    assert absent.status_code == 404
    assert (await api(None).get("/rules")).status_code == 401


async def test_who_changes_what_a_rule_does_becomes_its_author(api: As, shop: Shop) -> None:
    rule = await a_rule(shop, "Talks", enabled=False)
    client = api(shop.people.admin)
    place = f"/rules/{rule.id}"
    named = await client.patch(place, json={"version": 1, "name": "Another name"})
    assert named.json()["author_name"] == "Head"
    steps = [{"type": "add-task", "title": "Ring", "due_in_working_hours": "1"}]
    changed = await client.patch(place, json={"version": 2, "steps": steps})
    assert changed.json()["author_name"] == "Admin"


async def test_a_contact_without_an_address_is_told_and_the_step_run_again(
    api: As, shop: Shop
) -> None:
    rule = await a_rule(
        shop, "Offer", steps=[SendLetter(template_id=shop.template.id, to="contact")]
    )
    customers = shop.gausdo.get(Customers)
    mute = await customers.add_person(shop.people.ann, PersonDraft(name="Olga Silent"))
    deal = await a_deal(shop, "Offer", contact_id=mute.id)
    await shop.settled()
    ((effect,),) = [run["effects"] for run in await runs(shop, rule)]
    assert (effect["state"], effect["attempts"]) == ("failed", 1)
    assert "no e-mail" in effect["error"]
    client = api(shop.people.head)
    failed = (await client.get(f"/rule-runs?rule_id={rule.id}&state=failed")).json()["items"]
    assert [run["deal_id"] for run in failed] == [str(deal.id)]

    await customers.change_person(
        shop.people.ann, mute.id, PersonChange(version=mute.version, emails=["olga@client.example"])
    )
    again = await client.post(f"/effects/{effect['id']}/run-again")
    assert again.json()["state"] == "waiting"
    await shop.settled()
    assert [told["to"] for told in letters(shop, deal)] == ["Olga Silent <olga@client.example>"]
    done = await client.post(f"/effects/{effect['id']}/run-again")
    assert done.status_code == 409
    assert (await client.get(f"/rule-runs?rule_id={rule.id}&state=failed")).json()["items"] == []
    await off(shop, rule)


async def test_a_deal_without_a_contact_and_a_letter_to_the_owner(shop: Shop) -> None:
    to_contact = await a_rule(
        shop, "Offer", steps=[SendLetter(template_id=shop.template.id, to="contact")]
    )
    to_owner = await a_rule(
        shop, "Offer", steps=[SendLetter(template_id=shop.template.id, to="owner")]
    )
    deal = await a_deal(shop, "Offer", contact_id=None)
    await shop.settled()
    ((effect,),) = [run["effects"] for run in await runs(shop, to_contact)]
    assert "no contact" in effect["error"]
    assert effect["error_code"] == "automation.no-contact"
    assert [told["to"] for told in letters(shop, deal)] == ["Ann <ann@example.org>"]
    await off(shop, to_contact)
    await off(shop, to_owner)


async def test_a_step_that_breaks_says_so_by_code_and_is_tried_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a slip of ours")

    monkeypatch.setattr(Hands, "_make", broken)
    rule = await a_rule(
        shop, "Offer", steps=[AddTask(title="Call", due_in_working_hours=Decimal(1))]
    )
    await a_deal(shop, "Offer")
    await shop.settled()
    ((effect,),) = [run["effects"] for run in await runs(shop, rule)]
    told = (effect["state"], effect["error"], effect["error_code"])
    assert told == ("waiting", "Something went wrong on our side.", "broken")
    await off(shop, rule)


async def test_a_rule_acts_with_its_authors_live_rights(shop: Shop) -> None:
    """Head sees the teams below; a deal of nobody's team is not theirs to act on."""
    rule = await a_rule(
        shop, "Offer", steps=[AddTask(title="Call", due_in_working_hours=Decimal(1))]
    )
    await shop.gausdo.get(Sales).open_deal(
        shop.people.admin, DealDraft(title="Above all teams", stage_id=shop.stage("Offer").id)
    )
    await shop.settled()
    ((effect,),) = [run["effects"] for run in await runs(shop, rule)]
    assert (effect["state"], effect["error"]) == (
        "failed",
        "The rule's author may not see this deal.",
    )
    await off(shop, rule)


async def test_a_rule_is_paused_when_its_author_has_left(api: As, shop: Shop) -> None:
    rule = await a_rule(
        shop, "Offer", steps=[AddTask(title="Call", due_in_working_hours=Decimal(1))]
    )
    async with shop.gausdo.databases["automation"].connection() as connection:
        # As if a colleague who has left had written it.
        await connection.execute(
            "update automation.rule set author_id = %s where id = %s",
            [shop.pipeline.id, rule.id],
        )
    await a_deal(shop, "Offer")
    await shop.settled()
    paused = await rule_now(shop, rule)
    assert paused.paused_because is not None
    assert "can no longer act" in paused.paused_because
    ((effect,),) = [run["effects"] for run in await runs(shop, rule)]
    assert effect["state"] == "failed"
    await a_deal(shop, "Offer")
    await shop.settled()
    assert len(await runs(shop, rule)) == 1

    client = api(shop.people.head)
    for enabled in (False, True):
        current = await rule_now(shop, rule)
        change = {"version": current.version, "enabled": enabled}
        taken = await client.patch(f"/rules/{rule.id}", json=change)
    assert (taken.json()["paused_because"], taken.json()["author_name"]) == (None, "Head")
    again = await client.post(f"/effects/{effect['id']}/run-again")
    assert again.status_code == 200
    await shop.settled()
    ((effect,),) = [run["effects"] for run in await runs(shop, rule)]
    assert effect["state"] == "done"
    await off(shop, rule)


async def test_runs_are_listed_page_by_page(api: As, shop: Shop) -> None:
    rule = await a_rule(
        shop, "Talks", steps=[AddTask(title="Call", due_in_working_hours=Decimal(1))]
    )
    deals = [await a_deal(shop, "Talks") for _ in range(5)]
    await shop.settled()
    client, seen, after = api(shop.people.head), [], ""
    while True:
        page = (await client.get(f"/rule-runs?rule_id={rule.id}&limit=2{after}")).json()
        seen += [run["deal_id"] for run in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [str(deal.id) for deal in reversed(deals)]
    for wrong in ("sort=colour", "after=zzz", "q=x", "ids=x", "filter={}", "state=odd"):
        refused = await client.get(f"/rule-runs?{wrong}")
        assert refused.status_code == 422, (wrong, refused.text)
    await off(shop, rule)


async def test_the_contract_says_the_same_as_the_api(api: As, shop: Shop) -> None:
    client: httpx2.AsyncClient = api(shop.people.head)
    told = await shop.gausdo.get(Automation).rules(shop.people.head)
    listed = (await client.get("/rules")).json()
    assert listed == [json.loads(rule.model_dump_json()) for rule in told]


async def test_a_rule_waits_for_a_quote_to_be_accepted(api: As, shop: Shop) -> None:
    head, ann, guest = api(shop.people.head), api(shop.people.ann), api(None)
    draft = a_draft(shop, condition=None, quote="accepted")
    refused = await head.post("/rules", json=draft)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "trigger")
    neither = {name: value for name, value in draft.items() if name not in {"trigger", "quote"}}
    assert (await head.post("/rules", json=neither)).status_code == 422
    hook = {"type": "call-webhook", "url": shop.hook}
    added = await head.post("/rules", json={**neither, "quote": "accepted", "steps": [hook]})
    assert added.status_code == 201, added.text
    rule = added.json()
    deal = await a_deal(shop)
    lines = [{"name": "Oar", "quantity": "1", "price": "10.00"}]
    told = {"version": deal.version, "currency": "RUB", "lines": lines}
    version = (await ann.put(f"/deals/{deal.id}/lines", json=told)).json()["version"]
    made = await ann.post(f"/deals/{deal.id}/quotes", json={"version": version})
    link = (await ann.post(f"/quotes/{made.json()['id']}/link")).json()["url"]
    await shop.settled()
    assert (await head.get(f"/rules/{rule['id']}")).json()["runs"] == 0
    accepted = {"name": "Nina", "agreed": True}
    token = link.rpartition("/")[2]
    assert (await guest.post(f"/offers/{token}/accept", json=accepted)).status_code == 200
    await shop.settled()
    assert (await head.get(f"/rules/{rule['id']}")).json()["runs"] == 1
    calls = [one["body"] for one in shop.sink.calls.listed() if "quote" in one["body"]["type"]]
    assert [(one["type"], one["deal"]["id"]) for one in calls] == [("quote.accepted", str(deal.id))]
    assert calls[0]["deal"]["quote_id"] == made.json()["id"]
    entered = {"version": rule["version"], "trigger": draft["trigger"]}
    changed = (await head.patch(f"/rules/{rule['id']}", json=entered)).json()
    assert (changed["quote"], changed["trigger"]) == (None, draft["trigger"])
    again = {"version": changed["version"], "quote": "sent"}
    changed = (await head.patch(f"/rules/{rule['id']}", json=again)).json()
    assert (changed["quote"], changed["trigger"]["stage_id"]) == ("sent", NOBODY)
    off = {"version": changed["version"], "enabled": False}
    assert (await head.patch(f"/rules/{rule['id']}", json=off)).status_code == 200
