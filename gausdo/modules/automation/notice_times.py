"""What reminders are of, as it stands when a letter of them is written: time overtakes them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.modules.activities.contract import (
    MEETINGS,
    TASKS,
    AboutNamed,
    Activities,
    MeetingState,
    TaskState,
)
from gausdo.modules.automation.notice_tables import NoticeRow
from gausdo.modules.automation.notices_contract import NoticeKind

BEGUN = timedelta(minutes=15)
"""A meeting that began longer ago is not told of any more as one that begins."""
LATE = timedelta(days=2)
"""A task that has been late for longer is no news: the list of what is late tells it."""
_OF_TASKS = frozenset({NoticeKind.TASK_DUE, NoticeKind.TASK_LATE})
OF_TIMES = _OF_TASKS | {NoticeKind.MEETING_SOON}


class Told(NamedTuple):
    """A reminder that still holds; `kind` is what it says by now."""

    kind: NoticeKind
    when_at: datetime | None
    all_day: bool = False
    about: AboutNamed | None = None  # what a task is to be done for


async def standing(
    activities: Activities, actor: Actor, rows: Sequence[NoticeRow], at: datetime
) -> dict[UUID, Told]:
    """By the id of its notice, each reminder that still holds: of one task, one."""
    of = [row for row in rows if row.kind in OF_TIMES and row.record_id is not None]
    tasks = await _of_tasks(activities, actor, of, at)
    return dict([*tasks, *await _of_meetings(activities, actor, of, at)])


async def _of_tasks(
    activities: Activities, actor: Actor, rows: Sequence[NoticeRow], at: datetime
) -> list[tuple[UUID, Told]]:
    asked = {row.record_id: row for row in rows if row.kind in _OF_TASKS}  # of one task, one
    if not asked or not actor.may(TASKS.right("read")):
        return []

    def holding() -> Iterator[tuple[UUID, Told]]:
        for task in found:
            due = task.due_at
            mine = task.state == TaskState.OPEN and task.owner_id == actor.id
            if mine and due is not None and due > at - LATE:
                kind = NoticeKind.TASK_DUE if due > at else NoticeKind.TASK_LATE
                yield asked[task.id].id, Told(kind, due, about=task.about)

    found = await activities.find_tasks(actor, [id for id in asked if id])
    return [*holding()]


async def _of_meetings(
    activities: Activities, actor: Actor, rows: Sequence[NoticeRow], at: datetime
) -> list[tuple[UUID, Told]]:
    asked = {row.record_id: row for row in rows if row.kind == NoticeKind.MEETING_SOON}
    if not asked or not actor.may(MEETINGS.right("read")):
        return []

    def holding() -> Iterator[tuple[UUID, Told]]:
        for meeting in found:
            row, once = asked[meeting.id], meeting.repeats is None
            when = row.when_at or (meeting.begins_at if once else None)
            goes = actor.id == meeting.owner_id or any(
                one.id == actor.id for one in meeting.colleagues
            )
            moved = once and when != meeting.begins_at
            stands = meeting.state == MeetingState.PLANNED and not moved
            if goes and stands and (when is None or when > at - BEGUN):
                yield row.id, Told(NoticeKind.MEETING_SOON, when, meeting.all_day)

    found = await activities.find_meetings(actor, [id for id in asked if id])
    return [*holding()]
