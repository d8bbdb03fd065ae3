"""Who may touch which gizmo. There is no other way to a GizmoRow."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.gizmos.contract import GIZMOS
from gausdo.modules.gizmos.fields import COLUMNS, GIZMO
from gausdo.modules.gizmos.tables import GizmoRow
from gausdo.platform.db import Tx
from gausdo.platform.rights import Guard, demand_reach, within

CREATE = GIZMOS.right("create")
READ = GIZMOS.right("read")
EDIT = GIZMOS.right("edit")
ASSIGN = GIZMOS.right("assign")

GUARD = Guard(COLUMNS["owner_id"], COLUMNS["team_id"], fields=GIZMO, columns=COLUMNS)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The gizmos the actor may read. Raises Forbidden when none could ever be."""
    actor.demand(READ)
    return within(actor, READ, GUARD)


async def gizmo(tx: Tx, actor: Actor, id: UUID, right: Right = READ) -> GizmoRow:
    """One gizmo, locked when it is to be changed.

    Raises NotFound when the actor may not read it, Forbidden when `right` does not reach it.
    """
    query = select(GizmoRow).where(GizmoRow.id == id, visible(actor))
    row = (
        await tx.session.scalars(query if right == READ else query.with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such gizmo, or it is not yours to see.")
    if right != READ:
        await demand_reach(tx, actor, right, row, GUARD)
    return row
