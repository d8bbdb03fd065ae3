"""Which rules an event fires, decided in memory over whole batches."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

from pydantic import TypeAdapter

from gausdo.kernel.conditions import (
    Condition,
    Context,
    Fields,
    Target,
    asked_fields,
    parse,
    predicate,
)
from gausdo.kernel.custom import CustomField
from gausdo.kernel.events import Envelope
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.values import Value
from gausdo.modules.activities.contract import (
    MeetingAdded,
    MeetingChanged,
    MeetingState,
    TaskChanged,
    TaskState,
)
from gausdo.modules.automation.contract import Happening, QuoteStep
from gausdo.modules.automation.fields import (
    DEAL,
    SEGMENT,
    is_added,
    typed,
    with_added,
    without_segments,
)
from gausdo.modules.automation.tables import RuleRow
from gausdo.modules.sales.contract import (
    Deal,
    DealChanged,
    DealMoved,
    DealOpened,
    QuoteAccepted,
    QuoteDeclined,
    QuoteOpened,
    QuoteSent,
    StageKind,
)

OfQuote = QuoteSent | QuoteOpened | QuoteAccepted | QuoteDeclined
OfDeal = DealOpened | DealMoved | DealChanged | OfQuote
"""Events by which rules are fired, and that tell all a condition may ask of the deal."""
ENTERING = frozenset({DealOpened.name, DealMoved.name})
STEPS = {
    QuoteSent.name: QuoteStep.SENT,
    QuoteOpened.name: QuoteStep.OPENED,
    QuoteAccepted.name: QuoteStep.ACCEPTED,
    QuoteDeclined.name: QuoteStep.DECLINED,
}


TO_DO: Mapping[str, Mapping[str, Happening]] = {
    TaskChanged.name: {TaskState.DONE: Happening.TASK_DONE},
    MeetingAdded.name: {
        MeetingState.PLANNED: Happening.MEETING_PLANNED,
        MeetingState.DONE: Happening.MEETING_DONE,
    },
    MeetingChanged.name: {MeetingState.DONE: Happening.MEETING_DONE},
}
"""Event → what it means that something is in a state now."""
BY_TIME = {
    f"time.{what}": what
    for what in (Happening.DEAL_LATE, Happening.DEAL_FORGOTTEN, Happening.TASK_LATE)
}
"""What no event tells of, by the name it goes by instead."""
CLOSED = {StageKind.WON: Happening.DEAL_WON, StageKind.LOST: Happening.DEAL_LOST}


class DealNow(Value):
    """A deal as it is, of which an event tells no more than its id."""

    deal_id: UUID
    version: int
    pipeline_id: UUID
    stage_id: UUID
    stage_since: datetime
    kind: StageKind
    probability: int
    owner_id: UUID
    team_id: UUID | None
    amount: Decimal | None
    currency: str | None
    company_id: UUID | None
    contact_id: UUID | None
    expected_on: date | None
    created_at: datetime

    @classmethod
    def of(cls, deal: Deal) -> Self:
        own = {name: getattr(deal, name) for name in cls.model_fields if hasattr(deal, name)}
        return cls(
            **own,
            deal_id=deal.id,
            owner_id=deal.owner.id,
            amount=deal.worth.amount if deal.worth else None,
            currency=deal.worth.currency if deal.worth else None,
            company_id=deal.company.id if deal.company else None,
            contact_id=deal.contact.id if deal.contact else None,
        )


Fired = OfDeal | DealNow


@dataclass(frozen=True)
class Known:
    """What events do not tell: deals as they are, the fields that were added to them, and in which
    segments the companies and contacts of each are.
    """

    deals: Mapping[UUID, Deal] = field(default_factory=dict)
    fields: Sequence[CustomField] = ()
    segments: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)


def deal_of(envelope: Envelope) -> UUID | None:
    """Whose deal's rules hear of it."""
    body = envelope.body
    if not tells_deal(envelope):
        id = body["about_id"] if body["about_kind"] == "deal" else None
        return UUID(id) if id else None
    return UUID(body["deal_id"])


def brought(what: Happening, event_id: UUID, deal_id: UUID, at: datetime) -> Envelope:
    """What time has brought about, as if an event told it; of the same by the same id."""
    return Envelope(
        source="time",
        pos=0,
        event_id=event_id,
        name=f"time.{what}",
        kind="deal",
        subject_id=deal_id,
        version=0,
        at=at,
        actor_id=None,
        via="system",
        body={"about_kind": "deal", "about_id": str(deal_id)},
    )


