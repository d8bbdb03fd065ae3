"""Fields that an installation adds to its deals: a part of the contract."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.becoming import BecomeDraft, BecomingSeen, LeftBehindPage
from gausdo.kernel.custom import (
    CustomField,
    CustomFieldChange,
    CustomFieldChanged,
    CustomFieldDraft,
)
from gausdo.kernel.custom_files import KeepsFieldFiles
from gausdo.kernel.custom_sealed import SealedValue
from gausdo.kernel.formula_values import FormulaDraft, FormulaTried
from gausdo.kernel.lists import AddsFields
from gausdo.kernel.rights import guarded
from gausdo.kernel.rolling import RollsUp

FIELDS = guarded("sales.field", "edit")


class DealFieldChanged(CustomFieldChanged, name="sales.deal-field-changed.v1"): ...


class DealFields(AddsFields, RollsUp, KeepsFieldFiles, Protocol):
    async def deal_fields(self, actor: Actor) -> list[CustomField]:
        """In their order, those put away included. Raises Forbidden."""
        ...

    async def add_deal_field(
        self, actor: Actor, draft: CustomFieldDraft, key: str | None = None
    ) -> CustomField:
        """Raises Forbidden, Invalid, KeyTaken."""
        ...

    async def change_deal_field(
        self, actor: Actor, id: UUID, change: CustomFieldChange, key: str | None = None
    ) -> CustomField:
        """Raises Forbidden, NotFound, Invalid, Stale."""
        ...

    async def deal_sealed(self, actor: Actor, id: UUID, field: str) -> SealedValue:
        """The value of a field that is kept encrypted, by its key; that it was told is in the
        audit. Raises NotFound, Forbidden when this field is not the actor's to see, Unreadable.
        """
        ...

    async def try_deal_formula(self, actor: Actor, draft: FormulaDraft) -> FormulaTried:
        """What a formula would give. Raises Forbidden."""
        ...

    async def see_deal_field_become(
        self, actor: Actor, id: UUID, draft: BecomeDraft
    ) -> BecomingSeen:
        """What would become of its values as those of another type. Raises Forbidden, NotFound,
        Invalid.
        """
        ...

    async def become_deal_field(
        self, actor: Actor, id: UUID, draft: BecomeDraft, key: str | None = None
    ) -> CustomField:
        """Begin to give it another type; its values are made anew by a job, and when all are
        there, another field stands in its place. Raises Forbidden, NotFound, Invalid, Stale,
        FieldInUse, FieldBecoming.
        """
        ...

    async def stop_deal_field_becoming(
        self, actor: Actor, id: UUID, key: str | None = None
    ) -> CustomField:
        """It keeps its type, and what was made by then is taken away. Raises Forbidden, NotFound,
        NotBecoming, also when it has the other one by now.
        """
        ...

    async def deal_values_left(
        self, actor: Actor, id: UUID, after: UUID | None = None
    ) -> LeftBehindPage:
        """The values that did not become those of this field. Raises Forbidden, NotFound."""
        ...
