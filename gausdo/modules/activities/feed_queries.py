"""What other calendars are told: the JSON of what is one's own, within a window.

Where there is too much, what is over longest ago is left out.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.modules.activities import access, meeting_access
from gausdo.modules.activities.meeting_tables import MeetingRow
from gausdo.modules.activities.queries import named
from gausdo.modules.activities.tables import TaskRow
from gausdo.platform.db import Read
from gausdo.platform.hidden import shown
from gausdo.platform.json_sql import array_of
from gausdo.platform.rights import asked_by, myself

_meeting, _task = MeetingRow.__table__.c, TaskRow.__table__.c

MEETINGS, TASKS = 2000, 1000
"""How many are told at most."""


def meetings(actor: Actor, since: datetime, until: datetime) -> Read:
    """A JSON array of the meetings and series the actor leads or takes part in."""
    asked = asked_by(actor, "meetings of the feed")
    asked.add(since=since, until=until)

    def guarded(name: str) -> ColumnElement[Any]:
        return shown(actor, meeting_access.READ, name, _meeting[name], meeting_access.GUARD)

    def statement() -> Select[Any]:
        me = myself(actor)
        item = func.json_build_object(
            text("'id'"), _meeting.id,
            text("'title'"), _meeting.title,
            text("'description'"), guarded("description"),
            text("'place'"), guarded("place"),
            text("'begins_at'"), _meeting.begins_at,
            text("'ends_at'"), _meeting.ends_at,
            text("'all_day'"), _meeting.all_day,
            text("'time_zone'"), _meeting.time_zone,
            text("'repeats'"), _meeting.repeats,
            text("'skipped'"), _meeting.skipped,
            text("'about'"), case((_meeting.about_id.is_not(None), named(actor, _meeting))),
            text("'changed_at'"), _meeting.changed_at,
            text("'version'"), _meeting.version,
        )  # fmt: skip
        rows = (
            select(item.label("item"), _meeting.begins_at, _meeting.id)
            .where(
                meeting_access.visible(actor),
                or_(_meeting.owner_id == me, me == any_(_meeting.colleague_ids)),
                _meeting.state != text("'cancelled'"),
                _meeting.over_at >= _time("since", since),
                _meeting.begins_at < _time("until", until),
            )
            .order_by(_meeting.over_at.desc(), _meeting.id)
            .limit(MEETINGS)
            .subquery()
        )
        return _each(rows.c.item, rows.c.begins_at, rows.c.id)

    return asked.read(statement)


def tasks(actor: Actor, since: datetime, until: datetime) -> Read:
    """A JSON array of the open tasks that the actor has to do by a certain time."""
    asked = asked_by(actor, "tasks of the feed")
    asked.add(since=since, until=until)

    def statement() -> Select[Any]:
        described = shown(actor, access.READ, "description", _task.description, access.GUARD)
        item = func.json_build_object(
            text("'id'"), _task.id,
            text("'title'"), _task.title,
            text("'description'"), described,
            text("'due_at'"), _task.due_at,
            text("'about'"), case((_task.about_id.is_not(None), named(actor, _task))),
            text("'changed_at'"), _task.changed_at,
            text("'version'"), _task.version,
        )  # fmt: skip
        rows = (
            select(item.label("item"), _task.due_at, _task.id)
            .where(
                access.visible(actor),
                _task.owner_id == myself(actor),
                _task.state == text("'open'"),
                _task.due_at >= _time("since", since),
                _task.due_at < _time("until", until),
            )
            .order_by(_task.due_at.desc(), _task.id)
            .limit(TASKS)
            .subquery()
        )
        return _each(rows.c.item, rows.c.due_at, rows.c.id)

    return asked.read(statement)


def _time(name: str, at: datetime) -> ColumnElement[datetime]:
    return bindparam(name, at, DateTime(timezone=True))


def _each(item: ColumnElement[Any], *order: ColumnElement[Any]) -> Select[Any]:
    return select(array_of(func.json_agg(aggregate_order_by(item, *order))))
