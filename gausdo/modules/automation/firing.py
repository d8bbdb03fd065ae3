"""Rules that are fired: their runs and effects are written in the transaction of whoever tells what
happened, keyed by (event, rule, step), so they exist once however often it is told. The effects are
carried out by a job.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import MAX_DEPTH, SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.kernel.values import new_id, now
from gausdo.modules.automation.acting import Hands
from gausdo.modules.automation.contract import NO_DEAL, RuleRan
from gausdo.modules.automation.customer_matching import CustomerNow, told_of
from gausdo.modules.automation.matching import (
    ENTERING,
    STEPS,
    DealNow,
    Fired,
    Known,
    OfDeal,
    deal_of,
    fired,
    happened,
    is_awaited,
    is_of_added,
    is_of_segments,
    tells_deal,
)
from gausdo.modules.automation.tables import ACT, EffectRow, RuleRow, RunRow
from gausdo.modules.sales.contract import Deal
from gausdo.platform.db import Tx
from gausdo.platform.worklist import WAITING

HEAD_START = timedelta(days=1)
"""What people caused stands this much earlier in the line than what an import caused."""
TOO_LONG = (
    f"Stopped: {MAX_DEPTH} automations have followed from one another. "
    "Look for rules that set each other off."
)
PORTION = 200
"""Records that a module answers at once."""
OfAny = Fired | CustomerNow
Found = dict[tuple[UUID, UUID], tuple[RuleRow, Envelope, OfAny]]
"""What is fired, by event and rule: by which event, and the record as the rule has seen it."""


class Zoned(Protocol):
    @property
    def time_zone(self) -> str: ...
    @property
    def hands(self) -> Hands: ...


async def fire(service: Zoned, envelopes: Sequence[Envelope], tx: Tx) -> None:
    steps = {STEPS[envelope.name] for envelope in envelopes if envelope.name in STEPS}
    stages = {UUID(one.body["stage_id"]) for one in envelopes if one.name in ENTERING}
    happenings = {what for envelope in envelopes for what in happened(envelope)}
    rules = (
        await tx.session.scalars(
            select(RuleRow).where(
                RuleRow.enabled,
                RuleRow.paused_because.is_(None),
                or_(
                    RuleRow.stage_id.in_(stages),
                    RuleRow.quote.in_(steps),
                    RuleRow.happens.in_(happenings),
                ),
            )
        )
    ).all()
    awaited = [
        (envelope, deal_id)
        for envelope in envelopes
        if any(is_awaited(rule, envelope) for rule in rules)  # most need not be read any further
        and not (envelope.cause and envelope.cause.quiet)
        and (deal_id := deal_of(envelope)) is not None
    ]
    asking = [rule for rule in rules if is_of_added(rule)]
    ids = [
        deal_id
        for envelope, deal_id in awaited
        if not tells_deal(envelope) or any(is_awaited(rule, envelope) for rule in asking)
    ]
    known = await _known(service.hands, ids) if ids else Known()
    segmented = [rule for rule in rules if is_of_segments(rule)]
    with_whom = [
        deal_id
        for envelope, deal_id in awaited
        if any(is_awaited(rule, envelope) for rule in segmented)
    ]
    if with_whom:
        known = replace(known, segments=await _segments(service.hands, with_whom))
    found: Found = {
        (envelope.event_id, rule.id): (rule, envelope, event)
        for envelope, deal_id in awaited
        if (event := _event(envelope, known.deals.get(deal_id))) is not None
        for rule in fired(rules, envelope, event, service.time_zone, known)
    }
    if found:
        await write(tx, found)


def _event(envelope: Envelope, deal: Deal | None) -> Fired | None:
    """None where the deal it is about is not there any more."""
    if tells_deal(envelope):
        return cast(OfDeal, envelope.event())
    return DealNow.of(deal) if deal is not None else None


async def _known(hands: Hands, ids: Sequence[UUID]) -> Known:
    asked = list(dict.fromkeys(ids))
    deals = [
        deal
        for start in range(0, len(asked), PORTION)
        for deal in await hands.sales.find_deals(SYSTEM, asked[start : start + PORTION])
    ]
    return Known({deal.id: deal for deal in deals}, await hands.sales.deal_fields(SYSTEM))


async def _segments(hands: Hands, ids: Sequence[UUID]) -> dict[UUID, frozenset[UUID]]:
    asked = list(dict.fromkeys(ids))
    return {
        one.id: one.segments
        for start in range(0, len(asked), PORTION)
        for one in await hands.sales.segments_of_deals(SYSTEM, asked[start : start + PORTION])
    }


async def write(tx: Tx, found: Found) -> None:
    """The runs that are new, with what is to be done."""
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
        told = {name: run[name] for name in ("deal_id", "record_id")}
        tx.publish(RuleRan(rule_id=rule.id, run_id=run["id"], **told))
    if effects:
        await tx.session.execute(insert(EffectRow), effects)
        await tx.enqueue(ACT, once=True)
    for rule, count in counts.items():
        await tx.session.execute(
            update(RuleRow)
            .where(RuleRow.id == rule.id)
            .values(runs=RuleRow.runs + count, last_run_at=func.now())
        )


def _run(rule: RuleRow, envelope: Envelope, event: OfAny) -> dict[str, Any]:
    customer = event if isinstance(event, CustomerNow) else None
    too_long = envelope.cause is not None and envelope.cause.depth >= MAX_DEPTH
    return {
        "id": new_id(),
        "rule_id": rule.id,
        "deal_id": NO_DEAL if isinstance(event, CustomerNow) else event.deal_id,
        "about": customer and customer.about,
        "record_id": customer and customer.record_id,
        "event_id": envelope.event_id,
        "at": now(),
        "refused": TOO_LONG if too_long else None,
    }


def _effects(
    rule: RuleRow, envelope: Envelope, event: OfAny, run: dict[str, Any]
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
            "deal": event.model_dump(mode="json") | _happening(rule, envelope),
            "author_id": rule.author_id,
            "cause": envelope.leads_to(rule.id).model_dump(mode="json"),
            "at": envelope.at,
            "trace": envelope.trace,
        }
        for number, step in enumerate(
            [*rule.steps, *filter(None, (rule.sets, rule.tags, rule.give))]
        )
    ]


def _happening(rule: RuleRow, envelope: Envelope) -> dict[str, Any]:
    """What a webhook is told, of what is not a stage that was entered."""
    if (what := rule.happening) is not None:
        beside = told_of(envelope) if rule.customer_happens else {}
        return {"happened": what.replace("-", ".", 1)} | beside
    step = STEPS.get(envelope.name)
    return {"happened": f"quote.{step}"} if step else {}
