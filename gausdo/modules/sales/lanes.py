"""Whose the open deals of a pipeline are: the lanes of its board, each one's exact sums."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    Select,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Json
from gausdo.modules.sales import access
from gausdo.modules.sales.access import GUARD, READ
from gausdo.modules.sales.funnel import StageKind
from gausdo.modules.sales.queries import ORDERS
from gausdo.modules.sales.tables import DealRow, StageRow
from gausdo.platform.db import Database, Read
from gausdo.platform.hidden import divided, shown
from gausdo.platform.json_sql import array_of
from gausdo.platform.parts import add_parts
from gausdo.platform.rights import asked_by

LANES = 200
"""Of one board: who has most deals comes first."""
_deal = DealRow.__table__.c
_stage = StageRow.__table__.c


class Lanes:
    """The part of `SalesService` that groups a board."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def lanes(self, actor: Actor, pipeline_id: UUID) -> Json:
        actor.demand(READ)
        return await self.db.one(_lanes(actor, pipeline_id))


def _lanes(actor: Actor, pipeline_id: UUID) -> Read:
    """A JSON array of `Lane`; the numbers come from the index of the board alone."""
    asked = asked_by(actor, "lanes")
    asked.add(pipeline_id=pipeline_id)
    add_parts(asked, actor, READ)
    return asked.read(lambda: _statement(actor, pipeline_id))


def _statement(actor: Actor, pipeline_id: UUID) -> Select[Any]:
    this = bindparam("pipeline_id", pipeline_id, Uuid)
    kind: Any = literal_column(f"'{StageKind.OPEN}'")
    stages = select(_stage.id).where(_stage.pipeline_id == this, _stage.kind == kind)
    open_ones = select(
        _deal.owner_id,
        shown(actor, READ, "worth", _deal.currency, GUARD).label("currency"),
        shown(actor, READ, "worth", _deal.amount, GUARD).label("amount"),
    ).where(_deal.pipeline_id == this, _deal.stage_id.in_(stages))
    parts = divided(actor, READ, ORDERS.keys, ORDERS.blank, GUARD)
    visible = [part.where for part in parts] or [access.visible(actor)]
    every = union_all(*(open_ones.where(rights) for rights in visible)).subquery("every")
    sums = (
        select(
            every.c.owner_id,
            every.c.currency,
            func.count().label("count"),
            func.sum(every.c.amount).label("sum"),
        )
        .group_by(every.c.owner_id, every.c.currency)
        .subquery("sums")
    )
    money = func.json_build_object(
        text("'amount'"), cast(sums.c.sum, String), text("'currency'"), sums.c.currency
    )
    count = func.sum(sums.c.count)
    lane = func.json_build_object(
        text("'owner_id'"), sums.c.owner_id,
        text("'count'"), count,
        text("'sums'"), array_of(func.json_agg(money).filter(sums.c.currency.is_not(None))),
    )  # fmt: skip
    first = (
        select(lane.label("item"))
        .group_by(sums.c.owner_id)
        .order_by(count.desc(), sums.c.owner_id)
        .limit(literal_column(str(LANES)))
        .subquery("first")
    )
    return select(array_of(func.json_agg(first.c.item)))
