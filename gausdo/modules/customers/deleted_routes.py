"""Deleted companies and people over HTTP."""

from uuid import UUID

from gausdo.kernel.deleted import BroughtBack, DeletedRecord, Version
from gausdo.modules.customers.contract import Customers
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def deleted_routes(api: Routes, customers: Customers) -> None:
    @api.delete("/companies/{id}", right="customers.company.delete")
    async def delete_company(
        id: UUID,
        version: Version,
        actor: CurrentActor,
        key: IdempotencyKey = None,
    ) -> DeletedRecord:
        """As the one who deletes it has seen it last; it can be brought back for thirty days."""
        return await customers.delete_company(actor, id, version, key)

    @api.post("/companies/{id}/restore", right="customers.company.delete")
    async def bring_company_back(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> BroughtBack:
        """A deleted one is there again, as it was."""
        return await customers.bring_company_back(actor, id, key)

    @api.delete("/people/{id}", right="customers.person.delete")
    async def delete_person(
        id: UUID,
        version: Version,
        actor: CurrentActor,
        key: IdempotencyKey = None,
    ) -> DeletedRecord:
        """As the one who deletes it has seen it last; it can be brought back for thirty days."""
        return await customers.delete_person(actor, id, version, key)

    @api.post("/people/{id}/restore", right="customers.person.delete")
    async def bring_person_back(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> BroughtBack:
        """A deleted one is there again, as it was."""
        return await customers.bring_person_back(actor, id, key)
