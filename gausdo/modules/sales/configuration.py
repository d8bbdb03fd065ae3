"""Pipelines as files: see `kernel/configuration.py`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from gausdo.kernel.values import Line, now
from gausdo.modules.sales import access
from gausdo.modules.sales.contract import (
    PIPELINES,
    PipelineAdded,
    PipelineChanged,
    StageDraft,
)
from gausdo.modules.sales.funnel import PipelineRules
from gausdo.modules.sales.pipelines import remove_pipeline
from gausdo.modules.sales.stages import LAST, add_stage, change_stages, demand_stages
from gausdo.modules.sales.tables import PipelineRow, StageRow
from gausdo.platform.configuration import At, Entry, Kind
from gausdo.platform.db import Tx


class StageEntry(StageDraft, Entry):
    id: UUID


class PipelineEntry(PipelineRules, Entry):
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
            entry = StageEntry.model_validate(stage, from_attributes=True)
            stages.setdefault(stage.pipeline_id, []).append(entry)
        return [
            PipelineEntry(
                id=row.id,
                name=row.name,
                position=row.position,
                lost_reasons=row.lost_reasons,
                reason_needed=row.reason_needed,
                archived=row.archived,
                stages=stages[row.id],
            )
            for row in rows
        ]

    async def add(self, at: At, wanted: PipelineEntry) -> None:
        demand_stages(wanted.stages)
        row = PipelineRow(**wanted.model_dump(exclude={"stages"}), created_at=now(), version=1)
        at.tx.add(row)
        await at.tx.session.flush()
        for place, stage in enumerate(wanted.stages):
            await add_stage(at.tx, row.id, stage, place)
        at.tx.publish(PipelineAdded(pipeline_id=row.id))

    async def change(self, at: At, wanted: PipelineEntry, fields: Mapping[str, Any]) -> None:
        row = await at.tx.session.get_one(PipelineRow, wanted.id)
        changes: dict[str, tuple[Any, Any]] = {
            name: (getattr(row, name), value) for name, value in fields.items() if name != "stages"
        }
        for name in changes:
            setattr(row, name, fields[name])
        if "stages" in fields:
            changes["stages"] = await change_stages(at.tx, wanted.id, wanted.stages)
        row.version += 1
        at.tx.publish(PipelineChanged(pipeline_id=row.id, gone=False), changes=changes)

    async def remove(self, at: At, id: UUID) -> None:
        await remove_pipeline(at.tx, id)
