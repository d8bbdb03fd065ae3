"""Which rules an event fires, decided in memory over whole batches."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from gausdo.kernel.conditions import Context, Target, parse, predicate
from gausdo.kernel.events import Envelope
from gausdo.modules.automation.contract import QuoteStep
from gausdo.modules.automation.fields import DEAL
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


@lru_cache(maxsize=1000)
def _test(condition: bytes) -> Any:
    return predicate(parse(condition, DEAL, Target.PYTHON, "condition"), DEAL)


def record(event: Fired) -> Mapping[str, Any]:
    """The deal as the condition of a rule sees it."""
    return {field.name: getattr(event, field.name) for field in DEAL}


def is_awaited(rule: RuleRow, envelope: Envelope) -> bool:
    """Whether the stage it enters, or what happens to the quote, is the rule's."""
    if (step := STEPS.get(envelope.name)) is not None:
        return bool(rule.quote == step)
    return bool(str(rule.stage_id) == envelope.body["stage_id"])


def fired(
    rules: Sequence[RuleRow], envelope: Envelope, event: Fired, time_zone: str
) -> list[RuleRow]:
    """Those that wait for it and whose condition holds; days are the installation's."""
    context = Context(now=envelope.at, time_zone=time_zone)
    deal = record(event)
    return [
        rule
        for rule in rules
        if is_awaited(rule, envelope)
        and (
            rule.condition is None
            or _test(json.dumps(rule.condition, sort_keys=True).encode())(deal, context)
        )
    ]
