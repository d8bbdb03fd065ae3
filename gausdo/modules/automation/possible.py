"""Whether a rule can do what it says."""

from collections.abc import Sequence
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Condition, Target, check
from gausdo.kernel.errors import invalid
from gausdo.modules.automation.acting import Hands
from gausdo.modules.automation.contract import CallWebhook, DealEntersStage, SendLetter, Step
from gausdo.modules.automation.fields import DEAL, demand_seen
from gausdo.modules.integrations.contract import ForbiddenAddress


async def demand_possible(
    hands: Hands,
    actor: Actor,
    trigger: DealEntersStage | None,
    condition: Condition | None,
    steps: Sequence[Step] | None,
    coming: frozenset[UUID] = frozenset(),
) -> None:
    """Raise Invalid, naming the field, unless it can, and Forbidden where its condition asks of
    what is hidden from its author. `coming` are stages and templates that will be there.
    """
    if condition is not None:
        check(condition, DEAL, Target.PYTHON, "condition")
        demand_seen(actor, condition)
    if trigger is not None and trigger.stage_id not in coming:
        pipelines = await hands.sales.pipelines(actor)
        if all(stage.id != trigger.stage_id for one in pipelines for stage in one.stages):
            raise invalid("trigger.stage_id", "unknown", "There is no such stage.")
    for number, step in enumerate(steps or ()):
        if isinstance(step, SendLetter) and step.template_id not in coming:
            templates = await hands.communications.templates(actor)
            if all(template.id != step.template_id for template in templates):
                where = f"steps.{number}.template_id"
                raise invalid(where, "unknown", "There is no such template.")
        if isinstance(step, CallWebhook):
            try:
                await hands.integrations.check_address(actor, step.url)
            except ForbiddenAddress as refusal:
                raise invalid(f"steps.{number}.url", refusal.code, refusal.detail) from None
