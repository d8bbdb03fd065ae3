"""Competitors over HTTP."""

from uuid import UUID

from gausdo.modules.sales.competitors_contract import (
    Competitor,
    CompetitorChange,
    DealCompetitors,
    DealCompetitorsDraft,
)
from gausdo.modules.sales.contract import Sales
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def competitor_routes(api: Routes, sales: Sales) -> None:
    @api.get("/competitors", right="sales.deal.read")
    async def competitors(actor: CurrentActor) -> list[Competitor]:
        """All names that are remembered; the retired ones last."""
        return await sales.competitors(actor)

    @api.patch("/competitors/{id}", right="sales.pipeline.edit")
    async def change_competitor(
        id: UUID, change: CompetitorChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Competitor:
        """In every deal it has a part in."""
        return await sales.change_competitor(actor, id, change, key)

    @api.get("/deals/{id}/competitors", right="sales.deal.read")
    async def deal_competitors(id: UUID, actor: CurrentActor) -> DealCompetitors:
        return await sales.deal_competitors(actor, id)

    @api.put("/deals/{id}/competitors", right="sales.deal.edit")
    async def set_deal_competitors(
        id: UUID, draft: DealCompetitorsDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> DealCompetitors:
        """All of them, in their order; of a lost deal also who won it."""
        return await sales.set_deal_competitors(actor, id, draft, key)
