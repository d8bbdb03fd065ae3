"""Who may touch which meeting. There is no other way to a MeetingRow of somebody's.

Who takes part sees the meeting, however far the right to read reaches; a field that a role hides
stays hidden there as well: taking part shows no more than the role does.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, or_, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import NotFound
from gausdo.modules.activities.contract import MEETINGS
from gausdo.modules.activities.fields import MEETING, MEETING_COLUMNS
from gausdo.modules.activities.meeting_tables import MeetingRow
from gausdo.platform.db import Tx
from gausdo.platform.rights import Guard, demand_reach, myself, told_within, within

CREATE = MEETINGS.right("create")
READ = MEETINGS.right("read")
EDIT = MEETINGS.right("edit")
ASSIGN = MEETINGS.right("assign")
DELETE = MEETINGS.right("delete")

_meeting = MeetingRow.__table__.c
GUARD = Guard(_meeting.owner_id, _meeting.team_id, fields=MEETING, columns=MEETING_COLUMNS)

NO_MEETING = "There is no such meeting, or it is not yours to see."


def visible(actor: Actor) -> ColumnElement[bool]:
    """The meetings the actor may read. Raises Forbidden when none could ever be."""
    actor.demand(READ)
    return or_(within(actor, READ, GUARD), myself(actor) == any_(_meeting.colleague_ids))


def editable(actor: Actor) -> ColumnElement[Any]:
    """Of a meeting that is read: whether the actor may change it."""
    return told_within(actor, EDIT, GUARD)


async def meeting(
    tx: Tx, actor: Actor, id: UUID, right: Right, writing: Iterable[str] = ()
) -> MeetingRow:
    """One meeting, locked to be changed.

    Raises NotFound when the actor may not read it, Forbidden when `right` does not reach it or
    does not let a field of `writing` be written.
    """
    query = select(MeetingRow).where(MeetingRow.id == id, visible(actor)).with_for_update()
    row = (await tx.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound(NO_MEETING)
    await demand_reach(tx, actor, right, row, GUARD, writing)
    return row
