"""Who gets a record: in turn, by load, or one person, of those at work; and what it is given."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import Stale
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.values import now
from gausdo.modules.automation.contract import Assign, Assignment
from gausdo.modules.automation.held import Held
from gausdo.modules.automation.tables import EffectRow, RunRow, TurnRow
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Sales
from gausdo.platform.db import Database, Tx
from gausdo.platform.drain import Hopeless, NotNow
from gausdo.platform.worklist import WAITING

H = TypeVar("H", bound=Held)
TRIES = 5
"""How often a record that others change at the same moment is looked at again."""
BUSY = "It is changed by others all the time."
NOBODY = "automation.nobody-left"
ALL_AWAY = "automation.all-away"


@dataclass(frozen=True)
class Turns:
    """Who is chosen is written down before the record is theirs, so a try that died half-way is
    gone on with, and nobody's turn is lost or taken twice.
    """

    db: Database
    sales: Sales
    identity: Identity

    async def assign(self, author: Actor, effect: EffectRow, step: Assign, held: Held) -> UUID:
        """The record's id. What somebody has given to another person meanwhile stays theirs.

        Raises NotNow while nobody is at work, Hopeless, and what changing it raises.
        """
        before = UUID(effect.deal["owner_id"])
        if held.owner_id != before:
            return held.id
        chosen = effect.chosen_id or await self._choose(effect, step)
        actor = author.because(effect.why)
        for _ in range(TRIES):
            if held.owner_id != before or before == chosen:
                return held.id  # it is theirs already, or by now somebody else's
            try:
                await held.change(actor, {"owner_id": chosen}, effect.key)
            except Stale:
                held = await held.again(author)
            else:
                return held.id
        raise NotNow(BUSY)

    async def change(
        self, author: Actor, effect: EffectRow, held: H, told: Callable[[H], Mapping[str, Any]]
    ) -> UUID:
        """The record's id; `told` is what it is given, as it is then. Raises NotNow, what `told`
        raises, and what changing it does.
        """
        actor = author.because(effect.why)
        for _ in range(TRIES):
            try:
                await held.change(actor, told(held), effect.key)
            except Stale:
                held = await held.again(author)
            else:
                return held.id
        raise NotNow(BUSY)

    async def _choose(self, effect: EffectRow, step: Assign) -> UUID:
        people = await self._people(step)
        at = now()
        here = await self._here(people, at) if step.at_work_only else people
        if not here:
            here = [await self._otherwise(people, step, at)]
        loads: Counter[UUID] = Counter()
        if step.how is Assignment.BY_LOAD:
            async with self.db.begin() as tx:
                moving = [id for id, _ in await _on_their_way(tx, here, at)]
            loads.update(await self.sales.open_deals_of(SYSTEM, here, moving[:MAX_PAGE]))
        async with self.db.begin() as tx:
            turn = await _turn(tx, effect)
            row = await tx.session.get_one(EffectRow, effect.id, with_for_update=True)
            if row.chosen_id is None:
                if step.how is Assignment.BY_LOAD:
                    loads.update(to for _, to in await _on_their_way(tx, here, at))
                    row.chosen_id = min(here, key=lambda one: (loads[one], people_at(people, one)))
                else:
                    row.chosen_id = next_of(people, here, turn.last_id)
                turn.last_id = row.chosen_id
            return row.chosen_id

    async def _people(self, step: Assign) -> list[UUID]:
        """Those of them who still work here, always in the same order."""
        users = {user.id: user for user in await self.identity.users(SYSTEM) if user.active}
        of_team = sorted(id for id, user in users.items() if user.team_id == step.team_id)
        asked = of_team if step.team_id is not None else step.people
        people = [id for id in asked if id in users]
        if not people and step.otherwise_id in users:
            return [step.otherwise_id]
        if not people:
            raise Hopeless("Nobody of those named works here any more.", error_code=NOBODY)
        return people

    async def _here(self, people: list[UUID], at: datetime) -> list[UUID]:
        there = {
            one.user_id for one in await self.identity.presence(SYSTEM, people, at) if one.here
        }
        return [id for id in people if id in there]

    async def _otherwise(self, people: list[UUID], step: Assign, at: datetime) -> UUID:
        """Who gets it while nobody works. Raises NotNow until somebody does, Hopeless."""
        if step.otherwise_id is not None:
            return step.otherwise_id
        presence = await self.identity.presence(SYSTEM, people, at)
        opens = [one.next_at for one in presence if one.next_at is not None]
        if not opens:
            raise Hopeless("None of those named has any working time.", error_code=NOBODY)
        told = "Nobody is at work; it is given to whoever is there first."
        raise NotNow(told, due_at=min(opens), attempts=0, error_code=ALL_AWAY)


def next_of(people: Sequence[UUID], here: Sequence[UUID], last: UUID | None) -> UUID:
    """The first after the last one who is here, around and around."""
    begin = people.index(last) + 1 if last in people else 0
    turned = [*people[begin:], *people[:begin]]
    return next((id for id in turned if id in here), here[0])


def people_at(people: Sequence[UUID], id: UUID) -> int:
    return people.index(id) if id in people else len(people)


async def _turn(tx: Tx, effect: EffectRow) -> TurnRow:
    """Held until it is said whose turn it was: one after the other, in all processes."""
    begun = insert(TurnRow).values(rule_id=effect.rule_id, last_id=None)
    await tx.session.execute(begun.on_conflict_do_nothing())
    return await tx.session.get_one(TurnRow, effect.rule_id, with_for_update=True)


async def _on_their_way(tx: Tx, people: Sequence[UUID], at: datetime) -> list[tuple[UUID, UUID]]:
    """Deals that these were chosen for and may not have had at `at`, each with who gets it: what
    is theirs by now and not yet marked as done must not count twice.
    """
    on_its_way = or_(EffectRow.state == WAITING, EffectRow.done_at >= at)
    found = await tx.session.execute(
        select(RunRow.deal_id, EffectRow.chosen_id)
        .join(RunRow, RunRow.id == EffectRow.run_id)
        .where(EffectRow.chosen_id.in_(people), on_its_way, RunRow.about.is_(None))
    )
    return [(deal_id, chosen_id) for deal_id, chosen_id in found if chosen_id is not None]
