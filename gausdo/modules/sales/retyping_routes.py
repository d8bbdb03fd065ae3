"""Fields that were added to deals get other types, over HTTP."""

from uuid import UUID

from gausdo.kernel.becoming import BecomeDraft, BecomingSeen, LeftBehindPage
from gausdo.kernel.custom import CustomField
from gausdo.modules.sales.contract import Sales
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def retyping_routes(api: Routes, sales: Sales) -> None:
    @api.post("/deal-fields/{id}/becoming", right="sales.field.edit")
    async def see_deal_field_become(
        id: UUID, draft: BecomeDraft, actor: CurrentActor
    ) -> BecomingSeen:
        """What would become of its values; nothing is changed."""
        return await sales.see_deal_field_become(actor, id, draft)

    @api.post("/deal-fields/{id}/become", right="sales.field.edit")
    async def become_deal_field(
        id: UUID, draft: BecomeDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        return await sales.become_deal_field(actor, id, draft, key)

    @api.post("/deal-fields/{id}/become/stop", right="sales.field.edit")
    async def stop_deal_field_becoming(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        """It keeps the type it has; what was made by then is taken away."""
        return await sales.stop_deal_field_becoming(actor, id, key)

    @api.get("/deal-fields/{id}/left", right="sales.field.edit")
    async def deal_values_left(
        id: UUID, actor: CurrentActor, after: UUID | None = None
    ) -> LeftBehindPage:
        return await sales.deal_values_left(actor, id, after)
