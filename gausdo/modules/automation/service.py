"""What one can do with rules and their runs."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.becoming import FieldUse, UseKind
from gausdo.kernel.errors import Conflict
from gausdo.kernel.persons import Forgotten, Held, Traces, demand_gausdo
from gausdo.kernel.values import Json
from gausdo.modules.automation import access, persons, queries
from gausdo.modules.automation.configuration import Rules
from gausdo.modules.automation.contract import (
    Effect,
    EffectState,
    Rule,
    RuleChange,
    RuleDraft,
    RunQuery,
)
from gausdo.modules.automation.customer_firing import Listening
from gausdo.modules.automation.fields import GUARDED
from gausdo.modules.automation.notice_service import NoticesService
from gausdo.modules.automation.pausing import pause
from gausdo.modules.automation.possible import demand_change, demand_consistent, demand_rule
from gausdo.modules.automation.tables import ACT, AUTHOR_GONE, RuleRow
from gausdo.platform.configuration import ConfiguredService, Kinds


@dataclass(frozen=True)
class AutomationService(NoticesService, ConfiguredService):
    time_zone: str
    listening: Listening

    async def rules(self, actor: Actor) -> list[Rule]:
        actor.demand(access.READ)
        names = await self._names(actor)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(RuleRow).order_by(RuleRow.created_at.desc()))
            return [row.shown(names.get(row.author_id)) for row in rows]

    async def uses_of_field(self, actor: Actor, object: str, name: str) -> list[FieldUse]:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(RuleRow).order_by(RuleRow.name, RuleRow.id))
            return [
                FieldUse(kind=UseKind.RULE, name=row.name)
                for row in rows
                if GUARDED[row.about].object == object and name in row.asked()
            ]

    async def rule(self, actor: Actor, id: UUID) -> Rule:
        actor.demand(access.READ)
        names = await self._names(actor)
        async with self.db.begin(actor) as tx:
            row = await access.rule(tx, actor, id)
            return row.shown(names.get(row.author_id))

    async def add_rule(self, actor: Actor, draft: RuleDraft, key: str | None = None) -> Rule:
        actor.demand(access.CREATE)
        await demand_rule(self.hands, actor, draft)
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
        await demand_change(self.hands, actor, await self.rule(actor, id), change)
        names = await self._names(actor)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await access.rule(tx, actor, id, access.EDIT)
                await tx.fresh(row, change.version)
                if changes := row.change(change, actor):
                    demand_consistent(row.shown())
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
            pause(tx, row, because, AUTHOR_GONE)

    async def rule_name(self, rule_id: UUID) -> str:
        async with self.db.begin() as tx:
            return str((await tx.session.get_one(RuleRow, rule_id)).name)

    async def _names(self, actor: Actor) -> dict[UUID, str]:
        return {user.id: user.name for user in await self.hands.identity.users(actor)}

    async def kinds(self, actor: Actor) -> Kinds:
        users = await self.hands.identity.users(actor)
        return [Rules(self.hands, {user.id: user.email for user in users})]

    async def held_about(self, actor: Actor, person: Traces) -> list[Held]:
        demand_gausdo(actor)
        return await persons.held(self.db, person)

    async def forget_person(self, actor: Actor, person: Traces) -> list[Forgotten]:
        demand_gausdo(actor)
        return await persons.forget(self.db, person)
