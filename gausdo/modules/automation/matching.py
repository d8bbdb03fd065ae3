"""Which rules an event fires, decided in memory over whole batches."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from gausdo.kernel.conditions import Condition, Context, Fields, Target, parse, predicate
from gausdo.kernel.custom import CustomField
from gausdo.kernel.events import Envelope
from gausdo.modules.automation.contract import QuoteStep
from gausdo.modules.automation.fields import DEAL, asks_added, typed, with_added
from gausdo.modules.automation.tables import RuleRow
from gausdo.modules.sales.contract import (
    DealMoved,
    DealOpened,
    QuoteAccepted,
    QuoteDeclined,
    QuoteOpened,
    QuoteSent,
)

OfQuote = QuoteSent | QuoteOpened | QuoteAccepted | QuoteDeclined
Fired = DealOpened | DealMoved | OfQuote
"""Events by which rules are fired."""
STEPS = {
    QuoteSent.name: QuoteStep.SENT,
    QuoteOpened.name: QuoteStep.OPENED,
    QuoteAccepted.name: QuoteStep.ACCEPTED,
    QuoteDeclined.name: QuoteStep.DECLINED,
}


@dataclass(frozen=True)
class Added:
    """The fields that were added to deals, and what those of a batch have in them."""

    fields: Sequence[CustomField] = ()
    values: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)


@lru_cache(maxsize=1000)
def _test(condition: bytes) -> Any:
    return predicate(parse(condition, DEAL, Target.PYTHON, "condition"), DEAL)


def _test_added(condition: bytes, fields: Fields) -> Any:
    return predicate(parse(condition, fields, Target.PYTHON, "condition"), fields)


_CONDITION = TypeAdapter[Condition](Condition)


def is_of_added(rule: RuleRow) -> bool:
    """Whether its condition asks of fields that were added."""
    told = rule.condition
    return told is not None and asks_added(_CONDITION.validate_python(told))


def record(event: Fired) -> Mapping[str, Any]:
    """The deal as the condition of a rule sees it."""
    return {field.name: getattr(event, field.name) for field in DEAL}


def is_awaited(rule: RuleRow, envelope: Envelope) -> bool:
    """Whether the stage it enters, or what happens to the quote, is the rule's."""
    if (step := STEPS.get(envelope.name)) is not None:
        return bool(rule.quote == step)
    return bool(str(rule.stage_id) == envelope.body["stage_id"])


def fired(
    rules: Sequence[RuleRow], envelope: Envelope, event: Fired, time_zone: str, added: Added
) -> list[RuleRow]:
    """Those that wait for it and whose condition holds; days are the installation's."""
    context = Context(now=envelope.at, time_zone=time_zone)
    deal = record(event)
    return [
        rule
        for rule in rules
        if is_awaited(rule, envelope) and _holds(rule, deal, event.deal_id, context, added)
    ]


def _holds(
    rule: RuleRow, deal: Mapping[str, Any], id: UUID, context: Context, added: Added
) -> bool:
    if rule.condition is None:
        return True
    condition = json.dumps(rule.condition, sort_keys=True).encode()
    if not is_of_added(rule):
        return bool(_test(condition)(deal, context))
    if (custom := added.values.get(id)) is None:
        return False  # the deal is not there any more
    test = _test_added(condition, with_added(added.fields))
    return bool(test({**deal, **typed(added.fields, custom)}, context))
