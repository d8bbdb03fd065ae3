"""Who else a deal is talked over with; `contract` hands it on."""

from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Draft, Value

MOST = 20
"""Further contacts of one deal."""


class ContactRole(StrEnum):
    """What a person has to do with a deal."""

    DECIDES = "decides"
    PAYS = "pays"
    USES = "uses"
    INFLUENCES = "influences"
    OTHER = "other"


class Known(Value):
    """Another module's record as sales knows it; the name only where the reader may see it."""

    id: UUID
    name: str | None


class ContactDraft(Draft):
    person_id: UUID
    role: ContactRole


class DealContactsDraft(Draft):
    """All of them, in their order, without the main one; `version` is the deal's."""

    version: int = Field(strict=True, ge=1, le=2**53)
    contacts: Annotated[list[ContactDraft], Field(max_length=MOST)]


class DealContact(Value):
    person: Known
    role: ContactRole


class DealContacts(Value):
    """Besides the main contact. `hidden`: the reader may not see the deal's contacts, so none is
    told.
    """

    deal_id: UUID
    version: int
    contacts: list[DealContact]
    hidden: bool


class KeepsContacts(Protocol):
    """The part of `sales` that knows who else has to do with a deal."""

    async def deal_contacts(self, actor: Actor, id: UUID) -> DealContacts:
        """Raises NotFound, also when the actor may not see the deal."""
        ...

    async def set_deal_contacts(
        self, actor: Actor, id: UUID, draft: DealContactsDraft, key: str | None = None
    ) -> DealContacts:
        """Raises NotFound, Forbidden, Stale, Invalid (a person not to be seen, or told twice)."""
        ...
