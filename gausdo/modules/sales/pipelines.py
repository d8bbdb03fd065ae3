"""Pipelines: added, changed, put in order, archived."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from gausdo.kernel.custom import CustomField
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.values import new_id, now
from gausdo.modules.sales.contract import (
    DealsThere,
    LastPipeline,
    Pipeline,
    PipelineAdded,
    PipelineChange,
    PipelineChanged,
    PipelineDraft,
    Stage,
    StageKind,
    UnknownStage,
)
from gausdo.modules.sales.stage_rules import asked
from gausdo.modules.sales.stages import add_stage, change_stages, demand_stages, named_anew
from gausdo.modules.sales.tables import DealRow, PipelineRow, StageRow
from gausdo.platform.db import Tx

NO_PIPELINE = "There is no such pipeline."


async def pipelines(tx: Tx, fields: Sequence[CustomField]) -> list[Pipeline]:
    """All of them in their order, the archived ones last, each with its stages in theirs.

    What a stage asks for is told without fields that are put away.
    """
    return [
        line.model_copy(
            update={
                "stages": tuple(
                    stage.model_copy(update={"needs": asked(stage.needs, fields)})
                    for stage in line.stages
                )
            }
        )
        for line in await _told(tx)
    ]


async def demand_pipelines(tx: Tx, field: CustomField) -> None:
    """Raise Invalid where a field is only for deals of a pipeline that is none."""
    known = set(await tx.session.scalars(select(PipelineRow.id)))
    if not known.issuperset(field.pipeline_ids):
        raise invalid("pipeline_ids", "not-found", "There is no such pipeline.")


async def add_pipeline(tx: Tx, draft: PipelineDraft) -> Pipeline:
    """Raises Invalid unless there is an open stage, one won and one lost."""
    demand_stages(draft.stages)
    position = await tx.session.scalar(select(func.coalesce(func.max(PipelineRow.position), -1)))
    row = PipelineRow(
        id=new_id(),
        position=(position or 0) + 1,
        created_at=now(),
        version=1,
        **draft.model_dump(exclude={"stages"}),
    )
    tx.add(row)
    await tx.session.flush()
    for place, stage in enumerate(named_anew(draft.stages)):
        await add_stage(tx, row.id, stage, place)
    tx.publish(PipelineAdded(pipeline_id=row.id))
    await tx.session.flush()
    return await _one(tx, row.id)


async def change_pipeline(tx: Tx, id: UUID, change: PipelineChange) -> Pipeline:
    """Raises NotFound, Stale, Invalid, DealsThere, LastPipeline."""
    row = await _locked(tx, id)
    current = await _one(tx, id)
    await tx.fresh(row, change.version, lambda: current)
    if change.archived and not row.archived:
        await _demand_another(tx, id)
    changes: dict[str, tuple[Any, Any]] = {}
    for name, value in change.named().items():
        if name == "stages" or value is None or value == getattr(row, name):
            continue
        changes[name] = (getattr(row, name), value)
        setattr(row, name, value)
    if change.stages is not None:
        demand_stages(change.stages)
        stages = named_anew(change.stages, {stage.id for stage in current.stages})
        before, after = await change_stages(tx, id, stages)
        if before != after:
            changes["stages"] = (before, after)
    if changes:
        row.version += 1
        tx.publish(PipelineChanged(pipeline_id=id, gone=False), changes=changes)
        await tx.session.flush()
    return await _one(tx, id)


async def order_pipelines(tx: Tx, ids: Sequence[UUID]) -> None:
    """Raises Invalid unless each is told once."""
    rows = await tx.session.scalars(select(PipelineRow).with_for_update())
    known = {row.id: row for row in rows}
    if len(ids) != len(known) or set(ids) != set(known):
        raise invalid("ids", "each-once", "Tell each pipeline once.")
    for place, id in enumerate(ids):
        row = known[id]
        if row.position != place:
            changes = {"position": (row.position, place)}
            row.position, row.version = place, row.version + 1
            tx.publish(PipelineChanged(pipeline_id=id, gone=False), changes=changes)
    await tx.session.flush()


async def remove_pipeline(tx: Tx, id: UUID) -> None:
    """Raises NotFound, DealsThere, LastPipeline."""
    row = await _locked(tx, id)
    deal = select(DealRow.id).where(DealRow.pipeline_id == id).limit(1)
    if await tx.session.scalar(deal) is not None:
        raise DealsThere("There are deals in this pipeline.")
    if not row.archived:
        await _demand_another(tx, id)
    tx.publish(PipelineChanged(pipeline_id=id, gone=True), changes={"name": (row.name, None)})
    await tx.session.execute(delete(StageRow).where(StageRow.pipeline_id == id))
    await tx.session.delete(row)


async def stage_for(tx: Tx, pipeline_id: UUID | None, stage_id: UUID | None) -> StageRow:
    """The stage a new deal opens in: the one told, or the first open one in use.

    Raises UnknownStage, NotFound when there is no pipeline.
    """
    if stage_id is not None:
        stage = await tx.session.get(StageRow, stage_id)
        if stage is None or pipeline_id not in (None, stage.pipeline_id):
            raise UnknownStage("There is no such stage in this pipeline.")
        return stage
    query = (
        select(StageRow)
        .join(PipelineRow, PipelineRow.id == StageRow.pipeline_id)
        .where(StageRow.kind == StageKind.OPEN)
        .order_by(PipelineRow.archived, *_ORDER, StageRow.position)
        .limit(1)
    )
    if pipeline_id is not None:
        query = query.where(PipelineRow.id == pipeline_id)
    found: StageRow | None = await tx.session.scalar(query)
    if found is None:
        raise NotFound("There is no such pipeline. An administrator can add one.")
    return found


_ORDER = PipelineRow.position, PipelineRow.id


async def _locked(tx: Tx, id: UUID) -> PipelineRow:
    row: PipelineRow | None = await tx.session.get(PipelineRow, id, with_for_update=True)
    if row is None:
        raise NotFound(NO_PIPELINE)
    return row


async def _demand_another(tx: Tx, id: UUID) -> None:
    others = select(PipelineRow.id).where(PipelineRow.id != id, ~PipelineRow.archived).limit(1)
    if await tx.session.scalar(others.with_for_update()) is None:
        raise LastPipeline("One pipeline stays in use. Add another one first.")


async def _one(tx: Tx, id: UUID) -> Pipeline:
    (found,) = await _told(tx, PipelineRow.id == id)
    return found


async def _told(tx: Tx, *narrow: Any) -> list[Pipeline]:
    rows = await tx.session.execute(
        select(PipelineRow, StageRow)
        .join(StageRow, StageRow.pipeline_id == PipelineRow.id)
        .where(*narrow)
        .order_by(PipelineRow.archived, *_ORDER, StageRow.position)
    )
    stages: dict[PipelineRow, list[Stage]] = {}
    for pipeline, stage in rows:
        stages.setdefault(pipeline, []).append(Stage.model_validate(stage, from_attributes=True))
    return [_pipeline(row, told) for row, told in stages.items()]


def _pipeline(row: PipelineRow, stages: list[Stage]) -> Pipeline:
    return Pipeline(
        id=row.id,
        name=row.name,
        position=row.position,
        lost_reasons=list(row.lost_reasons),
        reason_needed=row.reason_needed,
        archived=row.archived,
        version=row.version,
        stages=tuple(stages),
    )
