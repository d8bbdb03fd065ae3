"""The records that tasks and notes are about, and the people who do them: other modules' own."""

from typing import Any, Protocol

from gausdo.kernel.actor import Actor
from gausdo.modules.activities.contract import About
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Deal, Sales
from gausdo.platform.known import known_record


class Neighbours(Protocol):
    @property
    def customers(self) -> Customers: ...
    @property
    def sales(self) -> Sales: ...
    @property
    def identity(self) -> Identity: ...


async def find(near: Neighbours, actor: Actor, about: About) -> dict[str, Any]:
    """The record as activities shall know it. Raises NotFound when it is not the actor's to see."""
    match about.kind:
        case "company":
            return known_record("company", await near.customers.company(actor, about.id))
        case "person":
            return known_record("person", await near.customers.person(actor, about.id))
        case "deal":
            return known_deal(await near.sales.deal(actor, about.id))


def known_deal(deal: Deal) -> dict[str, Any]:
    return {
        "kind": "deal",
        "id": deal.id,
        "label": deal.title,
        "owner_id": deal.owner.id,
        "team_id": deal.team_id,
        "version": deal.version,
    }
