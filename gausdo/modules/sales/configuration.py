"""Pipelines as files: see `kernel/configuration.py`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import delete, select

from gausdo.kernel.errors import invalid
from gausdo.kernel.values import Line, now
from gausdo.modules.sales import access
from gausdo.modules.sales.contract import (
    PIPELINES,
    DealsThere,
    PipelineAdded,
    PipelineChanged,
    StageDraft,
)
from gausdo.modules.sales.pipelines import demand_stages
from gausdo.modules.sales.tables import DealRow, PipelineRow, StageRow
from gausdo.platform.configuration import At, Entry, Kind
from gausdo.platform.db import Tx

LAST = 10_000
"""The largest position; above it stages are while they change places."""


class StageEntry(StageDraft, Entry):
    pass


class PipelineEntry(Entry):
    """Stages in their order."""

    name: Line
    position: int = Field(strict=True, ge=0, le=LAST)
    stages: Annotated[list[StageEntry], Field(min_length=3, max_length=30)]


class Pipelines(Kind[PipelineEntry]):
    name = "pipelines"
    entry = PipelineEntry
    guarded = PIPELINES
    reading = access.READ
    adding = "edit"

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[PipelineEntry]:
        query = select(PipelineRow).order_by(PipelineRow.position, PipelineRow.id)
        rows = await tx.session.scalars(query.with_for_update() if lock else query)
        stages: dict[UUID, list[StageEntry]] = {}
        for stage in await tx.session.scalars(select(StageRow).order_by(StageRow.position)):
            stages.setdefault(stage.pipeline_id, []).append(_stage(stage))
        return [
            PipelineEntry(id=row.id, name=row.name, position=row.position, stages=stages[row.id])
            for row in rows
        ]

    async def add(self, at: At, wanted: PipelineEntry) -> None:
        demand_stages(wanted.stages)
        row = PipelineRow(
            id=wanted.id, name=wanted.name, position=wanted.position, created_at=now()
        )
        at.tx.add(row)
        await at.tx.session.flush()
        for place, stage in enumerate(wanted.stages):
            await _add_stage(at.tx, row.id, stage, place)
        at.tx.publish(PipelineAdded(pipeline_id=row.id))

    async def change(self, at: At, wanted: PipelineEntry, fields: Mapping[str, Any]) -> None:
        row = await at.tx.session.get_one(PipelineRow, wanted.id)
        changes: dict[str, tuple[Any, Any]] = {
            name: (getattr(row, name), value) for name, value in fields.items() if name != "stages"
        }
        row.name, row.position = wanted.name, wanted.position
        if "stages" in fields:
            changes["stages"] = await _change_stages(at.tx, wanted)
        at.tx.publish(PipelineChanged(pipeline_id=row.id, gone=False), changes=changes)

    async def remove(self, at: At, id: UUID) -> None:
        row = await at.tx.session.get_one(PipelineRow, id)
        deal = select(DealRow.id).where(DealRow.pipeline_id == id).limit(1)
        if await at.tx.session.scalar(deal) is not None:
            raise DealsThere("There are deals in this pipeline.")
        at.tx.publish(
            PipelineChanged(pipeline_id=id, gone=True), changes={"name": (row.name, None)}
        )
        await at.tx.session.execute(delete(StageRow).where(StageRow.pipeline_id == id))
        await at.tx.session.delete(row)


async def _change_stages(tx: Tx, wanted: PipelineEntry) -> tuple[Any, Any]:
    """Before and after, for the history. Raises Invalid, DealsThere."""
    demand_stages(wanted.stages)
    query = select(StageRow).where(StageRow.pipeline_id == wanted.id).order_by(StageRow.position)
    had = {row.id: row for row in (await tx.session.scalars(query)).all()}
    before = [_stage(row).model_dump(mode="json") for row in had.values()]
    new = {stage.id: stage for stage in wanted.stages}
    for row in had.values():
        stage = new.get(row.id)
        if stage is None or stage.kind != row.kind:
            await _demand_empty(tx, row)
        if stage is None:
            await tx.session.delete(row)
        else:
            row.position += LAST  # places are taken once only
    await tx.session.flush()
    for place, stage in enumerate(wanted.stages):
        if stage.id not in had:
            await _add_stage(tx, wanted.id, stage, place)
            continue
        row = had[stage.id]
        row.name, row.kind, row.position = stage.name, stage.kind, place
        row.probability, row.tone = stage.probability, stage.tone
    return before, [stage.model_dump(mode="json") for stage in wanted.stages]


async def _add_stage(tx: Tx, pipeline_id: UUID, stage: StageEntry, place: int) -> None:
    """Raises Invalid when another pipeline has a stage of this id."""
    if await tx.session.get(StageRow, stage.id) is not None:
        raise invalid(f"stages.{place}.id", "taken", "Another pipeline has this stage.")
    tx.add(StageRow(pipeline_id=pipeline_id, position=place, **stage.model_dump()))


async def _demand_empty(tx: Tx, stage: StageRow) -> None:
    """Raises DealsThere."""
    deal = select(DealRow.id).where(DealRow.stage_id == stage.id).limit(1)
    if await tx.session.scalar(deal) is not None:
        raise DealsThere(f"There are deals in the stage “{stage.name}”: it stays, of its kind.")


def _stage(row: StageRow) -> StageEntry:
    return StageEntry(
        id=row.id,
        name=row.name,
        kind=row.kind,
        probability=row.probability,
        tone=row.tone,
    )
