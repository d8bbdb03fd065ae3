"""Fields that an installation adds to its companies and people: a part of the contract."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.configuration import Configured
from gausdo.kernel.custom import (
    CustomField,
    CustomFieldChange,
    CustomFieldChanged,
    CustomFieldDraft,
)
from gausdo.kernel.formula_values import FormulaDraft, FormulaTried
from gausdo.kernel.lists import AddsFields
from gausdo.kernel.rights import guarded
from gausdo.kernel.rolling import RollsUp

FIELDS = guarded("customers.field", "edit")


class CustomerFieldChanged(CustomFieldChanged, name="customers.field-changed.v1"): ...


class AddedFields(AddsFields, Configured, RollsUp, Protocol):
    async def company_fields(self, actor: Actor) -> list[CustomField]:
        """In their order, those put away included. Raises Forbidden."""
        ...

    async def add_company_field(
        self, actor: Actor, draft: CustomFieldDraft, key: str | None = None
    ) -> CustomField:
        """Raises Forbidden, Invalid, KeyTaken."""
        ...

    async def change_company_field(
        self, actor: Actor, id: UUID, change: CustomFieldChange, key: str | None = None
    ) -> CustomField:
        """Raises Forbidden, NotFound, Invalid, Stale."""
        ...

    async def try_company_formula(self, actor: Actor, draft: FormulaDraft) -> FormulaTried:
        """What a formula would give. Raises Forbidden."""
        ...

    async def try_person_formula(self, actor: Actor, draft: FormulaDraft) -> FormulaTried:
        """As `try_company_formula`."""
        ...

    async def person_fields(self, actor: Actor) -> list[CustomField]:
        """As `company_fields`."""
        ...

    async def add_person_field(
        self, actor: Actor, draft: CustomFieldDraft, key: str | None = None
    ) -> CustomField:
        """As `add_company_field`."""
        ...

    async def change_person_field(
        self, actor: Actor, id: UUID, change: CustomFieldChange, key: str | None = None
    ) -> CustomField:
        """As `change_company_field`."""
        ...
