"""`gausdo person`: a person's data on their request, for whoever runs the installation.

Whoever may run this has the installation's secrets, so it asks for no right.
"""

from uuid import UUID

from gausdo.app import opened
from gausdo.kernel.actor import SYSTEM, Reach
from gausdo.kernel.persons import Erasure, Held
from gausdo.modules.customers.contract import PEOPLE, Customers
from gausdo.settings import Settings

OPERATOR = SYSTEM.model_copy(
    update={"grants": (*SYSTEM.grants, *PEOPLE.grants(Reach.ALL, "export", "erase"))}
)


async def exported(settings: Settings, id: UUID) -> list[Held]:
    """Everything, by place. Raises NotFound."""
    async with opened(settings) as gausdo:
        return await gausdo.get(Customers).export_person(OPERATOR, id)


async def erased(settings: Settings, id: UUID) -> Erasure:
    """Done here, without waiting for the worker. Raises NotFound."""
    async with opened(settings) as gausdo:
        customers = gausdo.get(Customers)
        await customers.erase_person(OPERATOR, id)
        await gausdo.services["customers"].forgetting.forget(id)
        return await customers.erasure(OPERATOR, id)
