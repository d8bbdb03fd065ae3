"""Fields that were added to companies and people, over HTTP."""

from uuid import UUID

from gausdo.kernel.custom import (
    CustomField,
    CustomFieldChange,
    CustomFieldDraft,
    Key,
)
from gausdo.kernel.custom_sealed import SealedValue
from gausdo.kernel.formula_values import FormulaDraft, FormulaTried
from gausdo.modules.customers.contract import Customers
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def added_routes(api: Routes, customers: Customers) -> None:
    @api.get("/company-fields", right="customers.company.read")
    async def company_fields(actor: CurrentActor) -> list[CustomField]:
        return await customers.company_fields(actor)

    @api.post("/company-fields", status=201, right="customers.field.edit")
    async def add_company_field(
        draft: CustomFieldDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        return await customers.add_company_field(actor, draft, key)

    @api.patch("/company-fields/{id}", right="customers.field.edit")
    async def change_company_field(
        id: UUID, change: CustomFieldChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        return await customers.change_company_field(actor, id, change, key)

    _sealed(api, customers)

    @api.post("/company-fields/formula", right="customers.field.edit")
    async def try_company_formula(draft: FormulaDraft, actor: CurrentActor) -> FormulaTried:
        return await customers.try_company_formula(actor, draft)

    @api.post("/person-fields/formula", right="customers.field.edit")
    async def try_person_formula(draft: FormulaDraft, actor: CurrentActor) -> FormulaTried:
        return await customers.try_person_formula(actor, draft)

    @api.get("/person-fields", right="customers.person.read")
    async def person_fields(actor: CurrentActor) -> list[CustomField]:
        return await customers.person_fields(actor)

    @api.post("/person-fields", status=201, right="customers.field.edit")
    async def add_person_field(
        draft: CustomFieldDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        return await customers.add_person_field(actor, draft, key)

    @api.patch("/person-fields/{id}", right="customers.field.edit")
    async def change_person_field(
        id: UUID, change: CustomFieldChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> CustomField:
        return await customers.change_person_field(actor, id, change, key)


def _sealed(api: Routes, customers: Customers) -> None:
    @api.get("/companies/{id}/sealed/{field}", right="customers.company.read")
    async def company_sealed(id: UUID, field: Key, actor: CurrentActor) -> SealedValue:
        """The value of a field that is kept encrypted, for who may see the field; that it was told
        is in the audit.
        """
        return await customers.company_sealed(actor, id, field)

    @api.get("/people/{id}/sealed/{field}", right="customers.person.read")
    async def person_sealed(id: UUID, field: Key, actor: CurrentActor) -> SealedValue:
        """As `company_sealed`."""
        return await customers.person_sealed(actor, id, field)
