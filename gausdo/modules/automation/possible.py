"""Whether a rule can do what it says."""

from collections.abc import Sequence
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Condition, Target, check
from gausdo.kernel.custom import among
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.modules.automation.acting import Hands
from gausdo.modules.automation.contract import (
    Assign,
    Assignment,
    CallWebhook,
    DealEntersStage,
    Happening,
    SendLetter,
    SetFields,
    Step,
)
from gausdo.modules.automation.fields import (
    asks_added,
    demand_seen,
    demand_watched,
    with_added,
)
from gausdo.modules.integrations.contract import ForbiddenAddress
from gausdo.modules.sales.contract import DEALS


async def demand_possible(
    hands: Hands,
    actor: Actor,
    trigger: DealEntersStage | None,
    condition: Condition | None,
    steps: Sequence[Step] | None,
    coming: frozenset[UUID] = frozenset(),
    give: Assign | None = None,
    sets: SetFields | None = None,
    watches: Sequence[str] = (),
) -> None:
    """Raise Invalid, naming the field, unless it can, and Forbidden where its condition asks of
    what is hidden from its author. `coming` are stages and templates that will be there.
    """
    await _demand_fields(hands, actor, condition, sets)
    if watches:
        demand_watched(actor, watches, await hands.sales.deal_fields(actor))
    if trigger is not None and trigger.stage_id not in coming:
        pipelines = await hands.sales.pipelines(actor)
        if all(stage.id != trigger.stage_id for one in pipelines for stage in one.stages):
            raise invalid("trigger.stage_id", "unknown", "There is no such stage.")
    if give is not None:
        await _demand_people(hands, actor, give, "give")
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


async def _demand_fields(
    hands: Hands, actor: Actor, condition: Condition | None, sets: SetFields | None
) -> None:
    if condition is not None:
        added = await hands.sales.deal_fields(actor) if asks_added(condition) else []
        in_use = [one for one in added if not one.archived]
        check(condition, with_added(in_use), Target.PYTHON, "condition")
        demand_seen(actor, condition, in_use)
    if sets is not None:
        actor.demand(DEALS.right("edit"), {CUSTOM + key for key in sets.custom})
        among(await hands.sales.deal_fields(actor), sets.custom)


async def _demand_people(hands: Hands, actor: Actor, step: Assign, where: str) -> None:
    """Raise Invalid unless a deal can be given to those it names, Forbidden who may not."""
    actor.demand(DEALS.right("assign"))
    if bool(step.people) == (step.team_id is not None):
        raise invalid(f"{where}.people", "people-or-team", "Name people, or one team.")
    if step.how is Assignment.PERSON and len(step.people) != 1:
        raise invalid(f"{where}.people", "one-person", "Name one person.")
    here = {user.id for user in await hands.identity.users(actor) if user.active}
    if not here.issuperset(step.people):
        raise invalid(f"{where}.people", "unknown", "Not all of them work here.")
    if step.otherwise_id is not None and step.otherwise_id not in here:
        raise invalid(f"{where}.otherwise_id", "unknown", "Nobody here has this id.")
    if step.team_id is not None:
        teams = await hands.identity.teams(actor)
        if all(team.id != step.team_id for team in teams):
            raise invalid(f"{where}.team_id", "unknown", "There is no such team.")


def demand_something(steps: Sequence[object], *beside: object) -> None:
    """Raise Invalid for a rule that would do nothing."""
    if not steps and all(one is None for one in beside):
        raise invalid("steps", "too-few", "Say what the rule does.")


def demand_one_trigger(*triggers: object) -> None:
    """Raise Invalid for a rule that would never fire, or of which one could not say when."""
    if sum(one is not None for one in triggers) != 1:
        told = "Say what the rule fires for: a stage, a quote, or what happens to a deal."
        raise invalid("trigger", "one-of-two", told)


def demand_watching(happens: str | None, watches: Sequence[str]) -> None:
    """Raise Invalid where it watches fields of something that is not a change."""
    if watches and happens != Happening.DEAL_CHANGED:
        raise invalid("watches", "not-a-change", "Fields are watched of deals that are changed.")
