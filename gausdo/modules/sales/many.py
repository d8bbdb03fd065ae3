"""Many deals changed at once; `contract` hands it on."""

from datetime import date
from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomSet
from gausdo.kernel.mass import MassChange, MassEdit, MassPreview
from gausdo.modules.sales.deleted_contract import DeletesDeals


class DealSet(CustomSet):
    """Fields that many deals can be given the same value of."""

    owner_id: UUID | None = None
    company_id: UUID | None = None
    contact_id: UUID | None = None
    expected_on: date | None = None


class DealsEdit(MassChange):
    change: DealSet = DealSet()


class EditsDeals(DeletesDeals, Protocol):
    """The part of `sales` that changes or deletes many deals at once, and deletes one."""

    async def preview_deals_edit(self, actor: Actor, edit: DealsEdit) -> MassPreview:
        """What it would do now. Raises Forbidden, Invalid, NotFound (company, contact)."""
        ...

    async def edit_deals(self, actor: Actor, edit: DealsEdit, key: str | None = None) -> MassEdit:
        """Begin it; it goes on by itself. Raises as the preview, MassRunning."""
        ...

    async def deals_edit(self, actor: Actor, id: UUID) -> MassEdit:
        """One of the actor's. Raises NotFound."""
        ...

    async def stop_deals_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        """What it has changed by now stays. Raises NotFound."""
        ...

    async def undo_deals_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        """Another one, which gives every field back that nobody has changed since.

        Raises NotFound, MassRunning, NothingToUndo.
        """
        ...

    async def open_deals_of(
        self, actor: Actor, ids: list[UUID], besides: list[UUID]
    ) -> dict[UUID, int]:
        """Open deals of each of these people (≤ 200) `besides` some (≤ 200); only Gausdo asks."""
        ...
