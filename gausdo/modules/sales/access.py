"""Who may touch which deal. There is no other way to a DealRow."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.sales.contract import DEALS, PIPELINES, PRODUCTS, RATES, StageKind
from gausdo.modules.sales.fields import COLUMNS, DEAL, HIDES, SEGMENT, WITH
from gausdo.modules.sales.goals_contract import GOALS
from gausdo.modules.sales.tables import SHARE, DealRow
from gausdo.platform.custom_unique import Kept
from gausdo.platform.db import Read, Tx
from gausdo.platform.narrow import same
from gausdo.platform.rights import Guard, asked_by, demand_reach, told_within, within

CREATE = DEALS.right("create")
READ = DEALS.right("read")
EDIT = DEALS.right("edit")
ASSIGN = DEALS.right("assign")
IMPORT = DEALS.right("import")
DELETE = DEALS.right("delete")
SHARE_DEAL = DEALS.right("share")
CLOSE = {StageKind.WON: DEALS.right("win"), StageKind.LOST: DEALS.right("lose")}
"""What one needs beside `EDIT` to move a deal to a stage of this kind."""
NO_DEAL = "There is no such deal, or it is not yours to see."
CONFIGURE = PIPELINES.right("edit")
EDIT_RATES = RATES.right("edit")
READ_PRODUCTS = PRODUCTS.right("read")
EDIT_PRODUCTS = PRODUCTS.right("edit")
READ_GOALS = GOALS.right("read")
EDIT_GOALS = GOALS.right("edit")

GUARD = Guard(
    owner=COLUMNS["owner_id"],
    team=COLUMNS["team_id"],
    id=DealRow.__table__.c.id,
    fields=DEAL,
    columns=COLUMNS,
    hides=HIDES,
    shares=SHARE,
    made_of={SEGMENT: WITH},
)


KEPT = Kept(DealRow.__table__.c, "title", GUARD, READ)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The deals the actor may read. Raises Forbidden when none could ever be."""
    actor.demand(READ)
    return within(actor, READ, GUARD)


def editable(actor: Actor) -> ColumnElement[Any]:
    """Of a deal that is read: whether the actor may change it."""
    return told_within(actor, EDIT, GUARD)


async def deal(
    tx: Tx, actor: Actor, id: UUID, right: Right = READ, writing: Iterable[str] = ()
) -> DealRow:
    """One deal, locked when it is to be changed.

    Raises NotFound when the actor may not read it, Forbidden when `right` does not reach it or
    does not let a field of `writing` be written.
    """
    row: DealRow | None = await tx.row(_row(actor, id, for_update=right != READ))
    if row is None:
        raise NotFound(NO_DEAL)
    if right != READ:
        await demand_reach(tx, actor, right, row, GUARD, writing)
    return row


def _row(actor: Actor, id: UUID, *, for_update: bool) -> Read:
    asked = asked_by(actor, "deal's row", for_update)
    asked.add(id=id)

    def statement() -> Select[Any]:
        query = select(DealRow).where(same(DealRow.__table__.c.id, "id", id), visible(actor))
        return query.with_for_update() if for_update else query

    return asked.read(statement)
