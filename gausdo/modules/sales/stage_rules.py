"""What a stage asks of a deal that comes in."""

from uuid import UUID

from sqlalchemy import exists, select

from gausdo.kernel.custom import Values
from gausdo.kernel.fields import CUSTOM
from gausdo.modules.sales.contract import (
    LostReasonNeeded,
    NoWayThere,
    PipelineArchived,
    StageKind,
    StageNeeds,
    UnknownStage,
)
from gausdo.modules.sales.tables import DealRow, NextTaskRow, PipelineRow, StageRow
from gausdo.platform.db import Tx

NEXT_TASK = "next_task"
"""What a deal that is only just opened cannot have."""


async def demand_opened(tx: Tx, row: DealRow, stage: StageRow) -> None:
    """Raises StageNeeds, PipelineArchived."""
    _demand_in_use(await tx.session.get_one(PipelineRow, stage.pipeline_id))
    needs = [name for name in stage.needs if name != NEXT_TASK and not _has(row, name)]
    if needs:
        raise StageNeeds(stage.name, needs)


async def way(tx: Tx, row: DealRow, stage_id: UUID, lost_reason: str | None) -> StageRow | None:
    """The stage a deal goes on to; None when it is there already.

    Raises UnknownStage, PipelineArchived, NoWayThere, StageNeeds, LostReasonNeeded.
    """
    found = await tx.session.execute(
        select(StageRow, PipelineRow)
        .join(PipelineRow, PipelineRow.id == StageRow.pipeline_id)
        .where(StageRow.id.in_({row.stage_id, stage_id}), PipelineRow.id == row.pipeline_id)
    )
    stages, pipeline = {}, None
    for one, pipeline in found:  # noqa: B007 - it is the same for both
        stages[one.id] = one
    if pipeline is None or stage_id not in stages:
        raise UnknownStage("The deal's pipeline has no such stage.")
    if stage_id == row.stage_id:
        return None
    stage = stages[stage_id]
    _demand_in_use(pipeline)
    await _demand_way(tx, stages[row.stage_id], stage)
    needs = [name for name in stage.needs if name != NEXT_TASK and not _has(row, name)]
    if NEXT_TASK in stage.needs and not await _has_next_task(tx, row.id):
        needs.append(NEXT_TASK)
    if needs:
        raise StageNeeds(stage.name, needs)
    if stage.kind == StageKind.LOST and pipeline.reason_needed and not lost_reason:
        raise LostReasonNeeded("Say why the deal was lost.")
    return stage


def _demand_in_use(pipeline: PipelineRow) -> None:
    if pipeline.archived:
        raise PipelineArchived(f"The pipeline “{pipeline.name}” is archived.")


async def _demand_way(tx: Tx, before: StageRow, stage: StageRow) -> None:
    if before.leads_to is None or stage.id in before.leads_to:
        return
    ways = select(StageRow.name).where(StageRow.id.in_(before.leads_to)).order_by(StageRow.position)
    raise NoWayThere(before.name, [*await tx.session.scalars(ways)])


def _has(row: DealRow, name: str) -> bool:
    custom: Values = row.custom or {}
    if name.startswith(CUSTOM):
        return custom.get(name.removeprefix(CUSTOM)) not in (None, "", [])
    return getattr(row, name) not in (None, "")


async def _has_next_task(tx: Tx, deal_id: UUID) -> bool:
    task = exists().where(NextTaskRow.deal_id == deal_id, NextTaskRow.open)
    return bool(await tx.session.scalar(select(task)))
