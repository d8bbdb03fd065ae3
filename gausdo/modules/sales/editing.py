"""Mass edits of deals: the use cases over `platform.mass`."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, among
from gausdo.kernel.mass import Found, MassEdit, MassPreview
from gausdo.kernel.pages import at_most_a_page
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.values import Json
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales import access, queries
from gausdo.modules.sales.contract import DEALS, DealChange, DealQuery
from gausdo.modules.sales.events import DealsEdited
from gausdo.modules.sales.many import DealsEdit
from gausdo.modules.sales.tables import DealRow, ItemRow, MassRow
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database, Tx
from gausdo.platform.deleting import Deleting
from gausdo.platform.mass import MassEdits
from gausdo.platform.mass_kinds import Kind, Values
from gausdo.platform.owners import new_owner

DEAL = "deal"


class EditingService:
    """The part of `SalesService` that changes many deals at once."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

        @property
        def identity(self) -> Identity: ...

        @property
        def fields(self) -> CustomFields: ...

        @property
        def deleting(self) -> Deleting: ...

        async def list_deals(self, actor: Actor, query: DealQuery) -> Json: ...

        async def alter(
            self,
            tx: Tx,
            actor: Actor,
            row: DealRow,
            change: DealChange,
            fields: Sequence[CustomField] = (),
        ) -> None: ...

        async def named(self, actor: Actor, edit: DealsEdit) -> list[dict[str, Any]]:
            """The neighbours it names. Raises NotFound."""

    async def open_deals_of(
        self, actor: Actor, ids: list[UUID], besides: list[UUID]
    ) -> dict[UUID, int]:
        demand_gausdo(actor)
        asked = queries.open_of_each(at_most_a_page(ids), at_most_a_page(besides))
        async with self.db.begin(actor) as tx:
            return {row.owner_id: row.open for row in await tx.session.execute(asked)}

    @property
    def mass(self) -> MassEdits:
        return self.mass_of()

    def mass_of(self, known: Sequence[dict[str, Any]] = ()) -> MassEdits:
        async def demand(tx: Tx, actor: Actor, told: Values) -> None:
            if "owner_id" in told:
                await new_owner(tx, actor, told["owner_id"])
            await tx.remember_known(list(known))

        kind = Kind(DEALS, access.GUARD, DealChange, self._page, self._edit, demand, self.deleting)
        rows = MassRow, ItemRow
        return MassEdits(self.db, self.identity.actor, {kind.name: kind}, *rows, DealsEdited)

    async def _page(self, actor: Actor, found: Found, after: str | None) -> Json:
        return await self.list_deals(actor, found.page(DealQuery, after))

    async def _edit(
        self,
        tx: Tx,
        actor: Actor,
        id: UUID,
        names: Sequence[str],
        values: Callable[[Any], Values],
    ) -> int | None:
        """One deal of a mass edit; the version it makes, None where all was so already."""
        row = await access.deal(tx, actor, id, access.EDIT, names)
        version = row.version
        change = DealChange.model_validate({**values(row), "version": version})
        fields = await self.fields.there(tx, DEAL) if change.custom else ()
        await self.alter(tx, actor, row, change, fields)
        return row.version if row.version > version else None

    async def preview_deals_edit(self, actor: Actor, edit: DealsEdit) -> MassPreview:
        edit = await self._formed(edit)
        await self.named(actor, edit)
        return await self.mass.preview(actor, DEAL, edit)

    async def _formed(self, edit: DealsEdit) -> DealsEdit:
        """Its values of added fields in their one form. Raises Invalid."""
        if not edit.custom():
            return edit
        return edit.with_custom(among(await self.fields.of(DEAL), edit.custom()))

    async def edit_deals(self, actor: Actor, edit: DealsEdit, key: str | None = None) -> MassEdit:
        edit = await self._formed(edit)
        known = await self.named(actor, edit)
        return await self.mass_of(known).start(actor, DEAL, edit, key)

    async def deals_edit(self, actor: Actor, id: UUID) -> MassEdit:
        return await self.mass.one(actor, DEAL, id)

    async def stop_deals_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        return await self.mass.stop(actor, DEAL, id, key)

    async def undo_deals_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        return await self.mass.undo(actor, DEAL, id, key)
