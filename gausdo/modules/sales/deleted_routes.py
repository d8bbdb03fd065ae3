"""Deleted deals over HTTP."""

from uuid import UUID

from gausdo.kernel.deleted import BroughtBack, DeletedRecord, Version
from gausdo.modules.sales.contract import Sales
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def deleted_routes(api: Routes, sales: Sales) -> None:
    @api.delete("/deals/{id}", right="sales.deal.delete")
    async def delete_deal(
        id: UUID,
        version: Version,
        actor: CurrentActor,
        key: IdempotencyKey = None,
    ) -> DeletedRecord:
        """As the one who deletes it has seen it last; it can be brought back for thirty days."""
        return await sales.delete_deal(actor, id, version, key)

    @api.post("/deals/{id}/restore", right="sales.deal.delete")
    async def bring_deal_back(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> BroughtBack:
        """A deleted one is there again, as it was."""
        return await sales.bring_deal_back(actor, id, key)
