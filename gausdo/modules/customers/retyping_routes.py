"""Fields that were added to companies and people get other types, over HTTP."""

from uuid import UUID

from gausdo.kernel.becoming import BecomeDraft, BecomingSeen, LeftBehindPage
from gausdo.kernel.custom import CustomField
from gausdo.modules.customers.contract import Customers
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def retyping_routes(api: Routes, customers: Customers) -> None:
    @api.post("/company-fields/{id}/becoming", right="customers.field.edit")
    async def see_company_field_become(
        id: UUID, draft: BecomeDraft, actor: CurrentActor
    ) -> BecomingSeen:
        """What would become of its values; nothing is changed."""
        return await customers.see_company_field_become(actor, id, draft)

    @api.post("/company-fields/{id}/become", right="customers.field.edit")
    async def become_company_field(
        id: UUID, draft: BecomeDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        return await customers.become_company_field(actor, id, draft, key)

    @api.post("/company-fields/{id}/become/stop", right="customers.field.edit")
    async def stop_company_field_becoming(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        """It keeps the type it has; what was made by then is taken away."""
        return await customers.stop_company_field_becoming(actor, id, key)

    @api.get("/company-fields/{id}/left", right="customers.field.edit")
    async def company_values_left(
        id: UUID, actor: CurrentActor, after: UUID | None = None
    ) -> LeftBehindPage:
        return await customers.company_values_left(actor, id, after)

    @api.post("/person-fields/{id}/becoming", right="customers.field.edit")
    async def see_person_field_become(
        id: UUID, draft: BecomeDraft, actor: CurrentActor
    ) -> BecomingSeen:
        """What would become of its values; nothing is changed."""
        return await customers.see_person_field_become(actor, id, draft)

    @api.post("/person-fields/{id}/become", right="customers.field.edit")
    async def become_person_field(
        id: UUID, draft: BecomeDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        return await customers.become_person_field(actor, id, draft, key)

    @api.post("/person-fields/{id}/become/stop", right="customers.field.edit")
    async def stop_person_field_becoming(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        """It keeps the type it has; what was made by then is taken away."""
        return await customers.stop_person_field_becoming(actor, id, key)

    @api.get("/person-fields/{id}/left", right="customers.field.edit")
    async def person_values_left(
        id: UUID, actor: CurrentActor, after: UUID | None = None
    ) -> LeftBehindPage:
        return await customers.person_values_left(actor, id, after)
