"""Sales over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from gausdo.kernel.history import HistoryEntry, HistoryQuery
from gausdo.kernel.pages import Listed
from gausdo.kernel.values import Json
from gausdo.modules.sales.contract import (
    Board,
    BoardQuery,
    Deal,
    DealChange,
    DealDraft,
    DealMove,
    DealQuery,
    Pipeline,
    PipelineDraft,
    Sales,
)
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def routes(sales: Sales) -> Routes:
    api = Routes("sales")

    @api.get("/pipelines")
    async def pipelines(actor: CurrentActor) -> list[Pipeline]:
        return await sales.pipelines(actor)

    @api.post("/pipelines", status=201)
    async def add_pipeline(
        draft: PipelineDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Pipeline:
        return await sales.add_pipeline(actor, draft, key)

    @api.hot("/pipelines/{id}/board", answer=Board)
    async def board(id: UUID, actor: CurrentActor, query: Annotated[BoardQuery, Query()]) -> Json:
        return await sales.board(actor, id, query)

    @api.hot("/deals", answer=Listed[Deal])
    async def list_deals(actor: CurrentActor, query: Annotated[DealQuery, Query()]) -> Json:
        return await sales.list_deals(actor, query)

    @api.post("/deals", status=201)
    async def open_deal(draft: DealDraft, actor: CurrentActor, key: IdempotencyKey = None) -> Deal:
        return await sales.open_deal(actor, draft, key)

    @api.get("/deals/{id}")
    async def deal(id: UUID, actor: CurrentActor) -> Deal:
        return await sales.deal(actor, id)

    @api.patch("/deals/{id}")
    async def change_deal(
        id: UUID, change: DealChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Deal:
        return await sales.change_deal(actor, id, change, key)

    @api.post("/deals/{id}/move")
    async def move_deal(
        id: UUID, move: DealMove, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Deal:
        return await sales.move_deal(actor, id, move, key)

    @api.hot("/deals/{id}/history", answer=list[HistoryEntry])
    async def deal_history(
        id: UUID, actor: CurrentActor, query: Annotated[HistoryQuery, Query()]
    ) -> Json:
        return await sales.deal_history(actor, id, query.after, query.limit)

    return api
