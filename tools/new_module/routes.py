"""Gizmos over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from gausdo.kernel.pages import Listed, ListQuery
from gausdo.kernel.values import Json
from gausdo.modules.gizmos.contract import Gizmo, GizmoChange, GizmoDraft, Gizmos
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def routes(gizmos: Gizmos) -> Routes:
    api = Routes("gizmos")

    @api.hot("/gizmos", answer=Listed[Gizmo], right="gizmos.gizmo.read")
    async def list_gizmos(actor: CurrentActor, query: Annotated[ListQuery, Query()]) -> Json:
        return await gizmos.list_gizmos(actor, query)

    @api.post("/gizmos", status=201, right="gizmos.gizmo.create")
    async def add_gizmo(
        draft: GizmoDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Gizmo:
        return await gizmos.add_gizmo(actor, draft, key)

    @api.get("/gizmos/{id}", right="gizmos.gizmo.read")
    async def gizmo(id: UUID, actor: CurrentActor) -> Gizmo:
        return await gizmos.gizmo(actor, id)

    @api.patch("/gizmos/{id}", right="gizmos.gizmo.edit")
    async def change_gizmo(
        id: UUID, change: GizmoChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Gizmo:
        return await gizmos.change_gizmo(actor, id, change, key)

    return api
