"""Which rules an event fires, decided in memory over whole batches."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from gausdo.kernel.conditions import Context, Target, parse, predicate
from gausdo.kernel.events import Envelope
from gausdo.modules.automation.fields import DEAL
from gausdo.modules.automation.tables import RuleRow
from gausdo.modules.sales.contract import DealMoved, DealOpened

Entered = DealOpened | DealMoved


@lru_cache(maxsize=1000)
def _test(condition: bytes) -> Any:
    return predicate(parse(condition, DEAL, Target.PYTHON, "condition"), DEAL)


def record(event: Entered) -> Mapping[str, Any]:
    """The deal as the condition of a rule sees it."""
    return {field.name: getattr(event, field.name) for field in DEAL}


def fired(
    rules: Sequence[RuleRow], envelope: Envelope, event: Entered, time_zone: str
) -> list[RuleRow]:
    """Those whose stage was entered and whose condition holds; days are the installation's."""
    context = Context(now=envelope.at, time_zone=time_zone)
    deal = record(event)
    return [
        rule
        for rule in rules
        if rule.stage_id == event.stage_id
        and (
            rule.condition is None
            or _test(json.dumps(rule.condition, sort_keys=True).encode())(deal, context)
        )
    ]
