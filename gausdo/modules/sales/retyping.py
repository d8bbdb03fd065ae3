"""The fields that were added to deals, and their other types: one part of `SalesService`."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.becoming import (
    BecomeDraft,
    BecomingSeen,
    FieldUse,
    LeftBehindPage,
    UseKind,
)
from gausdo.kernel.custom import CustomField, CustomFieldChange, CustomFieldDraft
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.formula_values import FormulaDraft, FormulaTried
from gausdo.modules.sales import access
from gausdo.modules.sales.contract import PipelineChanged
from gausdo.modules.sales.stages import told
from gausdo.modules.sales.tables import PipelineRow, StageRow
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_becoming import begin_becoming, left_behind, previewed
from gausdo.platform.custom_files import FieldFilesService
from gausdo.platform.custom_stopping import stop_becoming
from gausdo.platform.db import Tx

DEAL = "deal"


class KeepsDealFields(FieldFilesService):
    if TYPE_CHECKING:

        @property
        def fields(self) -> CustomFields: ...

    async def deal_fields(self, actor: Actor) -> list[CustomField]:
        actor.demand(access.READ)
        return list(await self.fields.of(DEAL))

    async def add_deal_field(
        self, actor: Actor, draft: CustomFieldDraft, key: str | None = None
    ) -> CustomField:
        return await self.fields.add(actor, DEAL, draft, key)

    async def change_deal_field(
        self, actor: Actor, id: UUID, change: CustomFieldChange, key: str | None = None
    ) -> CustomField:
        return await self.fields.change(actor, DEAL, id, change, key)

    async def try_deal_formula(self, actor: Actor, draft: FormulaDraft) -> FormulaTried:
        return await self.fields.tried(actor, DEAL, draft)

    async def see_deal_field_become(
        self, actor: Actor, id: UUID, draft: BecomeDraft
    ) -> BecomingSeen:
        return await previewed(self.fields, actor, DEAL, id, draft)

    async def become_deal_field(
        self, actor: Actor, id: UUID, draft: BecomeDraft, key: str | None = None
    ) -> CustomField:
        return await begin_becoming(self.fields, actor, DEAL, id, draft, key)

    async def stop_deal_field_becoming(
        self, actor: Actor, id: UUID, key: str | None = None
    ) -> CustomField:
        return await stop_becoming(self.fields, actor, DEAL, id, key)

    async def deal_values_left(
        self, actor: Actor, id: UUID, after: UUID | None = None
    ) -> LeftBehindPage:
        return await left_behind(self.fields, actor, DEAL, id, after)


async def carry_stages(tx: Tx, before: CustomField, into: CustomField) -> list[FieldUse]:
    """What stages ask of the first they ask of the second: the stages, by their names."""
    was, is_now = CUSTOM + before.key, CUSTOM + into.key
    query = (
        select(StageRow, PipelineRow)
        .join(PipelineRow, PipelineRow.id == StageRow.pipeline_id)
        .order_by(PipelineRow.position, StageRow.position)
    )
    pipelines: dict[PipelineRow, list[StageRow]] = {}
    for stage, pipeline in await tx.session.execute(query):
        pipelines.setdefault(pipeline, []).append(stage)
    asking = {
        pipeline: rows
        for pipeline, rows in pipelines.items()
        if any(was in stage.needs for stage in rows)
    }
    for pipeline, rows in asking.items() if was != is_now else ():
        had = [told(stage).model_dump(mode="json") for stage in rows]
        for stage in rows:
            stage.needs = [is_now if one == was else one for one in stage.needs]
        has = [told(stage).model_dump(mode="json") for stage in rows]
        pipeline.version += 1
        told_now = PipelineChanged(pipeline_id=pipeline.id, gone=False)
        tx.publish(told_now, changes={"stages": (had, has)})
    return [
        FieldUse(kind=UseKind.STAGE, name=stage.name)
        for rows in asking.values()
        for stage in rows
        if {was, is_now} & {*stage.needs}
    ]
