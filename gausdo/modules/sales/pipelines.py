"""Pipelines and their stages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from gausdo.kernel.custom import CustomField
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.values import new_id, now
from gausdo.modules.sales.contract import (
    Pipeline,
    PipelineAdded,
    PipelineDraft,
    Stage,
    StageDraft,
    StageKind,
    UnknownStage,
)
from gausdo.modules.sales.tables import PipelineRow, StageRow
from gausdo.platform.db import Tx


async def pipelines(tx: Tx) -> list[Pipeline]:
    """All of them in their order, each with its stages in theirs."""
    rows = await tx.session.execute(
        select(PipelineRow, StageRow)
        .join(StageRow, StageRow.pipeline_id == PipelineRow.id)
        .order_by(PipelineRow.position, PipelineRow.id, StageRow.position)
    )
    stages: dict[PipelineRow, list[Stage]] = {}
    for pipeline, stage in rows:
        stages.setdefault(pipeline, []).append(_stage(stage))
    return [_pipeline(row, told) for row, told in stages.items()]


async def demand_pipelines(tx: Tx, field: CustomField) -> None:
    """Raise Invalid where a field is only for deals of a pipeline that is none."""
    known = set(await tx.session.scalars(select(PipelineRow.id)))
    if not known.issuperset(field.pipeline_ids):
        raise invalid("pipeline_ids", "not-found", "There is no such pipeline.")


def demand_stages(stages: Sequence[StageDraft]) -> None:
    """Raise Invalid unless there is an open stage, one won and one lost."""
    for kind in (StageKind.WON, StageKind.LOST):
        if sum(stage.kind == kind for stage in stages) != 1:
            raise invalid("stages", "kinds", f"A pipeline has exactly one stage “{kind}”.")
    if all(stage.kind != StageKind.OPEN for stage in stages):
        raise invalid("stages", "kinds", "A pipeline has at least one open stage.")


async def add_pipeline(tx: Tx, draft: PipelineDraft) -> Pipeline:
    """Raises Invalid unless there is an open stage, one won and one lost."""
    demand_stages(draft.stages)
    position = await tx.session.scalar(select(func.coalesce(func.max(PipelineRow.position), -1)))
    row = PipelineRow(id=new_id(), name=draft.name, position=(position or 0) + 1, created_at=now())
    stages = [
        StageRow(id=new_id(), pipeline_id=row.id, position=place, **stage.model_dump())
        for place, stage in enumerate(draft.stages)
    ]
    tx.add(row)
    await tx.session.flush()
    tx.add(*stages)
    tx.publish(PipelineAdded(pipeline_id=row.id))
    return _pipeline(row, [_stage(stage) for stage in stages])


async def stage_of(tx: Tx, pipeline_id: UUID, stage_id: UUID) -> StageRow:
    """Raises UnknownStage when the pipeline has no such stage."""
    stage = await tx.session.get(StageRow, stage_id)
    if stage is None or stage.pipeline_id != pipeline_id:
        raise UnknownStage("The deal's pipeline has no such stage.")
    return stage


async def stage_for(tx: Tx, pipeline_id: UUID | None, stage_id: UUID | None) -> StageRow:
    """The stage a new deal opens in: the one told, or the first open one.

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
        .order_by(PipelineRow.position, PipelineRow.id, StageRow.position)
        .limit(1)
    )
    if pipeline_id is not None:
        query = query.where(PipelineRow.id == pipeline_id)
    found: StageRow | None = await tx.session.scalar(query)
    if found is None:
        raise NotFound("There is no such pipeline. An administrator can add one.")
    return found


def _pipeline(row: Any, stages: list[Stage]) -> Pipeline:
    return Pipeline(id=row.id, name=row.name, position=row.position, stages=tuple(stages))


def _stage(row: Any) -> Stage:
    return Stage(
        id=row.id,
        name=row.name,
        position=row.position,
        kind=row.kind,
        probability=row.probability,
        tone=row.tone,
    )
