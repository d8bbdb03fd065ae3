"""Who may touch which deal. There is no other way to a DealRow."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.sales.fields import COLUMNS, DEAL
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Read, Tx
from gausdo.platform.narrow import same
from gausdo.platform.rights import asked_by, demand_reach, told_within, within

CREATE = Right("sales.deal", "create")
READ = Right("sales.deal", "read")
EDIT = Right("sales.deal", "edit")
ASSIGN = Right("sales.deal", "assign")
IMPORT = Right("sales.deal", "import")
NO_DEAL = "There is no such deal, or it is not yours to see."
CONFIGURE = Right("sales.pipeline", "edit")


def visible(actor: Actor) -> ColumnElement[bool]:
    """The deals the actor may read. Raises Forbidden when none could ever be."""
    actor.demand(READ)
    deal = DealRow.__table__.c
    return within(actor, READ, deal.owner_id, deal.team_id, DEAL, COLUMNS)


def editable(actor: Actor) -> ColumnElement[Any]:
    """Of a deal that is read: whether the actor may change it."""
    deal = DealRow.__table__.c
    return told_within(actor, EDIT, deal.owner_id, deal.team_id, DEAL, COLUMNS)


async def deal(tx: Tx, actor: Actor, id: UUID, right: Right = READ) -> DealRow:
    """One deal, locked when it is to be changed.

    Raises NotFound when the actor may not read it, Forbidden when `right` does not reach it.
    """
    row: DealRow | None = await tx.row(_row(actor, id, for_update=right != READ))
    if row is None:
        raise NotFound(NO_DEAL)
    if right != READ:
        demand_reach(actor, right, row, DEAL)
    return row


def _row(actor: Actor, id: UUID, *, for_update: bool) -> Read:
    asked = asked_by(actor, "deal's row", for_update)
    asked.add(id=id)

    def statement() -> Select[Any]:
        query = select(DealRow).where(same(DealRow.__table__.c.id, "id", id), visible(actor))
        return query.with_for_update() if for_update else query

    return asked.read(statement)
