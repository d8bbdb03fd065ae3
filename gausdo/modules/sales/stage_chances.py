"""How likely deals of a stage are won, as those before them were."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from gausdo.kernel.actor import Actor
from gausdo.modules.sales import access
from gausdo.modules.sales.forecast_contract import ENOUGH, StageChance, StageChances
from gausdo.modules.sales.forecast_tables import StageChanceRow
from gausdo.modules.sales.funnel import StageKind
from gausdo.modules.sales.rate_tables import Base
from gausdo.modules.sales.tables import PipelineRow, StageRow
from gausdo.platform.db import Database, Tx

YEAR = timedelta(days=365)
_COUNT = text(
    """
    insert into sales.stage_chance (day, stage_id, passed, won)
    select :day, stage.id, count(passed.deal_id), count(*) filter (where passed.state = 'won')
    from sales.stage left join (
        select distinct was.stage_id, closed.deal_id, closed.state
        from sales.deal_state closed join sales.deal_state was on was.deal_id = closed.deal_id
        where closed.until is null and closed.state in ('won', 'lost')
            and closed.closed_at >= :since and was.state = 'open'
    ) passed on passed.stage_id = stage.id
    where stage.kind = 'open' group by stage.id
    on conflict do nothing
    """
)


@dataclass(frozen=True)
class ChancesService:
    """The part of `SalesService` that learns from what became of deals."""

    db: Database
    base: Base

    async def keep_chances(self) -> None:
        day = self.base.today()
        async with self.db.begin() as tx:
            there = select(StageChanceRow.stage_id).where(StageChanceRow.day == day).limit(1)
            if await tx.session.scalar(there) is None:
                await tx.session.execute(_COUNT, {"day": day, "since": day - YEAR})

    async def stage_chances(self, actor: Actor) -> StageChances:
        actor.demand(access.READ)
        async with self.db.begin(actor) as tx:
            day, counted = await _counted(tx, self.base.today())
            query = (
                select(StageRow)
                .join(PipelineRow, PipelineRow.id == StageRow.pipeline_id)
                .where(StageRow.kind == StageKind.OPEN, ~PipelineRow.archived)
                .order_by(PipelineRow.position, PipelineRow.id, StageRow.position)
            )
            stages = (await tx.session.scalars(query)).all()
        told = []
        for stage in stages:
            passed, won = counted.get(stage.id, (0, 0))
            chance = StageChance(
                pipeline_id=stage.pipeline_id,
                stage_id=stage.id,
                probability=stage.probability,
                passed=passed,
                won=won,
                used=passed >= ENOUGH,
            )
            told.append(chance)
        return StageChances(day=day, enough=ENOUGH, stages=told)

    async def used_chances(self, tx: Tx, day: date) -> dict[UUID, tuple[int, int]]:
        """Closed and won of each stage that had enough of them by a day."""
        _, counted = await _counted(tx, day)
        return {id: told for id, told in counted.items() if told[0] >= ENOUGH}


async def _counted(tx: Tx, day: date) -> tuple[date | None, dict[UUID, tuple[int, int]]]:
    latest = select(func.max(StageChanceRow.day)).where(StageChanceRow.day <= day)
    last: date | None = await tx.session.scalar(latest)
    rows = await tx.session.scalars(select(StageChanceRow).where(StageChanceRow.day == last))
    return last, {row.stage_id: (row.passed, row.won) for row in rows}
