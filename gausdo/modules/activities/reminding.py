"""Who is reminded of which meeting, and when.

A reminder is a row for the next time that a meeting takes place. It is told, and the one for the
time after it made, in one transaction: a killed process has told it, or has not.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import delete, select

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.contract import MeetingState
from gausdo.modules.activities.meeting_tables import MeetingRow, ReminderRow
from gausdo.modules.activities.occurring import begins_on, next_of
from gausdo.platform.db import Database, Tx

PORTION = 200
KEPT = timedelta(days=7)
"""How long it is known that a reminder was told."""
MOMENT = timedelta(microseconds=1)


class Service(Protocol):
    @property
    def db(self) -> Database: ...


async def plan_reminders(tx: Tx, meeting: MeetingRow) -> None:
    """Make the reminders of a meeting fit it; those that are late and still fit stay."""
    await tx.session.flush()
    at = now()
    wanted = {*_wanted(meeting, at)}
    people = {meeting.owner_id, *meeting.colleague_ids}
    rows = await tx.session.scalars(
        select(ReminderRow).where(ReminderRow.meeting_id == meeting.id).with_for_update()
    )
    for row in rows.all():
        key = row.person_id, row.minutes, row.begins_at
        late = row.due_at <= at and row.person_id in people and row.minutes in meeting.remind
        if key in wanted:
            wanted.remove(key)
        elif row.told_at is None and not (late and _takes_place(meeting, row.begins_at)):
            await tx.session.delete(row)
    for person_id, minutes, begins_at in sorted(wanted):
        tx.add(_reminder(meeting.id, person_id, minutes, begins_at))


async def tell_due(db: Database) -> bool:
    """Tell some of what is due; false when there is nothing left."""
    async with db.begin(SYSTEM) as tx:
        due = (
            select(ReminderRow)
            .where(ReminderRow.due_at <= now(), ReminderRow.told_at.is_(None))
            .order_by(ReminderRow.due_at)
            .limit(PORTION)
            .with_for_update(skip_locked=True)
        )
        rows = (await tx.session.scalars(due)).all()
        ids = {row.meeting_id for row in rows}
        found = await tx.session.scalars(select(MeetingRow).where(MeetingRow.id.in_(ids)))
        meetings = {meeting.id: meeting for meeting in found}
        for row in rows:
            meeting = meetings.get(row.meeting_id)
            if meeting is None or not _takes_place(meeting, row.begins_at):
                await tx.session.delete(row)
                continue
            tx.publish(row.tell(meeting))
            later = max(row.begins_at + MOMENT, now() + timedelta(minutes=row.minutes))
            if meeting.repeats and (begins := next_of(meeting.series(), later)):
                tx.add(_reminder(meeting.id, row.person_id, row.minutes, begins))
    return bool(rows)


async def forget_told(db: Database) -> None:
    async with db.begin(SYSTEM) as tx:
        await tx.session.execute(delete(ReminderRow).where(ReminderRow.told_at < now() - KEPT))


def _takes_place(meeting: MeetingRow, begins_at: datetime) -> bool:
    return meeting.state == MeetingState.PLANNED and begins_on(meeting.series(), begins_at)


def _wanted(meeting: MeetingRow, at: datetime) -> Iterator[tuple[UUID, int, datetime]]:
    """Of every person and every time before it: the first that is still to come."""
    if meeting.state != MeetingState.PLANNED:
        return
    for minutes in meeting.remind:
        if begins_at := next_of(meeting.series(), at + timedelta(minutes=minutes)):
            for person_id in {meeting.owner_id, *meeting.colleague_ids}:
                yield person_id, minutes, begins_at


def _reminder(meeting_id: UUID, person_id: UUID, minutes: int, begins_at: datetime) -> ReminderRow:
    return ReminderRow(
        id=new_id(),
        meeting_id=meeting_id,
        person_id=person_id,
        minutes=minutes,
        begins_at=begins_at,
        due_at=begins_at - timedelta(minutes=minutes),
        told_at=None,
    )
