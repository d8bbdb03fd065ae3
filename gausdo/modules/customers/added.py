"""The use cases of fields that were added: one part of `CustomersService`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import (
    CustomField,
    CustomFieldChange,
    CustomFieldDraft,
    CustomType,
    Linked,
    Values,
)
from gausdo.kernel.formula_values import FormulaDraft, FormulaTried
from gausdo.kernel.lists import Askable
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.rolling import Over, Part, Rollable, Rolled, RollUp
from gausdo.modules.customers import access
from gausdo.modules.customers.added_contract import FIELDS
from gausdo.modules.customers.consent_configuration import ConsentPurposes
from gausdo.modules.customers.contract import Company, Person
from gausdo.modules.customers.retyping import Retyping
from gausdo.modules.customers.segment_configuration import SharedSegments
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.platform.configuration import Kinds
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_configuration import AddedFields
from gausdo.platform.custom_files import FieldFilesService
from gausdo.platform.custom_links import Find, Found, demand_linked, find_linked
from gausdo.platform.db import Database
from gausdo.platform.rolling import LinkedRecords, Measured

_PERSON = PersonRow.__table__
PEOPLE = LinkedRecords(
    _PERSON,
    under={"company": _PERSON.c.company_id},
    fields={"created_at": Measured(CustomType.TIME, _PERSON.c.created_at)},
    only={},
)


class Added(Retyping, FieldFilesService):
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...
        async def find_companies(self, actor: Actor, ids: list[UUID]) -> list[Company]: ...
        async def find_people(self, actor: Actor, ids: list[UUID]) -> list[Person]: ...

    async def company_fields(self, actor: Actor) -> list[CustomField]:
        return await self._fields(actor, CompanyRow)

    async def person_fields(self, actor: Actor) -> list[CustomField]:
        return await self._fields(actor, PersonRow)

    async def _fields(self, actor: Actor, of: type[Customer]) -> list[CustomField]:
        actor.demand(access.right(of, "read"))
        return list(await self.fields.of(of.kind))

    async def add_company_field(
        self, actor: Actor, draft: CustomFieldDraft, key: str | None = None
    ) -> CustomField:
        return await self.fields.add(actor, CompanyRow.kind, draft, key)

    async def add_person_field(
        self, actor: Actor, draft: CustomFieldDraft, key: str | None = None
    ) -> CustomField:
        return await self.fields.add(actor, PersonRow.kind, draft, key)

    async def change_company_field(
        self, actor: Actor, id: UUID, change: CustomFieldChange, key: str | None = None
    ) -> CustomField:
        return await self.fields.change(actor, CompanyRow.kind, id, change, key)

    async def change_person_field(
        self, actor: Actor, id: UUID, change: CustomFieldChange, key: str | None = None
    ) -> CustomField:
        return await self.fields.change(actor, PersonRow.kind, id, change, key)

    async def try_company_formula(self, actor: Actor, draft: FormulaDraft) -> FormulaTried:
        return await self.fields.tried(actor, CompanyRow.kind, draft)

    async def try_person_formula(self, actor: Actor, draft: FormulaDraft) -> FormulaTried:
        return await self.fields.tried(actor, PersonRow.kind, draft)

    async def kinds(self, actor: Actor) -> Kinds:  # noqa: ARG002 - it asks no neighbours
        added = [
            AddedFields(self.fields, of.kind, FIELDS, access.right(of, "read"))
            for of in (CompanyRow, PersonRow)
        ]
        return [*added, SharedSegments(self.fields), ConsentPurposes()]

    async def linked(
        self, actor: Actor, fields: Sequence[CustomField], many: Sequence[Values]
    ) -> Found:
        """What these values of added fields name and the actor may see."""
        find: dict[Linked, Find] = {"company": self.find_companies, "person": self.find_people}
        return await find_linked(actor, fields, many, find)

    async def demand_linked(
        self, actor: Actor, fields: Sequence[CustomField], custom: Values
    ) -> None:
        """Raises Invalid for a link that leads nowhere."""
        demand_linked(fields, custom, await self.linked(actor, fields, [custom]))

    async def added_fields(self, actor: Actor) -> list[Askable]:
        told = []
        for of in (CompanyRow, PersonRow):
            read = access.right(of, "read")
            if actor.may(read):
                fields = await self.fields.askable(actor, read, of.kind)
                told.append(Askable(object=read.object, fields=fields))
        return told

    async def rollable(self, actor: Actor, over: Over) -> list[Rollable]:
        demand_gausdo(actor)
        return (await self._people()).rollable() if over == Over.PERSON else []

    async def rolled(
        self, actor: Actor, over: Over, under: str, parts: list[Part], asked: list[RollUp]
    ) -> list[Rolled]:
        demand_gausdo(actor)
        if over != Over.PERSON:
            return []
        return await (await self._people()).rolled(self.db, under, parts, asked)

    async def _people(self) -> LinkedRecords:
        return PEOPLE.with_custom("customers", await self.fields.of(PersonRow.kind))
