"""Tasks and meetings are deleted and come back: the part of the service that does it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete

from gausdo.kernel.actor import Actor
from gausdo.kernel.deleted import BroughtBack, DeletedQuery, DeletedRecord
from gausdo.kernel.errors import invalid
from gausdo.kernel.values import Json, Time
from gausdo.modules.activities import (
    access,
    changing,
    meeting_access,
    meeting_queries,
    queries,
    timeline,
)
from gausdo.modules.activities.contract import MEETINGS, TASKS, Scope
from gausdo.modules.activities.meeting_tables import MeetingRow, ReminderRow
from gausdo.modules.activities.reminding import plan_reminders
from gausdo.modules.activities.removed_rows import OF_MEETINGS, OF_TASKS
from gausdo.modules.activities.tables import TaskRow
from gausdo.platform.db import Database, Tx
from gausdo.platform.deleting import Deleting, Kind
from gausdo.platform.removed import Rows


class Deletes:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    @property
    def deleting_tasks(self) -> Deleting:
        kind = Kind(
            TASKS, OF_TASKS, TaskRow, access.GUARD, _task, queries.task, _remove_tasks, _admit,
            TaskRow.restored, after=_tell_task,
        )  # fmt: skip
        return Deleting(self.db, kind)

    @property
    def deleting_meetings(self) -> Deleting:
        kind = Kind(
            MEETINGS, OF_MEETINGS, MeetingRow, meeting_access.GUARD, _meeting,
            meeting_queries.meeting, _remove_meetings, _admit, MeetingRow.restored,
            after=_tell_meeting,
        )  # fmt: skip
        return Deleting(self.db, kind)

    async def delete_task(
        self, actor: Actor, id: UUID, version: int, key: str | None = None
    ) -> DeletedRecord:
        return await self.deleting_tasks.delete(actor, id, version, key)

    async def bring_task_back(self, actor: Actor, id: UUID, key: str | None = None) -> BroughtBack:
        return await self.deleting_tasks.bring_back(actor, id, key)

    async def deleted_tasks(self, actor: Actor, query: DeletedQuery) -> Json:
        return await self.deleting_tasks.page(actor, query)

    async def delete_meeting(
        self,
        actor: Actor,
        id: UUID,
        version: int,
        scope: Scope = Scope.ALL,
        occurrence: Time | None = None,
        key: str | None = None,
    ) -> DeletedRecord:
        if scope is not Scope.ALL and occurrence is None:
            raise invalid("occurrence", "missing", "Say in `occurrence` which one is meant.")
        deleting = self.deleting_meetings
        async with self.db.begin(actor, key, ("delete", id, version, scope, occurrence)) as tx:
            if not tx.told:
                row = await _meeting(tx, actor, id)
                await tx.fresh(row, version, meeting_queries.meeting(actor, id))
                if row.repeats is not None and occurrence is not None:
                    row = await changing.taken_apart(tx, actor, row, scope, occurrence)
                if row.id != id:
                    tx.publish(row.added(), personal=changing.told_of(row))
                await _remove_meetings(tx, [row])
                tx.tell(await deleting.deleted(tx, actor, row.id))
            return tx.answer(DeletedRecord)

    async def bring_meeting_back(
        self, actor: Actor, id: UUID, key: str | None = None
    ) -> BroughtBack:
        return await self.deleting_meetings.bring_back(actor, id, key)

    async def deleted_meetings(self, actor: Actor, query: DeletedQuery) -> Json:
        return await self.deleting_meetings.page(actor, query)


async def _task(tx: Tx, actor: Actor, id: UUID) -> TaskRow:
    return await access.task(tx, actor, id, access.DELETE)


async def _meeting(tx: Tx, actor: Actor, id: UUID) -> MeetingRow:
    return await meeting_access.meeting(tx, actor, id, meeting_access.DELETE)


async def _admit(_tx: Tx, _actor: Actor, _row: Rows, _beside: Mapping[str, list[Rows]]) -> Rows:
    """Nothing stands in its way: what it is about is asked for by its id whenever it is read."""
    return {}


async def _remove_tasks(tx: Tx, rows: Sequence[TaskRow]) -> None:
    ids = [row.id for row in rows]
    for row in rows:
        tx.publish(row.removed())
        tx.session.expunge(row)
    await timeline.drop(tx, ids)
    await OF_TASKS.take_out(tx, ids)


async def _remove_meetings(tx: Tx, rows: Sequence[MeetingRow]) -> None:
    """With them goes whoever was to be reminded."""
    await tx.session.flush()  # one that was a time of a series is not stored yet
    ids = [row.id for row in rows]
    for row in rows:
        tx.publish(row.removed())
        tx.session.expunge(row)
    await timeline.drop(tx, ids)
    await tx.session.execute(delete(ReminderRow).where(ReminderRow.meeting_id.in_(ids)))
    await OF_MEETINGS.take_out(tx, ids)


async def _tell_task(tx: Tx, row: TaskRow) -> None:
    await timeline.put_own(tx, timeline.of_task(row))


async def _tell_meeting(tx: Tx, row: MeetingRow) -> None:
    await plan_reminders(tx, row)
    await timeline.put_own(tx, timeline.of_meeting(row))
