"""Deals that are deleted and come back; `contract` hands it on."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.deleted import BroughtBack, DeletedQuery, DeletedRecord
from gausdo.kernel.values import Json


class DeletesDeals(Protocol):
    async def delete_deal(
        self, actor: Actor, id: UUID, version: int, key: str | None = None
    ) -> DeletedRecord:
        """Whatever names it stays, and shows nothing of it. Raises NotFound, Forbidden, Stale."""
        ...

    async def bring_deal_back(self, actor: Actor, id: UUID, key: str | None = None) -> BroughtBack:
        """As it was, in a stage that is there. Raises NotFound, Forbidden, UnknownStage."""
        ...

    async def deleted_deals(self, actor: Actor, query: DeletedQuery) -> Json:
        """`Listed[DeletedRecord]` of those the actor could read, the latest first."""
        ...
