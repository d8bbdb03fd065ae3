"""Goals of people and teams: the part of `SalesService` that keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden, invalid
from gausdo.kernel.pages import Listed, not_a_place, place, place_of
from gausdo.kernel.values import new_id
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.access import EDIT_GOALS, READ_GOALS
from gausdo.modules.sales.goal_tables import GoalRow
from gausdo.modules.sales.goals_contract import Goal, GoalDraft, GoalQuery
from gausdo.modules.sales.rate_tables import Base
from gausdo.modules.sales.tables import schema
from gausdo.platform.db import Database, Tx
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import Guard, reaches, told_within, within

_goal = GoalRow.__table__.c


def _team() -> ColumnElement[Any]:
    """The team of a goal: its own, or the one its person is in now."""
    known = schema.known.c
    of = select(known.team_id).where(known.kind == "user", known.id == _goal.user_id)
    return func.coalesce(_goal.team_id, of.scalar_subquery(), type_=Uuid)


GUARD = Guard(owner=_goal.user_id, team=_team(), id=_goal.id)
_TOLD = or_(_goal.amount.is_not(None), _goal.deals.is_not(None))


@dataclass(frozen=True)
class GoalsService:
    db: Database
    base: Base
    identity: Identity

    async def goals(self, actor: Actor, query: GoalQuery) -> Listed[Goal]:
        actor.demand(READ_GOALS)
        first = query.month or self.base.today().replace(day=1)
        asked = (
            select(GoalRow, told_within(actor, EDIT_GOALS, GUARD))
            .where(within(actor, READ_GOALS, GUARD), _TOLD)
            .where(_goal.month >= first, _goal.month < later(first, query.months))
        )
        if query.after is not None:
            month, id = _place(query.after)
            at = bindparam("after_month", month, Date), bindparam("after_id", id, Uuid)
            asked = asked.where(tuple_(_goal.month, _goal.id) > tuple_(*at))
        asked = asked.order_by(_goal.month, _goal.id).limit(query.limit + 1)
        async with self.db.begin(actor) as tx:
            found = (await tx.session.execute(asked)).all()
        items = [row.shown(editable=editable) for row, editable in found[: query.limit]]
        last = items[-1] if len(found) > query.limit else None
        return Listed(items=items, next=last and place(str(last.month), last.id))

    async def set_goal(self, actor: Actor, draft: GoalDraft, key: str | None = None) -> Goal:
        actor.demand(EDIT_GOALS)
        if draft.team_id is not None:
            teams = await self.identity.teams(actor)
            if all(team.id != draft.team_id for team in teams):
                raise invalid("team_id", "not-found", "There is no such team.")
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                await _demand_reach(tx, actor, draft)
                row = await _locked(tx, draft)
                await tx.fresh(row, draft.version or 0, lambda: row.shown(editable=True))
                if changes := row.set(draft):
                    tx.publish(row.event(), changes=changes)
                tx.tell(row.shown(editable=True))
            return tx.answer(Goal)

    async def goals_of(self, tx: Tx, actor: Actor, first: date, end: date) -> Sequence[GoalRow]:
        """Those of some months that the actor may see, for a forecast."""
        if not actor.may(READ_GOALS):
            return []
        asked = select(GoalRow).where(within(actor, READ_GOALS, GUARD), _TOLD)
        asked = asked.where(_goal.month >= first, _goal.month < end)
        return (await tx.session.scalars(asked.order_by(_goal.month, _goal.id))).all()


def later(month: date, months: int) -> date:
    """The first day of the month that comes so many after one."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


async def _demand_reach(tx: Tx, actor: Actor, draft: GoalDraft) -> None:
    """Raise Forbidden for goals of others than those the right reaches, Invalid for nobody's."""
    team_id = draft.team_id
    if draft.user_id is not None:
        _, team_id = await new_owner(tx, actor, draft.user_id)
    if not reaches(actor, actor.granted(EDIT_GOALS), draft.user_id, team_id):
        raise Forbidden(
            f"These goals are not yours to set: your right “{EDIT_GOALS}” does not reach them.",
            data={"right": str(EDIT_GOALS)},
        )


async def _locked(tx: Tx, draft: GoalDraft) -> GoalRow:
    """The one of its month and person or team; a new one has version 0."""
    whose = {"month": draft.month, "user_id": draft.user_id, "team_id": draft.team_id}
    made = insert(GoalRow).values(id=new_id(), version=0, **whose)
    await tx.session.execute(made.on_conflict_do_nothing())
    same = and_(
        *(getattr(_goal, name).is_not_distinct_from(value) for name, value in whose.items())
    )
    found = await tx.session.scalars(select(GoalRow).where(same).with_for_update())
    row: GoalRow = found.one()
    return row


def _place(after: str) -> tuple[date, UUID]:
    month, id = place_of(after, 2)
    try:
        return date.fromisoformat(str(month)), UUID(str(id))
    except ValueError:
        raise not_a_place() from None
