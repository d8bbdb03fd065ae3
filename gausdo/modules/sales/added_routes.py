"""Fields that were added to deals, over HTTP."""

from uuid import UUID

from gausdo.kernel.custom import CustomField, CustomFieldChange, CustomFieldDraft, Key
from gausdo.kernel.custom_sealed import SealedValue
from gausdo.kernel.formula_values import FormulaDraft, FormulaTried
from gausdo.modules.sales.contract import Sales
from gausdo.modules.sales.retyping_routes import retyping_routes
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes
from gausdo.platform.http.files import field_files


def added_routes(api: Routes, sales: Sales) -> None:
    @api.get("/deal-fields", right="sales.deal.read")
    async def deal_fields(actor: CurrentActor) -> list[CustomField]:
        return await sales.deal_fields(actor)

    @api.post("/deal-fields", status=201, right="sales.field.edit")
    async def add_deal_field(
        draft: CustomFieldDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        return await sales.add_deal_field(actor, draft, key)

    @api.patch("/deal-fields/{id}", right="sales.field.edit")
    async def change_deal_field(
        id: UUID, change: CustomFieldChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        return await sales.change_deal_field(actor, id, change, key)

    @api.post("/deal-fields/formula", right="sales.field.edit")
    async def try_deal_formula(draft: FormulaDraft, actor: CurrentActor) -> FormulaTried:
        return await sales.try_deal_formula(actor, draft)

    @api.get("/deals/{id}/sealed/{field}", right="sales.deal.read")
    async def deal_sealed(id: UUID, field: Key, actor: CurrentActor) -> SealedValue:
        """The value of a field that is kept encrypted, for who may see the field; that it was told
        is in the audit.
        """
        return await sales.deal_sealed(actor, id, field)

    retyping_routes(api, sales)
    field_files(api, sales, "deal", "sales.deal.read")
