"""Who may see and repeat which delivery, and who may touch keys."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.integrations.contract import IMPORTS, KEYS, NETWORKS, WEBHOOKS
from gausdo.modules.integrations.tables import ApiKeyRow, DeliveryRow
from gausdo.platform.db import Tx
from gausdo.platform.rights import Guard, demand_reach, within

CALL = WEBHOOKS.right("create")
READ = WEBHOOKS.right("read")
IMPORT = IMPORTS.right("create")
READ_NETWORKS, CHANGE_NETWORKS = map(NETWORKS.right, ("read", "edit"))
MAKE_KEYS, READ_KEYS, CHANGE_KEYS = map(KEYS.right, ("create", "read", "edit"))

_delivery = DeliveryRow.__table__.c
GUARD = Guard(_delivery.owner_id, _delivery.team_id)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The deliveries the actor may read. Raises Forbidden when none could ever be."""
    actor.demand(READ)
    return within(actor, READ, GUARD)


async def delivery(tx: Tx, actor: Actor, id: UUID, right: Right) -> DeliveryRow:
    """One delivery, locked. Raises NotFound, Forbidden when `right` does not reach it."""
    row = (
        await tx.session.scalars(
            select(DeliveryRow).where(DeliveryRow.id == id, visible(actor)).with_for_update()
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such delivery, or it is not yours to see.")
    await demand_reach(tx, actor, right, row, GUARD)
    return row


async def key(tx: Tx, actor: Actor, id: UUID, right: Right) -> ApiKeyRow:
    """One key, locked. Raises Forbidden, NotFound."""
    actor.demand(READ_KEYS)
    actor.demand(right)
    row: ApiKeyRow | None = await tx.session.get(ApiKeyRow, id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such key.")
    return row
