"""What one can do with rules and their runs."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Condition, Target, check
from gausdo.kernel.errors import Conflict, invalid
from gausdo.kernel.persons import Forgotten, Held, Traces, demand_gausdo
from gausdo.kernel.values import Json
from gausdo.modules.automation import access, persons, queries
from gausdo.modules.automation.acting import AUTHOR_GONE, Hands
from gausdo.modules.automation.contract import (
    CallWebhook,
    DealEntersStage,
    Effect,
    EffectState,
    Rule,
    RuleChange,
    RuleDraft,
    RunQuery,
    SendLetter,
    Step,
)
from gausdo.modules.automation.fields import DEAL, demand_seen
from gausdo.modules.automation.tables import ACT, RuleRow
from gausdo.modules.integrations.contract import ForbiddenAddress
from gausdo.platform.db import Database


@dataclass(frozen=True)
class AutomationService:
    db: Database
    hands: Hands
    time_zone: str

    async def rules(self, actor: Actor) -> list[Rule]:
        actor.demand(access.READ)
        names = await self._names(actor)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(RuleRow).order_by(RuleRow.created_at.desc()))
            return [row.shown(names.get(row.author_id)) for row in rows]

    async def rule(self, actor: Actor, id: UUID) -> Rule:
        actor.demand(access.READ)
        names = await self._names(actor)
        async with self.db.begin(actor) as tx:
            row = await access.rule(tx, actor, id)
            return row.shown(names.get(row.author_id))

    async def add_rule(self, actor: Actor, draft: RuleDraft, key: str | None = None) -> Rule:
        actor.demand(access.CREATE)
        await self._check(actor, draft.trigger, draft.condition, draft.steps)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = RuleRow.write(draft, actor.id)
                tx.add(row)
                tx.publish(row.saved())
                tx.tell(row.shown(actor.name))
            return tx.answer(Rule)

    async def change_rule(
        self, actor: Actor, id: UUID, change: RuleChange, key: str | None = None
    ) -> Rule:
        actor.demand(access.READ)
        await self._check(actor, change.trigger, change.condition, change.steps)
        names = await self._names(actor)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await access.rule(tx, actor, id, access.EDIT)
                await tx.fresh(row, change.version)
                if changes := row.change(change, actor):
                    tx.publish(row.saved(), changes=changes)
                tx.tell(row.shown(names.get(row.author_id)))
            return tx.answer(Rule)

    async def list_runs(self, actor: Actor, query: RunQuery) -> Json:
        return await self.db.one(queries.runs(actor, query))

    async def run_again(self, actor: Actor, effect_id: UUID, key: str | None = None) -> Effect:
        async with self.db.begin(actor, key, effect_id) as tx:
            if not tx.told:
                row = await access.effect(tx, actor, effect_id)
                if row.state != EffectState.FAILED:
                    raise Conflict(f"The effect is {row.state}; only a failed one is run again.")
                if row.error_code == AUTHOR_GONE:
                    rule = await access.rule(tx, actor, row.rule_id)
                    row.author_id = rule.author_id  # nothing was done in the first one's name
                row.retry()
                await tx.enqueue(ACT, once=True)
                tx.tell(row.shown())
            return tx.answer(Effect)

    async def pause(self, rule_id: UUID, because: str) -> None:
        """Switch a rule off until somebody takes it over."""
        async with self.db.begin() as tx:
            row = await tx.session.get_one(RuleRow, rule_id, with_for_update=True)
            if row.paused_because is None:
                row.pause(because)
                tx.publish(row.saved(), changes={"paused_because": (None, because)})

    async def rule_name(self, rule_id: UUID) -> str:
        async with self.db.begin() as tx:
            return str((await tx.session.get_one(RuleRow, rule_id)).name)

    async def _names(self, actor: Actor) -> dict[UUID, str]:
        return {user.id: user.name for user in await self.hands.identity.users(actor)}

    async def _check(
        self,
        actor: Actor,
        trigger: DealEntersStage | None,
        condition: Condition | None,
        steps: list[Step] | None,
    ) -> None:
        """Raise Invalid, naming the field, unless the rule can do what it says, and Forbidden
        where its condition asks of what is hidden from its author.
        """
        if condition is not None:
            check(condition, DEAL, Target.PYTHON, "condition")
            demand_seen(actor, condition)
        if trigger is not None:
            pipelines = await self.hands.sales.pipelines(actor)
            if all(stage.id != trigger.stage_id for one in pipelines for stage in one.stages):
                raise invalid("trigger.stage_id", "unknown", "There is no such stage.")
        for number, step in enumerate(steps or ()):
            if isinstance(step, SendLetter):
                templates = await self.hands.communications.templates(actor)
                if all(template.id != step.template_id for template in templates):
                    where = f"steps.{number}.template_id"
                    raise invalid(where, "unknown", "There is no such template.")
            if isinstance(step, CallWebhook):
                try:
                    await self.hands.integrations.check_address(actor, step.url)
                except ForbiddenAddress as refusal:
                    raise invalid(f"steps.{number}.url", refusal.code, refusal.detail) from None

    async def held_about(self, actor: Actor, person: Traces) -> list[Held]:
        demand_gausdo(actor)
        return await persons.held(self.db, person)

    async def forget_person(self, actor: Actor, person: Traces) -> list[Forgotten]:
        demand_gausdo(actor)
        return await persons.forget(self.db, person)