def tells_deal(envelope: Envelope) -> bool:
    """Whether it tells the deal as it was then."""
    return envelope.source == "sales"


def happened(envelope: Envelope) -> frozenset[Happening]:
    """What a rule may wait for in it, beside a stage and a quote."""
    return frozenset(_happened(envelope.name, envelope.body))


def _happened(name: str, body: Mapping[str, Any]) -> Iterator[Happening]:
    if name in ENTERING and body["kind"] != body.get("from_kind") and body["kind"] in CLOSED:
        yield CLOSED[body["kind"]]
    if name in BY_TIME:
        yield BY_TIME[name]
    elif name == DealOpened.name:
        yield Happening.DEAL_OPENED
    elif name == DealChanged.name:
        yield Happening.DEAL_CHANGED
        if body["owner_id"] != body["previous_owner_id"]:
            yield Happening.DEAL_GIVEN
    elif name in TO_DO and "state" in body.get("fields", ("state",)):
        what = TO_DO[name].get(body["state"])
        if what is not None:
            yield what


@lru_cache(maxsize=1000)
def _test(condition: bytes) -> Any:
    return predicate(parse(condition, DEAL, Target.PYTHON, "condition"), DEAL)


def _test_added(condition: bytes, fields: Fields) -> Any:
    return predicate(parse(condition, fields, Target.PYTHON, "condition"), fields)


_CONDITION = TypeAdapter[Condition](Condition)


@lru_cache(maxsize=1000)
def _asked(condition: bytes) -> frozenset[str]:
    return frozenset(asked_fields(_CONDITION.validate_json(condition)))


def _told(rule: RuleRow) -> bytes:
    return json.dumps(rule.condition, sort_keys=True).encode()


def is_of_added(rule: RuleRow) -> bool:
    """Whether its condition asks of fields that were added."""
    return rule.condition is not None and any(map(is_added, _asked(_told(rule))))


def is_of_segments(rule: RuleRow) -> bool:
    return rule.condition is not None and SEGMENT in _asked(_told(rule))


def record(event: Fired) -> Mapping[str, Any]:
    """The deal as the condition of a rule sees it."""
    return {field.name: getattr(event, field.name) for field in DEAL}


def is_awaited(rule: RuleRow, envelope: Envelope) -> bool:
    """Whether the stage it enters, or what happens, is the rule's; not what it did itself."""
    if envelope.cause is not None and envelope.cause.rule_id == rule.id and rule.happens:
        return False
    if envelope.name in BY_TIME and envelope.at < rule.created_at:
        return False  # whatever had come about before is not made up for
    if rule.happens:
        return rule.happens in happened(envelope) and _is_watched(rule, envelope.body)
    if (step := STEPS.get(envelope.name)) is not None:
        return bool(rule.quote == step)
    return envelope.name in ENTERING and bool(str(rule.stage_id) == envelope.body["stage_id"])


def _is_watched(rule: RuleRow, body: Mapping[str, Any]) -> bool:
    if not rule.watches:
        return True
    changed = {*body["changes"], *(CUSTOM + key for key in body["custom"])}
    return not changed.isdisjoint(rule.watches)


def fired(
    rules: Sequence[RuleRow], envelope: Envelope, event: Fired, time_zone: str, known: Known
) -> list[RuleRow]:
    """Those that wait for it and whose condition holds; days are the installation's."""
    context = Context(now=envelope.at, time_zone=time_zone)
    deal = record(event)
    return [
        rule
        for rule in rules
        if is_awaited(rule, envelope) and _holds(rule, deal, event.deal_id, context, known)
    ]


def _holds(
    rule: RuleRow, deal: Mapping[str, Any], id: UUID, context: Context, known: Known
) -> bool:
    if rule.condition is None:
        return True
    condition = _told(rule)
    names = _asked(condition)
    if SEGMENT in names:
        asks = _CONDITION.validate_json(condition)
        told = without_segments(asks, known.segments.get(id, frozenset()))
        condition = _CONDITION.dump_json(told)
    if not any(map(is_added, names)):
        return bool(_test(condition)(deal, context))
    if (now := known.deals.get(id)) is None:
        return False  # it is not there any more
    test = _test_added(condition, with_added(known.fields))
    return bool(test({**deal, **typed(known.fields, now.custom)}, context))
