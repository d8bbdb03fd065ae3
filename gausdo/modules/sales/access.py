"""Who may touch which deal. There is no other way to a DealRow."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.sales.fields import COLUMNS, DEAL
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Tx
from gausdo.platform.rights import demand_reach, told_within, within

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
    query = select(DealRow).where(DealRow.id == id, visible(actor))
    row = (
        await tx.session.scalars(query if right == READ else query.with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound(NO_DEAL)
    if right != READ:
        demand_reach(actor, right, row, DEAL)
    return row
