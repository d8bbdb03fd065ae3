"""Mass edits of companies and people: the use cases over `platform.mass`."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import true

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, among
from gausdo.kernel.custom import Values as CustomValues
from gausdo.kernel.mass import Found, MassEdit, MassPreview
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Change, Json
from gausdo.modules.customers import access, companies
from gausdo.modules.customers.contract import CompanyChange, PeopleQuery, PersonChange
from gausdo.modules.customers.events import CustomersEdited
from gausdo.modules.customers.many import CompaniesEdit, PeopleEdit
from gausdo.modules.customers.mass_rows import ItemRow, MassRow
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.modules.customers.ways import comparable
from gausdo.modules.identity.contract import Identity
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database, Tx
from gausdo.platform.deleting import Deleting
from gausdo.platform.mass import MassEdits
from gausdo.platform.mass_kinds import Kind, Page, Values
from gausdo.platform.owners import new_owner

E = TypeVar("E", CompaniesEdit, PeopleEdit)
COMPANY, PERSON = "company", "person"


class EditingService:
    """The part of `CustomersService` that changes many records at once."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

        @property
        def identity(self) -> Identity: ...

        @property
        def fields(self) -> CustomFields: ...

        async def list_companies(self, actor: Actor, query: ListQuery) -> Json: ...

        async def list_people(self, actor: Actor, query: PeopleQuery) -> Json: ...

        def deleting(self, of: type[Customer]) -> Deleting: ...

        async def alter(
            self,
            tx: Tx,
            actor: Actor,
            of: type[Customer],
            row: Customer,
            told: dict[str, Any],
            fields: Sequence[CustomField] = (),
            custom: Mapping[str, Any] = {},
        ) -> None: ...

        async def demand_linked(
            self, actor: Actor, fields: Sequence[CustomField], custom: CustomValues
        ) -> None: ...

    @property
    def mass(self) -> MassEdits:
        kinds = (
            self._kind(CompanyRow, CompanyChange, self._company_page),
            self._kind(PersonRow, PersonChange, self._person_page),
        )
        return MassEdits(
            self.db, self.identity.actor, {kind.name: kind for kind in kinds},
            MassRow, ItemRow, CustomersEdited,
        )  # fmt: skip

    def _kind(self, of: type[Customer], changes: type[Change], page: Page) -> Kind:
        async def demand(tx: Tx, actor: Actor, told: Values) -> None:
            await companies.demand(tx, actor, told)
            if "owner_id" in told:
                await new_owner(tx, actor, told["owner_id"])

        async def edit(
            tx: Tx, actor: Actor, id: UUID, names: Sequence[str], values: Callable[[Any], Values]
        ) -> int | None:
            row = await access.record(tx, actor, of, id, "edit", names)
            version = row.version
            told = values(row)
            custom = told.pop("custom", None) or {}
            fields = await self.fields.there(tx, of.kind) if custom else ()
            await self.alter(tx, actor, of, row, comparable(told.items()), fields, custom)
            return row.version if row.version > version else None

        there = PersonRow.erased_at.is_(None) if of is PersonRow else true()
        return Kind(
            access.GUARDED[of], access.GUARDS[of], changes, page, edit, demand,
            self.deleting(of), there,
        )  # fmt: skip

    async def _formed(self, actor: Actor, kind: str, edit: E) -> E:
        """Its values of added fields in their one form. Raises Invalid."""
        if not edit.custom():
            return edit
        fields = await self.fields.of(kind)
        edit = edit.with_custom(among(fields, edit.custom()))
        await self.demand_linked(actor, fields, edit.custom())
        return edit

    async def _company_page(self, actor: Actor, found: Found, after: str | None) -> Json:
        return await self.list_companies(actor, found.page(ListQuery, after))

    async def _person_page(self, actor: Actor, found: Found, after: str | None) -> Json:
        return await self.list_people(actor, found.page(PeopleQuery, after))

    async def preview_companies_edit(self, actor: Actor, edit: CompaniesEdit) -> MassPreview:
        return await self.mass.preview(actor, COMPANY, await self._formed(actor, COMPANY, edit))

    async def edit_companies(
        self, actor: Actor, edit: CompaniesEdit, key: str | None = None
    ) -> MassEdit:
        edit = await self._formed(actor, COMPANY, edit)
        return await self.mass.start(actor, COMPANY, edit, key)

    async def companies_edit(self, actor: Actor, id: UUID) -> MassEdit:
        return await self.mass.one(actor, COMPANY, id)

    async def stop_companies_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        return await self.mass.stop(actor, COMPANY, id, key)

    async def undo_companies_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        return await self.mass.undo(actor, COMPANY, id, key)

    async def preview_people_edit(self, actor: Actor, edit: PeopleEdit) -> MassPreview:
        return await self.mass.preview(actor, PERSON, await self._formed(actor, PERSON, edit))

    async def edit_people(self, actor: Actor, edit: PeopleEdit, key: str | None = None) -> MassEdit:
        edit = await self._formed(actor, PERSON, edit)
        return await self.mass.start(actor, PERSON, edit, key)

    async def people_edit(self, actor: Actor, id: UUID) -> MassEdit:
        return await self.mass.one(actor, PERSON, id)

    async def stop_people_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        return await self.mass.stop(actor, PERSON, id, key)

    async def undo_people_edit(self, actor: Actor, id: UUID, key: str | None = None) -> MassEdit:
        return await self.mass.undo(actor, PERSON, id, key)
