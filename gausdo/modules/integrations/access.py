"""Who may see and repeat which delivery. There is no other way to a DeliveryRow."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.integrations.tables import DeliveryRow
from gausdo.platform.db import Tx
from gausdo.platform.rights import demand_reach, within

CALL = Right("integrations.webhook", "create")
READ = Right("integrations.webhook", "read")
IMPORT = Right("integrations.import", "create")


def visible(actor: Actor) -> ColumnElement[bool]:
    """The deliveries the actor may read. Raises Forbidden when none could ever be."""
    actor.demand(READ)
    delivery = DeliveryRow.__table__.c
    return within(actor, READ, delivery.owner_id, delivery.team_id)


async def delivery(tx: Tx, actor: Actor, id: UUID, right: Right) -> DeliveryRow:
    """One delivery, locked. Raises NotFound, Forbidden when `right` does not reach it."""
    row = (
        await tx.session.scalars(
            select(DeliveryRow).where(DeliveryRow.id == id, visible(actor)).with_for_update()
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such delivery, or it is not yours to see.")
    demand_reach(actor, right, row)
    return row
