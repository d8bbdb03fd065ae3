"""What deals name: companies, people, other deals. It is asked before the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, Linked, Values
from gausdo.kernel.errors import invalid
from gausdo.modules.customers.contract import Customers
from gausdo.modules.sales.contract import Deal, DealDraft
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.custom_links import NO_RECORD, Find, Found, demand_linked, find_linked
from gausdo.platform.custom_unique import Holder, Holders
from gausdo.platform.known import known_record, known_records

_NAMES: tuple[tuple[str, Linked], ...] = (("company_id", "company"), ("contact_id", "person"))


class Naming(Protocol):
    """A deal that is to be, or a change of one."""

    @property
    def company_id(self) -> UUID | None: ...
    @property
    def contact_id(self) -> UUID | None: ...
    @property
    def custom(self) -> Values | None: ...


def known_of(found: Found) -> list[dict[str, Any]]:
    """Companies and people as sales shall know them."""
    return [
        record
        for kind, records in found.items()
        if kind != "deal"
        for record in known_records(kind, records.values())
    ]


@dataclass(frozen=True)
class Batch:
    """What many rows of a file need to know, asked once."""

    fields: Sequence[CustomField]
    named: Found
    held: Holders

    def demand(self, draft: DealDraft, but: UUID | None = None) -> None:
        """Raises Invalid for what names nothing, ValueTaken; `but`: of the deal that is changed."""
        for field, kind in _NAMES:
            id = getattr(draft, field)
            if id is not None and id not in self.named.get(kind, ()):
                raise invalid(field, "not-found", NO_RECORD)
        demand_linked(self.fields, draft.custom, self.named)
        self.held.demand(draft.custom, but)

    def hold(self, row: DealRow) -> None:
        self.held.hold(row.custom, Holder(row.id, row.title))


class Names:
    """The part of `SalesService` that asks for what deals name."""

    if TYPE_CHECKING:

        @property
        def customers(self) -> Customers: ...
        async def find_deals(self, actor: Actor, ids: list[UUID]) -> list[Deal]: ...

    @property
    def _find(self) -> dict[Linked, Find]:
        return {
            "company": self.customers.find_companies,
            "person": self.customers.find_people,
            "deal": self.find_deals,
        }

    async def _neighbours(
        self, actor: Actor, told: Naming, fields: Sequence[CustomField] = ()
    ) -> list[dict[str, Any]]:
        """The companies and people as sales shall know them. Raises NotFound, Invalid."""
        known = []
        if told.company_id is not None:
            company = await self.customers.company(actor, told.company_id)
            known.append(known_record("company", company))
        if told.contact_id is not None:
            known.append(
                known_record("person", await self.customers.person(actor, told.contact_id))
            )
        custom = told.custom or {}
        found = await find_linked(actor, fields, [custom], self._find)
        demand_linked(fields, custom, found)
        return known + known_of(found)

    async def _named(
        self, actor: Actor, drafts: Sequence[DealDraft], fields: Sequence[CustomField]
    ) -> Found:
        """What `drafts` name and the actor may see."""
        found = dict(
            await find_linked(actor, fields, (draft.custom for draft in drafts), self._find)
        )
        for field, kind in _NAMES:
            ids = {id for draft in drafts if (id := getattr(draft, field)) is not None}
            records = await self._find[kind](actor, [*ids])
            found[kind] = {**found.get(kind, {}), **{one.id: one for one in records}}
        return found
