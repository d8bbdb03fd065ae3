"""Further contacts of deals over HTTP."""

from uuid import UUID

from gausdo.modules.sales.contacts_contract import DealContacts, DealContactsDraft
from gausdo.modules.sales.contract import Sales
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def contact_routes(api: Routes, sales: Sales) -> None:
    @api.get("/deals/{id}/contacts", right="sales.deal.read")
    async def deal_contacts(id: UUID, actor: CurrentActor) -> DealContacts:
        return await sales.deal_contacts(actor, id)

    @api.put("/deals/{id}/contacts", right="sales.deal.edit")
    async def set_deal_contacts(
        id: UUID, draft: DealContactsDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> DealContacts:
        """All of them, in their order, besides the main contact."""
        return await sales.set_deal_contacts(actor, id, draft, key)
