"""What a stage asks of a deal that comes in."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import exists, select

from gausdo.kernel.custom import CustomField, Values
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.modules.sales.contract import (
    DealMove,
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


async def demand_opened(
    tx: Tx, row: DealRow, stage: StageRow, fields: Iterable[CustomField]
) -> None:
    """Raises StageNeeds, PipelineArchived."""
    _demand_in_use(await tx.session.get_one(PipelineRow, stage.pipeline_id))
    if needs := [name for name in _missing(row, stage, fields) if name != NEXT_TASK]:
        raise StageNeeds(stage.name, needs)


async def way(
    tx: Tx, row: DealRow, move: DealMove, fields: Iterable[CustomField]
) -> StageRow | None:
    """The stage a deal goes on to; None when it is there already.

    Raises UnknownStage, PipelineArchived, NoWayThere, StageNeeds, LostReasonNeeded, Invalid for a
    winner of a deal that is not lost by this.
    """
    found = await tx.session.execute(
        select(StageRow, PipelineRow)
        .join(PipelineRow, PipelineRow.id == StageRow.pipeline_id)
        .where(StageRow.id.in_({row.stage_id, move.stage_id}), PipelineRow.id == row.pipeline_id)
    )
    known = {stage.id: (stage, pipeline) for stage, pipeline in found}
    if move.stage_id not in known:
        raise UnknownStage("The deal's pipeline has no such stage.")
    stage, pipeline = known[move.stage_id]
    stays = move.stage_id == row.stage_id
    if move.lost_to is not None and (stays or stage.kind != StageKind.LOST):
        raise invalid("lost_to", "not-lost", "The deal is not lost.")
    if stays:
        return None
    _demand_in_use(pipeline)
    await _demand_way(tx, known[row.stage_id][0], stage)
    needs = _missing(row, stage, fields)
    if NEXT_TASK in needs and await _has_next_task(tx, row.id):
        needs.remove(NEXT_TASK)
    if needs:
        raise StageNeeds(stage.name, needs)
    if stage.kind == StageKind.LOST and pipeline.reason_needed and not move.lost_reason:
        raise LostReasonNeeded("Say why the deal was lost.")
    return stage


def asked(needs: Iterable[str], fields: Iterable[CustomField]) -> list[str]:
    """Without those fields that are put away or worked out: nobody could fill them in."""
    used = {
        CUSTOM + field.key for field in fields if not field.archived and not field.is_worked_out
    }
    return [name for name in needs if not name.startswith(CUSTOM) or name in used]


def _demand_in_use(pipeline: PipelineRow) -> None:
    if pipeline.archived:
        raise PipelineArchived(f"The pipeline “{pipeline.name}” is archived.")


async def _demand_way(tx: Tx, before: StageRow, stage: StageRow) -> None:
    if before.leads_to is None or stage.id in before.leads_to:
        return
    ways = select(StageRow.name).where(StageRow.id.in_(before.leads_to)).order_by(StageRow.position)
    raise NoWayThere(before.name, [*await tx.session.scalars(ways)])


def _missing(row: DealRow, stage: StageRow, fields: Iterable[CustomField]) -> list[str]:
    """What the stage asks for and the deal itself has not; a next step is no part of it."""
    needs = asked(stage.needs, fields)
    return [name for name in needs if name == NEXT_TASK or not _has(row, name)]


def _has(row: DealRow, name: str) -> bool:
    custom: Values = row.custom or {}
    if name.startswith(CUSTOM):
        return custom.get(name.removeprefix(CUSTOM)) not in (None, "", [])
    return getattr(row, name) not in (None, "")


async def _has_next_task(tx: Tx, deal_id: UUID) -> bool:
    task = exists().where(NextTaskRow.deal_id == deal_id, NextTaskRow.open)
    return bool(await tx.session.scalar(select(task)))
