"""Companies and people that are deleted and come back; `contract` hands it on."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.deleted import BroughtBack, DeletedQuery, DeletedRecord
from gausdo.kernel.values import Json


class DeletesCustomers(Protocol):
    async def delete_company(
        self, actor: Actor, id: UUID, version: int, key: str | None = None
    ) -> DeletedRecord:
        """Whatever names it stays, and shows nothing of it. Raises NotFound, Forbidden, Stale."""
        ...

    async def bring_company_back(
        self, actor: Actor, id: UUID, key: str | None = None
    ) -> BroughtBack:
        """As it was. Raises NotFound, Forbidden, Duplicate when another is the same by now."""
        ...

    async def deleted_companies(self, actor: Actor, query: DeletedQuery) -> Json:
        """`Listed[DeletedRecord]` of those the actor could read, the latest first."""
        ...

    async def delete_person(
        self, actor: Actor, id: UUID, version: int, key: str | None = None
    ) -> DeletedRecord:
        """As `delete_company`."""
        ...

    async def bring_person_back(
        self, actor: Actor, id: UUID, key: str | None = None
    ) -> BroughtBack:
        """As `bring_company_back`."""
        ...

    async def deleted_people(self, actor: Actor, query: DeletedQuery) -> Json:
        """As `deleted_companies`."""
        ...
