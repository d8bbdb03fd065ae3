"""A deal enters a stage: the letter, the task and the webhook come, each once."""

import asyncio
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from gausdo.kernel.actor import MAX_DEPTH, Cause
from gausdo.kernel.conditions import Leaf, Op
from gausdo.kernel.events import Envelope
from gausdo.kernel.values import Money, new_id, now
from gausdo.modules.activities.contract import Activities, TaskQuery
from gausdo.modules.automation.contract import (
    AddTask,
    Automation,
    CallWebhook,
    DealEntersStage,
    Rule,
    RuleChange,
    RuleDraft,
    RunQuery,
    SendLetter,
)
from gausdo.modules.automation.handlers import fire_rules
from gausdo.modules.automation.jobs import act
from gausdo.modules.automation.tables import EffectRow
from gausdo.modules.sales.contract import Deal, DealDraft, DealMove, DealMoved, Sales
from gausdo.platform.worklist import lease
from tests.modules.automation.conftest import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio


async def a_rule(shop: Shop, stage: str, **told: Any) -> Rule:
    plain: dict[str, Any] = {
        "name": f"When {stage}",
        "trigger": DealEntersStage(stage_id=shop.stage(stage).id),
        "steps": [
            SendLetter(template_id=shop.template.id, to="contact"),
            AddTask(title="Call the client", due_in_working_hours=Decimal(4)),
            CallWebhook(url=shop.hook),
        ],
    }
    draft = RuleDraft(**{**plain, **told})
    return await shop.gausdo.get(Automation).add_rule(shop.people.head, draft)


async def a_deal(shop: Shop, stage: str = "New", **told: Any) -> Deal:
    plain: dict[str, Any] = {
        "title": f"Deal {new_id()}",
        "stage_id": shop.stage(stage).id,
        "contact_id": shop.contact.id,
        "worth": Money(amount=Decimal("1500000.50"), currency="RUB"),
    }
    return await shop.gausdo.get(Sales).open_deal(shop.people.ann, DealDraft(**{**plain, **told}))


async def moved(shop: Shop, deal: Deal, stage: str) -> Deal:
    move = DealMove(version=deal.version, stage_id=shop.stage(stage).id)
    return await shop.gausdo.get(Sales).move_deal(shop.people.ann, deal.id, move)


async def runs(shop: Shop, rule: Rule) -> list[dict[str, Any]]:
    told = await shop.gausdo.get(Automation).list_runs(shop.people.head, RunQuery(rule_id=rule.id))
    items: list[dict[str, Any]] = json.loads(told)["items"]
    return items


async def rule_now(shop: Shop, rule: Rule) -> Rule:
    return await shop.gausdo.get(Automation).rule(shop.people.head, rule.id)


def letters(shop: Shop, deal: Deal) -> list[dict[str, Any]]:
    return [told for told in shop.sink.letters.listed() if deal.title in told["subject"]]


def calls(shop: Shop, deal: Deal) -> list[dict[str, Any]]:
    return [
        told for told in shop.sink.calls.listed() if told["body"]["deal"]["title"] == deal.title
    ]


async def tasks(shop: Shop, deal: Deal) -> list[dict[str, Any]]:
    query = TaskQuery(about_kind="deal", about_id=deal.id)
    told = await shop.gausdo.get(Activities).list_tasks(shop.people.ann, query)
    items: list[dict[str, Any]] = json.loads(told)["items"]
    return items


async def come_for_each(shop: Shop, deals: list[Deal]) -> None:
    """Wait also for what a busy machine has put off to its next try, and for a second one."""

    async def come() -> bool:
        return all([letters(shop, one) and calls(shop, one) and await tasks(shop, one)
                    for one in deals])  # fmt: skip

    await eventually(come, 90, "a letter, a call and a task for each deal")
    await shop.settled()


async def off(shop: Shop, rule: Rule) -> None:
    current = await rule_now(shop, rule)
    await shop.gausdo.get(Automation).change_rule(
        shop.people.head, rule.id, RuleChange(version=current.version, enabled=False)
    )


