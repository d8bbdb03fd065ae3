"""What fires rules: a deal that is opened in a stage or moved to it, what happens to a quote; and
what people are told of.

Runs and their effects are written in the consumer's transaction, keyed by (event, rule, step), so
they exist once however often the event comes. The effects are carried out by a job.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import MAX_DEPTH, SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.contract import (
    TaskAdded,
    TaskChanged,
    TaskRemoved,
    TaskRestored,
)
from gausdo.modules.automation.acting import Hands
from gausdo.modules.automation.contract import RuleRan
from gausdo.modules.automation.matching import (
    STEPS,
    Added,
    Fired,
    fired,
    is_awaited,
    is_of_added,
)
from gausdo.modules.automation.notices import tell
from gausdo.modules.automation.reminding import follow_tasks
from gausdo.modules.automation.tables import ACT, EffectRow, RuleRow, RunRow
from gausdo.modules.automation.telling import TELLING, news_of
from gausdo.modules.sales.contract import (
    DealMoved,
    DealOpened,
    QuoteAccepted,
    QuoteDeclined,
    QuoteOpened,
    QuoteSent,
)
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.db import Tx
from gausdo.platform.worklist import WAITING

HEAD_START = timedelta(days=1)
"""What people caused stands this much earlier in the line than what an import caused."""
TOO_LONG = (
    f"Stopped: {MAX_DEPTH} automations have followed from one another. "
    "Look for rules that set each other off."
)

on = Subscriptions()


PORTION = 200
"""Deals that sales answers at once."""


class Zoned(Protocol):
    @property
    def time_zone(self) -> str: ...
    @property
    def hands(self) -> Hands: ...


@on.batch(DealOpened, DealMoved, QuoteSent, QuoteOpened, QuoteAccepted, QuoteDeclined)
async def fire_rules(service: Zoned, envelopes: list[Envelope], _: None, tx: Tx) -> None:
    steps = {STEPS[envelope.name] for envelope in envelopes if envelope.name in STEPS}
    stages = {UUID(one.body["stage_id"]) for one in envelopes if one.name not in STEPS}
    rules = (
        await tx.session.scalars(
            select(RuleRow).where(
                RuleRow.enabled,
                RuleRow.paused_because.is_(None),
                or_(RuleRow.stage_id.in_(stages), RuleRow.quote.in_(steps)),
            )
        )
    ).all()
    awaited = [
        (envelope, cast(Fired, envelope.event()))
        for envelope in envelopes
        if any(is_awaited(rule, envelope) for rule in rules)  # most need not be read any further
        and not (envelope.cause and envelope.cause.quiet)
    ]
    asking = [rule for rule in rules if is_of_added(rule)]
    ids = [
        event.deal_id
        for envelope, event in awaited
        if any(is_awaited(rule, envelope) for rule in asking)
    ]
    added = await _added(service.hands, ids) if ids else Added()
    found = {
        (envelope.event_id, rule.id): (rule, envelope, event)
        for envelope, event in awaited
        for rule in fired(rules, envelope, event, service.time_zone, added)
    }
    if found:
        await _write(tx, found)


async def _added(hands: Hands, ids: Sequence[UUID]) -> Added:
    """What these deals have in the fields that were added: events do not tell it."""
    asked = list(dict.fromkeys(ids))
    deals = [
        deal
        for start in range(0, len(asked), PORTION)
        for deal in await hands.sales.find_deals(SYSTEM, asked[start : start + PORTION])
    ]
    fields = await hands.sales.deal_fields(SYSTEM)
    return Added(fields, {deal.id: deal.custom for deal in deals})


@on.batch(*TELLING)
async def tell_people(_: object, envelopes: list[Envelope], __: None, tx: Tx) -> None:
    await tell(tx, [news for envelope in envelopes for news in news_of(envelope)])


on.batch(TaskAdded, TaskChanged, TaskRemoved, TaskRestored)(follow_tasks)


async def _write(
    tx: Tx, found: Mapping[tuple[UUID, UUID], tuple[RuleRow, Envelope, Fired]]
) -> None:
    runs = {key: _run(*what) for key, what in found.items()}
    made = set(
        await tx.session.scalars(
            insert(RunRow)
            .on_conflict_do_nothing(index_elements=["event_id", "rule_id"])
            .returning(RunRow.id),
            list(runs.values()),
        )
    )
    effects: list[dict[str, Any]] = []
    counts: Counter[RuleRow] = Counter()
    for key, (rule, envelope, event) in found.items():
        run = runs[key]
        if run["id"] not in made:
            continue
        counts[rule] += 1
        if run["refused"] is None:
            effects += _effects(rule, envelope, event, run)
        tx.follow(envelope)
        tx.publish(RuleRan(rule_id=rule.id, deal_id=event.deal_id, run_id=run["id"]))
    if effects:
        await tx.session.execute(insert(EffectRow), effects)
        await tx.enqueue(ACT, once=True)
    for rule, count in counts.items():
        await tx.session.execute(
            update(RuleRow)
            .where(RuleRow.id == rule.id)
            .values(runs=RuleRow.runs + count, last_run_at=func.now())
        )


def _run(rule: RuleRow, envelope: Envelope, event: Fired) -> dict[str, Any]:
    too_long = envelope.cause is not None and envelope.cause.depth >= MAX_DEPTH
    return {
        "id": new_id(),
        "rule_id": rule.id,
        "deal_id": event.deal_id,
        "event_id": envelope.event_id,
        "at": now(),
        "refused": TOO_LONG if too_long else None,
    }


def _effects(
    rule: RuleRow, envelope: Envelope, event: Fired, run: dict[str, Any]
) -> list[dict[str, Any]]:
    at = run["at"]
    return [
        {
            "id": new_id(),
            "state": WAITING,
            "attempts": 0,
            "due_at": at if envelope.via == "import" else at - HEAD_START,
            "run_id": run["id"],
            "rule_id": rule.id,
            "event_id": envelope.event_id,
            "step": number,
            "type": step["type"],
            "params": step,
            "deal": event.model_dump(mode="json") | _happened(envelope),
            "author_id": rule.author_id,
            "cause": envelope.leads_to(rule.id).model_dump(mode="json"),
            "at": envelope.at,
            "trace": envelope.trace,
        }
        for number, step in enumerate([*rule.steps, *filter(None, (rule.sets, rule.give))])
    ]


def _happened(envelope: Envelope) -> dict[str, str]:
    """What a webhook is told, of what is not a stage that was entered."""
    step = STEPS.get(envelope.name)
    return {"happened": f"quote.{step}"} if step else {}
