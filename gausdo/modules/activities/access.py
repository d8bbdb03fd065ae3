"""Who may touch which task. There is no other way to a TaskRow."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.activities.fields import COLUMNS, TASK
from gausdo.modules.activities.tables import TaskRow
from gausdo.platform.db import Tx
from gausdo.platform.rights import demand_reach, told_within, within

CREATE = Right("activities.task", "create")
READ = Right("activities.task", "read")
EDIT = Right("activities.task", "edit")
ASSIGN = Right("activities.task", "assign")
CREATE_NOTE = Right("activities.note", "create")
READ_NOTE = Right("activities.note", "read")

NO_TASK = "There is no such task, or it is not yours to see."


def visible(actor: Actor) -> ColumnElement[bool]:
    """The tasks the actor may read. Raises Forbidden when none could ever be."""
    actor.demand(READ)
    return within(actor, READ, COLUMNS["owner_id"], COLUMNS["team_id"], TASK, COLUMNS)


def editable(actor: Actor) -> ColumnElement[Any]:
    """Of a task that is read: whether the actor may change it."""
    return told_within(actor, EDIT, COLUMNS["owner_id"], COLUMNS["team_id"], TASK, COLUMNS)


async def task(tx: Tx, actor: Actor, id: UUID, right: Right) -> TaskRow:
    """One task, locked to be changed.

    Raises NotFound when the actor may not read it, Forbidden when `right` does not reach it.
    """
    query = select(TaskRow).where(TaskRow.id == id, visible(actor)).with_for_update()
    row = (await tx.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound(NO_TASK)
    demand_reach(actor, right, row, TASK)
    return row