async def test_a_letter_a_task_and_a_webhook_come_of_a_move(shop: Shop) -> None:
    rule = await a_rule(shop, "Offer", condition=Leaf(field="amount", op=Op.GT, value="1000000.00"))
    deal = await moved(shop, await a_deal(shop), "Offer")
    small = await a_deal(shop, worth=Money(amount=Decimal(10), currency="RUB"))
    await moved(shop, small, "Offer")
    await shop.settled()

    (run,) = await runs(shop, rule)
    assert run["deal_id"] == str(deal.id)
    assert run["rule_name"] == "When Offer"
    assert [(one["type"], one["state"], one["error"]) for one in run["effects"]] == [
        ("send-letter", "done", None),
        ("add-task", "done", None),
        ("call-webhook", "done", None),
    ]
    (letter,) = letters(shop, deal)
    told = shop.sink.letters.letter(letter["id"])
    assert told is not None
    assert told["to"] == "Nina Petrova <nina@client.example>"
    assert told["text"].strip() == (
        "Здравствуйте, Nina Petrova! 1\xa0500\xa0000,50\xa0₽, Offer. Ann"
    )
    (task,) = await tasks(shop, deal)
    assert (task["title"], task["owner_id"]) == ("Call the client", str(shop.people.ann.id))
    (call,) = calls(shop, deal)
    assert call["verified"]
    assert call["headers"]["webhook-id"] == run["effects"][2]["result_id"]
    assert call["body"]["type"] == "deal.entered-stage"
    assert call["body"]["deal"]["amount"] == "1500000.50"
    assert call["body"]["deal"]["url"] == f"https://crm.example.org/deals/{deal.id}"
    assert call["body"]["rule"] == {"id": str(rule.id), "name": rule.name}
    after = await rule_now(shop, rule)
    assert (after.runs, after.author_name) == (1, "Head")
    assert after.last_run_at is not None
    assert letters(shop, small) == []
    await off(shop, rule)


async def test_a_deal_that_is_opened_in_the_stage_enters_it_too(shop: Shop) -> None:
    rule = await a_rule(
        shop, "Talks", steps=[AddTask(title="Prepare", due_in_working_hours=Decimal("1.5"))]
    )
    deal = await a_deal(shop, "Talks")
    await shop.settled()
    assert [task["title"] for task in await tasks(shop, deal)] == ["Prepare"]
    await off(shop, rule)
    another = await a_deal(shop, "Talks")
    await shop.settled()
    assert await tasks(shop, another) == []


def an_envelope(shop: Shop, deal: Deal, **told: Any) -> Envelope:
    """The event of a move to Offer, as it travels."""
    stage = shop.stage("Offer")
    event = DealMoved(
        deal_id=deal.id, version=2, pipeline_id=deal.pipeline_id, stage_id=stage.id,
        kind=stage.kind, probability=stage.probability, owner_id=deal.owner.id,
        team_id=deal.team_id, amount=deal.worth and deal.worth.amount,
        currency=deal.worth and deal.worth.currency, company_id=None,
        contact_id=deal.contact and deal.contact.id, expected_on=None,
        created_at=deal.created_at, stage_since=now(), closed_at=None,
        from_stage_id=deal.stage_id, from_kind=deal.kind, from_probability=10, seconds=5,
    )  # fmt: skip
    plain: dict[str, Any] = {
        "source": "sales",
        "pos": 1,
        "event_id": new_id(),
        "name": event.name,
        "kind": "deal",
        "subject_id": deal.id,
        "version": 2,
        "at": now(),
        "actor_id": shop.people.ann.id,
        "via": "person",
        "body": event.model_dump(mode="json"),
    }
    return Envelope(**{**plain, **told})


async def told_again(shop: Shop, *envelopes: Envelope) -> None:
    service = shop.gausdo.services["automation"]
    async with service.db.begin() as tx:
        await fire_rules(service, list(envelopes), None, tx)
    await shop.settled()


async def test_the_same_event_told_twice_has_its_effects_once(shop: Shop) -> None:
    rule = await a_rule(shop, "Offer")
    deal = await a_deal(shop)
    envelope = an_envelope(shop, deal)
    await told_again(shop, envelope, envelope)
    await told_again(shop, envelope)
    assert len(await runs(shop, rule)) == 1
    assert (await rule_now(shop, rule)).runs == 1
    assert len(letters(shop, deal)) == len(calls(shop, deal)) == 1
    assert len(await tasks(shop, deal)) == 1
    await off(shop, rule)


async def test_a_chain_of_automations_is_cut(shop: Shop) -> None:
    rule = await a_rule(shop, "Offer")
    deal = await a_deal(shop)
    too_deep = Cause(event_id=new_id(), depth=MAX_DEPTH, rule_id=rule.id)
    await told_again(shop, an_envelope(shop, deal, cause=too_deep, via="rule"))
    (run,) = await runs(shop, rule)
    assert "set each other off" in run["refused"]
    assert run["effects"] == []
    assert letters(shop, deal) == []
    last = Cause(event_id=new_id(), depth=MAX_DEPTH - 1, rule_id=rule.id)
    await told_again(shop, an_envelope(shop, deal, cause=last, via="rule"))
    assert len(letters(shop, deal)) == 1
    await off(shop, rule)


