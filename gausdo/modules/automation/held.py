"""A record that a rule gives to somebody, or whose fields it sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.fields import plain
from gausdo.modules.automation.contract import SetTags
from gausdo.modules.customers.contract import (
    MOST_TAGS,
    Company,
    CompanyChange,
    Customers,
    Person,
    PersonChange,
)
from gausdo.modules.sales.contract import Deal, DealChange, Sales
from gausdo.platform.drain import Hopeless

UNSEEN = "automation.record-unseen"


class Held(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def owner_id(self) -> UUID: ...
    async def again(self, author: Actor) -> Self:
        """As it is by now."""
        ...

    async def change(self, actor: Actor, told: Mapping[str, Any], key: str) -> None:
        """Raises Stale, and whatever its module refuses."""
        ...


@dataclass(frozen=True)
class HeldDeal:
    sales: Sales
    deal: Deal

    @property
    def id(self) -> UUID:
        return self.deal.id

    @property
    def owner_id(self) -> UUID:
        return self.deal.owner.id

    async def again(self, author: Actor) -> Self:
        return type(self)(self.sales, await self.sales.deal(author, self.id))

    async def change(self, actor: Actor, told: Mapping[str, Any], key: str) -> None:
        change = DealChange(version=self.deal.version, **told)
        await self.sales.change_deal(actor, self.id, change, key)


@dataclass(frozen=True)
class HeldCustomer:
    customers: Customers
    record: Company | Person

    @property
    def id(self) -> UUID:
        return self.record.id

    @property
    def owner_id(self) -> UUID:
        return self.record.owner_id

    async def again(self, author: Actor) -> Self:
        read = self.customers.person if isinstance(self.record, Person) else self.customers.company
        return type(self)(self.customers, await read(author, self.id))

    def tagged(self, step: SetTags) -> Mapping[str, Any]:
        """What its tags are to be. Raises Hopeless where the author cannot say."""
        if "tags" in self.record.hidden:
            raise Hopeless("The rule's author may not see its tags.", error_code=UNSEEN)
        less, more = ({plain(tag) for tag in tags} for tags in (step.remove, step.add))
        kept = [tag for tag in self.record.tags if tag not in less]
        tags = [*kept, *sorted(more - {*kept})]
        if len(tags) > MOST_TAGS:
            told = f"It would have more than {MOST_TAGS} tags."
            raise Hopeless(told, error_code="automation.too-many-tags")
        return {"tags": tags}

    async def change(self, actor: Actor, told: Mapping[str, Any], key: str) -> None:
        version = self.record.version
        if isinstance(self.record, Person):
            person = PersonChange(version=version, **told)
            await self.customers.change_person(actor, self.id, person, key)
        else:
            company = CompanyChange(version=version, **told)
            await self.customers.change_company(actor, self.id, company, key)
