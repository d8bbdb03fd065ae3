"""Whether a rule can do what it says."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Condition, Target, check
from gausdo.kernel.custom import CustomField, among
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.modules.automation.acting import Hands
from gausdo.modules.automation.contract import (
    CHANGES,
    CONSENTS,
    CROSSINGS,
    Assign,
    Assignment,
    CallWebhook,
    DealEntersStage,
    Happening,
    QuoteStep,
    Rule,
    RuleAbout,
    RuleChange,
    SendLetter,
    SetFields,
    SetTags,
    Step,
)
from gausdo.modules.automation.fields import (
    GUARDED,
    asks_added,
    demand_seen,
    demand_watched,
    segments_of,
    with_added,
)
from gausdo.modules.customers.contract import PEOPLE, SegmentKind
from gausdo.modules.integrations.contract import ForbiddenAddress


class Telling(Protocol):
    """What a rule says, or is told to say from now on."""

    @property
    def trigger(self) -> DealEntersStage | None: ...
    @property
    def quote(self) -> QuoteStep | None: ...
    @property
    def happens(self) -> Happening | None: ...
    @property
    def watches(self) -> Sequence[str] | None: ...
    @property
    def segment_id(self) -> UUID | None: ...
    @property
    def purpose_id(self) -> UUID | None: ...
    @property
    def condition(self) -> Condition | None: ...
    @property
    def steps(self) -> Sequence[Step] | None: ...
    @property
    def sets(self) -> SetFields | None: ...
    @property
    def tags(self) -> SetTags | None: ...
    @property
    def give(self) -> Assign | None: ...


Coming = frozenset[UUID]
NO_TAGS = "Deals have no tags."


async def demand_rule(
    hands: Hands, actor: Actor, rule: Telling, coming: Coming = frozenset()
) -> None:
    """Raise Invalid, naming the field, unless it can, and Forbidden where it asks of what is hidden
    from its author. `coming` are stages, templates and segments that will be there.
    """
    demand_something(rule.steps or (), rule.sets, rule.tags, rule.give)
    _demand_one_trigger(rule.trigger, rule.quote, rule.happens)
    _demand_narrowing(rule)
    about = rule.happens.about if rule.happens else RuleAbout.DEAL
    await _demand_possible(hands, actor, about, rule, coming)


async def demand_change(hands: Hands, actor: Actor, rule: Rule, change: RuleChange) -> None:
    """The same of what is told. Raises Invalid as well where what stays is of other records."""
    triggers = change.triggers()
    before = rule.happens.about if rule.happens else RuleAbout.DEAL
    about = before
    if triggers:
        _demand_one_trigger(*triggers)
        about = change.happens.about if change.happens else RuleAbout.DEAL
        if change.happens is None or change.happens != rule.happens:
            _demand_narrowing(change)
    if about is not before:
        for name in ("condition", "sets"):
            if getattr(rule, name) is not None and name not in change.model_fields_set:
                told = "It is of other records now: say anew what it asks and sets."
                raise invalid(name, "of-other-records", told)
    again = change.enabled and (not rule.enabled or rule.paused_because is not None)
    if again and not triggers and "condition" not in change.model_fields_set:
        change = change.model_copy(
            update={
                "condition": rule.condition,
                "segment_id": change.segment_id or rule.segment_id,
            }
        )
    await _demand_possible(hands, actor, about, change, frozenset())


async def _demand_possible(
    hands: Hands, actor: Actor, about: RuleAbout, rule: Telling, coming: Coming
) -> None:
    await _demand_fields(hands, actor, about, rule, coming)
    await _demand_trigger(hands, actor, about, rule, coming)
    if rule.give is not None:
        await _demand_people(hands, actor, about, rule.give)
    await _demand_steps(hands, actor, rule.steps or (), coming)


async def _demand_trigger(
    hands: Hands, actor: Actor, about: RuleAbout, rule: Telling, coming: Coming
) -> None:
    if rule.trigger is not None and rule.trigger.stage_id not in coming:
        pipelines = await hands.sales.pipelines(actor)
        if all(stage.id != rule.trigger.stage_id for one in pipelines for stage in one.stages):
            raise invalid("trigger.stage_id", "unknown", "There is no such stage.")
    if rule.segment_id is not None and rule.segment_id not in coming:
        await _demand_segment(hands, actor, about, rule.segment_id)
    if rule.purpose_id is not None and rule.purpose_id not in coming:
        purposes = await hands.customers.consent_purposes(actor)
        if all(one.id != rule.purpose_id for one in purposes):
            raise invalid("purpose_id", "unknown", "Nobody is asked for consent to this.")
    if rule.happens in CONSENTS:
        actor.demand(PEOPLE.right("read"), {"consents"})


async def _demand_steps(hands: Hands, actor: Actor, steps: Sequence[Step], coming: Coming) -> None:
    for number, step in enumerate(steps):
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
    hands: Hands, actor: Actor, about: RuleAbout, rule: Telling, coming: Coming
) -> None:
    condition, sets = rule.condition, rule.sets
    if about is not RuleAbout.DEAL:
        actor.demand(GUARDED[about].right("read"))
    if condition is not None and about is not RuleAbout.DEAL:
        await hands.customers.demand_condition(actor, SegmentKind(about), condition, sorted(coming))
    elif condition is not None:
        added = await added_to(hands, actor, about) if asks_added(condition) else []
        in_use = [one for one in added if not one.archived]
        check(condition, with_added(in_use), Target.PYTHON, "condition")
        demand_seen(actor, condition, in_use)
        if asked := segments_of(about, condition) - coming:
            await hands.customers.demand_segments(actor, sorted(asked), "condition")
    if sets is not None:
        actor.demand(GUARDED[about].right("edit"), {CUSTOM + key for key in sets.custom})
        among(await added_to(hands, actor, about), sets.custom)
    if rule.tags is not None:
        if about is RuleAbout.DEAL:
            raise invalid("tags", "of-customers", NO_TAGS)
        for operation in ("read", "edit"):
            actor.demand(GUARDED[about].right(operation), {"tags"})
    if rule.watches:
        demand_watched(actor, about, rule.watches, await added_to(hands, actor, about))


async def added_to(hands: Hands, actor: Actor, about: RuleAbout) -> Sequence[CustomField]:
    """The fields that people have added to records of this kind."""
    match about:
        case RuleAbout.DEAL:
            return await hands.sales.deal_fields(actor)
        case RuleAbout.COMPANY:
            return await hands.customers.company_fields(actor)
        case RuleAbout.PERSON:
            return await hands.customers.person_fields(actor)


async def _demand_segment(hands: Hands, actor: Actor, about: RuleAbout, id: UUID) -> None:
    segment = next((one for one in await hands.customers.segments(actor) if one.id == id), None)
    if segment is None or segment.kind != SegmentKind(about):
        told = "There is no such segment of these records, or it is not yours to see."
        raise invalid("segment_id", "unknown-segment", told)
    await hands.customers.demand_segments(actor, [id])


async def _demand_people(hands: Hands, actor: Actor, about: RuleAbout, step: Assign) -> None:
    """Raise Invalid unless a record can be given to those it names, Forbidden who may not."""
    actor.demand(GUARDED[about].right("assign"))
    if step.how is Assignment.BY_LOAD and about is not RuleAbout.DEAL:
        raise invalid("give.how", "of-deals", "Only deals are given by load.")
    if bool(step.people) == (step.team_id is not None):
        raise invalid("give.people", "people-or-team", "Name people, or one team.")
    if step.how is Assignment.PERSON and len(step.people) != 1:
        raise invalid("give.people", "one-person", "Name one person.")
    here = {user.id for user in await hands.identity.users(actor) if user.active}
    if not here.issuperset(step.people):
        raise invalid("give.people", "unknown", "Not all of them work here.")
    if step.otherwise_id is not None and step.otherwise_id not in here:
        raise invalid("give.otherwise_id", "unknown", "Nobody here has this id.")
    if step.team_id is not None:
        teams = await hands.identity.teams(actor)
        if all(team.id != step.team_id for team in teams):
            raise invalid("give.team_id", "unknown", "There is no such team.")


def demand_consistent(rule: Rule) -> None:
    """Raise Invalid for a rule that would do nothing, or is narrowed by what does not belong to
    what it waits for.
    """
    demand_something(rule.steps, rule.sets, rule.tags, rule.give)
    about = rule.happens.about if rule.happens else RuleAbout.DEAL
    if rule.tags is not None and about is RuleAbout.DEAL:
        raise invalid("tags", "of-customers", NO_TAGS)
    _demand_narrowing(rule)
    by_load = rule.give is not None and rule.give.how is Assignment.BY_LOAD
    if by_load and about is not RuleAbout.DEAL:
        raise invalid("give.how", "of-deals", "Only deals are given by load.")


def demand_something(steps: Sequence[object], *beside: object) -> None:
    """Raise Invalid for a rule that would do nothing."""
    if not steps and all(one is None for one in beside):
        raise invalid("steps", "too-few", "Say what the rule does.")


def _demand_one_trigger(*triggers: object) -> None:
    """Raise Invalid for a rule that would never fire, or of which one could not say when."""
    if sum(one is not None for one in triggers) != 1:
        told = "Say what the rule fires for: a stage, a quote, or what happens to a record."
        raise invalid("trigger", "one-of-two", told)


def _demand_narrowing(rule: Telling) -> None:
    if rule.watches and rule.happens not in CHANGES:
        raise invalid("watches", "not-a-change", "Fields are watched of records that are changed.")
    if (rule.segment_id is not None) is not (rule.happens in CROSSINGS):
        told = "Name the segment that is entered or left, and none for anything else."
        raise invalid("segment_id", "one-segment", told)
    if rule.purpose_id is not None and rule.happens not in CONSENTS:
        raise invalid("purpose_id", "not-a-consent", "Only consents are of a purpose.")
