"""Who may touch which task. There is no other way to a TaskRow."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.activities.contract import NOTES, TASKS
from gausdo.modules.activities.fields import COLUMNS, TASK
from gausdo.modules.activities.tables import TaskRow
from gausdo.platform.db import Tx
from gausdo.platform.rights import Guard, demand_reach, told_within, within

CREATE = TASKS.right("create")
READ = TASKS.right("read")
EDIT = TASKS.right("edit")
ASSIGN = TASKS.right("assign")
DELETE = TASKS.right("delete")
CREATE_NOTE = NOTES.right("create")
READ_NOTE = NOTES.right("read")

READ_NAME = {
    "company": Right("customers.company", "read"),
    "person": Right("customers.person", "read"),
    "deal": Right("sales.deal", "read"),
}
"""What one needs to see the name of a record of each kind."""

GUARD = Guard(
    COLUMNS["owner_id"],
    COLUMNS["team_id"],
    id=TaskRow.__table__.c.id,
    fields=TASK,
    columns=COLUMNS,
)

NO_TASK = "There is no such task, or it is not yours to see."


def visible(actor: Actor) -> ColumnElement[bool]:
    """The tasks the actor may read. Raises Forbidden when none could ever be."""
    actor.demand(READ)
    return within(actor, READ, GUARD)


def editable(actor: Actor) -> ColumnElement[Any]:
    """Of a task that is read: whether the actor may change it."""
    return told_within(actor, EDIT, GUARD)


async def task(
    tx: Tx, actor: Actor, id: UUID, right: Right, writing: Iterable[str] = ()
) -> TaskRow:
    """One task, locked to be changed.

    Raises NotFound when the actor may not read it, Forbidden when `right` does not reach it or
    does not let a field of `writing` be written.
    """
    query = select(TaskRow).where(TaskRow.id == id, visible(actor)).with_for_update()
    row = (await tx.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound(NO_TASK)
    await demand_reach(tx, actor, right, row, GUARD, writing)
    return row
