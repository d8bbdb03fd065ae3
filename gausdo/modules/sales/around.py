"""What deals tell of the companies and people they are with: one part of `SalesService`."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, func, literal_column, select, union
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.kernel.persons import demand_gausdo
from gausdo.modules.sales.around_contract import DealsAround
from gausdo.modules.sales.contract import StageKind
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Database

_deal = DealRow.__table__.c


class Around:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def deals_around(self, actor: Actor, ids: list[UUID]) -> list[DealsAround]:
        demand_gausdo(actor)
        asked = any_(bindparam("ids", ids, ARRAY(Uuid())))
        told = (_deal.kind, _deal.amount, _deal.pipeline_id, _deal.closed_at)
        sides = union(
            *(
                select(side.label("record_id"), _deal.id, *told).where(side == asked)
                for side in (_deal.company_id, _deal.contact_id)
            )
        ).subquery()
        deal = sides.c
        is_open, won, lost = (
            deal.kind == kind for kind in (StageKind.OPEN, StageKind.WON, StageKind.LOST)
        )
        pipelines = func.array_agg(
            aggregate_order_by(deal.pipeline_id.distinct(), deal.pipeline_id)
        )
        query = select(
            deal.record_id.label("id"),
            func.count().filter(is_open).label("open"),
            func.count().filter(won).label("won"),
            func.count().filter(lost).label("lost"),
            func.coalesce(pipelines.filter(is_open), literal_column("'{}'")).label("pipelines"),
            func.max(deal.amount).filter(is_open).label("largest_open"),
            func.max(deal.amount).filter(won).label("largest_won"),
            func.max(deal.closed_at).filter(won).label("last_won_at"),
        ).group_by(deal.record_id)
        async with self.db.begin(actor) as tx:
            rows = (await tx.session.execute(query)).mappings()
            return [DealsAround.model_validate(dict(row)) for row in rows]