async def test_what_a_rule_does_knows_its_cause(shop: Shop) -> None:
    rule = await a_rule(
        shop, "Offer", steps=[AddTask(title="Call", due_in_working_hours=Decimal(1))]
    )
    deal = await a_deal(shop)
    envelope = an_envelope(shop, deal, cause=Cause(event_id=new_id(), depth=2))
    await told_again(shop, envelope)
    (task,) = await tasks(shop, deal)
    db = shop.gausdo.databases["activities"]
    async with db.connection() as connection:
        found = await connection.execute(
            "select via, actor_id, cause from activities.history where subject_id = %s",
            [UUID(task["id"])],
        )
        via, actor_id, cause = await found.fetchone()  # type: ignore[misc]
    assert (via, actor_id) == ("rule", shop.people.head.id)
    told = {"event_id": str(envelope.event_id), "depth": 3, "rule_id": str(rule.id)}
    assert cause == Cause(**told).model_dump(mode="json")
    activities = shop.gausdo.get(Activities)
    (seen,) = json.loads(await activities.task_history(shop.people.head, UUID(task["id"])))
    assert (seen["via"], seen["rule_id"], seen["key_id"]) == ("rule", str(rule.id), None)
    await off(shop, rule)


async def test_a_kill_between_doing_and_recording_doubles_nothing(shop: Shop) -> None:
    """The effects are carried out, forgotten as by a kill, and carried out again."""
    rule = await a_rule(shop, "Offer")
    deal = await a_deal(shop)
    await told_again(shop, an_envelope(shop, deal))
    (before,) = await runs(shop, rule)
    service = shop.gausdo.services["automation"]
    async with service.db.begin() as tx:
        await tx.session.execute(
            update(EffectRow)
            .where(EffectRow.rule_id == rule.id)
            .values(state="waiting", attempts=0, result_id=None, done_at=None, due_at=now())
        )
        await tx.enqueue("automation.act", once=True)
    await shop.settled()
    (after,) = await runs(shop, rule)
    assert [one["state"] for one in after["effects"]] == ["done"] * 3
    assert [one["result_id"] for one in after["effects"]] == [
        one["result_id"] for one in before["effects"]
    ]
    assert len(letters(shop, deal)) == len(calls(shop, deal)) == 1
    assert len(await tasks(shop, deal)) == 1
    await off(shop, rule)


async def test_many_effects_come_at_once_each_with_its_own_cause(shop: Shop) -> None:
    """One of them cannot be carried out, and keeps none of the others back."""
    rule = await a_rule(shop, "Offer")
    deals = [await a_deal(shop) for _ in range(11)]
    nobody = await a_deal(shop, contact_id=None)
    envelopes = [
        an_envelope(shop, deal, trace=f"00-{new_id().hex}-{new_id().hex[16:]}-01")
        for deal in [*deals, nobody]
    ]
    await told_again(shop, *envelopes)
    for deal in deals:
        assert len(letters(shop, deal)) == len(calls(shop, deal)) == 1
    assert letters(shop, nobody) == []
    (failed,) = (
        one for run in await runs(shop, rule) for one in run["effects"] if one["state"] != "done"
    )
    assert (failed["state"], failed["error_code"]) == ("failed", "automation.no-contact")
    async with shop.gausdo.databases["activities"].connection() as connection:
        found = await connection.execute(
            "select (cause ->> 'event_id')::uuid, split_part(trace, '-', 2), task.about_id "
            "from activities.history join activities.task on task.id = subject_id "
            "where cause ->> 'rule_id' = %s",
            [str(rule.id)],
        )
        told = await found.fetchall()
    assert sorted(told) == sorted(
        (envelope.event_id, str(envelope.trace).split("-")[1], envelope.subject_id)
        for envelope in envelopes
    )
    await off(shop, rule)


async def test_two_workers_share_the_work(shop: Shop) -> None:
    rule = await a_rule(shop, "Offer")
    deals = [await a_deal(shop) for _ in range(12)]
    service = shop.gausdo.services["automation"]
    async with service.db.begin() as tx:
        await fire_rules(service, [an_envelope(shop, deal) for deal in deals], None, tx)
    await asyncio.gather(act(service), act(service), act(service))
    await come_for_each(shop, deals)
    for deal in deals:
        assert len(letters(shop, deal)) == len(calls(shop, deal)) == 1
        assert len(await tasks(shop, deal)) == 1
    await off(shop, rule)


async def test_what_people_cause_goes_before_what_an_import_causes(shop: Shop) -> None:
    rule = await a_rule(
        shop, "Offer", steps=[AddTask(title="Call", due_in_working_hours=Decimal(1))]
    )
    deals = [await a_deal(shop) for _ in range(5)]
    service = shop.gausdo.services["automation"]
    brought = [an_envelope(shop, deal, via="import") for deal in deals[:4]]
    async with service.db.begin() as tx:
        await fire_rules(service, [*brought, an_envelope(shop, deals[4])], None, tx)
        await tx.session.flush()
        rows = await lease(tx, EffectRow, 5, 0)
        assert rows[0].deal["deal_id"] == str(deals[4].id)
        assert len(rows) == 5
    await shop.settled()
    await off(shop, rule)
