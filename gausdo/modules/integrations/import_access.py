"""Who may see which import, and change it: one's own, and as far as the rights reach."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound
from gausdo.modules.integrations.contract import IMPORTS
from gausdo.modules.integrations.import_tables import ImportRow
from gausdo.platform.db import Tx
from gausdo.platform.rights import Guard, demand_reach, within

CREATE, READ, EDIT = map(IMPORTS.right, ("create", "read", "edit"))
_import = ImportRow.__table__.c
GUARD = Guard(_import.owner_id, _import.team_id)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Raises Forbidden for whoever may neither import nor read imports."""
    if not actor.may(READ):
        actor.demand(CREATE)
    return or_(_import.owner_id == actor.id, within(actor, READ, GUARD))


async def one(tx: Tx, actor: Actor, id: UUID, *, change: bool = False) -> ImportRow:
    """Locked when it is to be changed. Raises NotFound, Forbidden."""
    query = select(ImportRow).where(ImportRow.id == id, visible(actor))
    row: ImportRow | None = await tx.session.scalar(query.with_for_update() if change else query)
    if row is None:
        raise NotFound("There is no such import, or it is not yours to see.")
    if change and row.owner_id == actor.id:
        actor.demand(CREATE)
    elif change:
        await demand_reach(tx, actor, EDIT, row, GUARD)
    return row
