"""Reads of meetings: PostgreSQL builds the JSON."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Uuid,
    any_,
    bindparam,
    case,
    column,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.modules.activities import meeting_access as access
from gausdo.modules.activities.access import READ_NAME
from gausdo.modules.activities.contract import CalendarQuery, MeetingQuery
from gausdo.modules.activities.fields import MEETING
from gausdo.modules.activities.meeting_tables import MeetingRow, ReminderRow
from gausdo.modules.activities.queries import named
from gausdo.modules.activities.tables import schema
from gausdo.platform.db import Read
from gausdo.platform.hidden import hidden_of, shown
from gausdo.platform.json_sql import Only, array_of, told_of
from gausdo.platform.keyset import asked_page, listed
from gausdo.platform.known import meant, parts_of, user_name
from gausdo.platform.narrow import among_ids, asked_list, narrowed, same
from gausdo.platform.rights import Guard, asked_by, myself, within

_meeting, _reminder = MeetingRow.__table__.c, ReminderRow.__table__.c

MOST = 500
"""Meetings and series that one window tells at most."""


def meetings(actor: Actor, query: MeetingQuery, only: Only = None) -> Read:
    """`Listed[Meeting]`, or `Columned` of `only` what is named."""
    if query.q:
        raise invalid("q", "unsupported", "This list cannot be searched.")
    sorts = {"begins_at": _meeting.begins_at}
    asked = asked_list(actor, query, MEETING, "meetings")
    asked_page(asked, query, sorts, "begins_at")
    asked.add(only)

    def statement() -> Select[Any]:
        rows = _meetings(actor, only).where(access.visible(actor))
        for name in ("state", "about_kind"):
            if (value := getattr(query, name)) is not None:
                rows = rows.where(same(_meeting[name], name, value))
        if query.about_id is not None:
            about = bindparam("about_id", query.about_id, Uuid)
            rows = rows.where(_meeting.about_id == parts_of(schema, about))
        rows = rows.where(*narrowed(actor, access.READ, query, access.GUARD, _meeting.id))
        return listed(rows, query, sorts, _meeting.id, "begins_at")

    return asked.read(statement)


def meetings_by_id(actor: Actor, ids: list[UUID]) -> Read:
    """A JSON array of `Meeting`, in no order."""
    asked = asked_by(actor, "meetings by id")
    asked.add(ids=ids)

    def statement() -> Select[Any]:
        rows = _meetings(actor).where(access.visible(actor), among_ids(_meeting.id, ids)).subquery()
        return select(array_of(func.json_agg(rows.c.item)))

    return asked.read(statement)


def window(actor: Actor, query: CalendarQuery, who: list[UUID]) -> Read:
    """A JSON array of what may take place in a window: `meeting`, as it is told, and `skipped`."""
    asked = asked_by(actor, "window", query.kind)
    asked.add(since=query.since, until=query.until, who=who)

    def statement() -> Select[Any]:
        them = bindparam("who", who, ARRAY(Uuid))
        rows = (
            _meetings(actor)
            .add_columns(_meeting.skipped, _meeting.begins_at)
            .where(
                access.visible(actor),
                or_(_meeting.owner_id == any_(them), _meeting.colleague_ids.overlap(them)),
                _meeting.over_at >= bindparam("since", query.since, DateTime(timezone=True)),
                _meeting.begins_at < bindparam("until", query.until, DateTime(timezone=True)),
            )
            .order_by(_meeting.begins_at, _meeting.id)
            .limit(MOST + 1)
        )
        if query.kind is not None:
            rows = rows.where(_meeting.kind == literal_column(f"'{query.kind}'"))
        found = rows.subquery()
        told = func.json_build_object(
            text("'meeting'"), found.c.item, text("'skipped'"), found.c.skipped
        )
        return select(array_of(func.json_agg(aggregate_order_by(told, found.c.begins_at))))

    return asked.read(statement)


def meeting(actor: Actor, id: UUID) -> Read:
    """The JSON of one `Meeting`; no row when it is not visible."""
    asked = asked_by(actor, "meeting")
    asked.add(id=id)
    return asked.read(
        lambda: _meetings(actor).where(same(_meeting.id, "id", id), access.visible(actor))
    )


def changed(actor: Actor, id: UUID) -> Read:
    """The JSON of a meeting the actor has just changed, even if it was given away."""
    asked = asked_by(actor, "changed meeting")
    asked.add(id=id)
    return asked.read(lambda: _meetings(actor).where(same(_meeting.id, "id", id)))


def reminders(actor: Actor) -> Read:
    """A JSON array of `Reminder`: what was told to the actor in the last hour."""
    asked = asked_by(actor, "reminders")

    def statement() -> Select[Any]:
        item = func.json_build_object(
            text("'id'"), _reminder.id,
            text("'meeting_id'"), _reminder.meeting_id,
            text("'kind'"), _meeting.kind,
            text("'title'"), _meeting.title,
            text("'place'"), shown(actor, access.READ, "place", _meeting.place, access.GUARD),
            text("'begins_at'"), _reminder.begins_at,
            text("'minutes'"), _reminder.minutes,
        )  # fmt: skip
        return (
            select(array_of(func.json_agg(aggregate_order_by(item, _reminder.begins_at))))
            .select_from(ReminderRow.__table__.join(
                MeetingRow.__table__, _meeting.id == _reminder.meeting_id))
            .where(
                _reminder.person_id == myself(actor),
                _reminder.told_at > func.now() - text("interval '1 hour'"),
                access.visible(actor),
            )
        )  # fmt: skip

    return asked.read(statement)


def _meetings(actor: Actor, only: Only = None) -> Select[Any]:
    """Meetings, each as the JSON of a `Meeting`; or `only` what is named of them, a column each."""

    def guarded(name: str) -> ColumnElement[Any]:
        return shown(actor, access.READ, name, _meeting[name], access.GUARD)

    told = (
        text("'id'"), _meeting.id,
        text("'kind'"), _meeting.kind,
        text("'title'"), _meeting.title,
        text("'description'"), guarded("description"),
        text("'place'"), guarded("place"),
        text("'state'"), _meeting.state,
        text("'result'"), guarded("result"),
        text("'begins_at'"), _meeting.begins_at,
        text("'ends_at'"), _meeting.ends_at,
        text("'all_day'"), _meeting.all_day,
        text("'time_zone'"), _meeting.time_zone,
        text("'repeats'"), _meeting.repeats,
        text("'series_id'"), _meeting.series_id,
        text("'remind'"), _meeting.remind,
        text("'about'"), case((_meeting.about_id.is_not(None), named(actor, _meeting))),
        text("'colleagues'"), _participants(actor, "user", _meeting.colleague_ids),
        text("'people'"), _participants(actor, "person", _meeting.person_ids),
        text("'owner_id'"), _meeting.owner_id,
        text("'owner_name'"), user_name(schema, _meeting.owner_id),
        text("'team_id'"), _meeting.team_id,
        text("'via'"), _meeting.via,
        text("'created_at'"), _meeting.created_at,
        text("'version'"), _meeting.version,
        text("'editable'"), access.editable(actor),
        text("'hidden'"), hidden_of(actor, access.READ, access.GUARD),
    )  # fmt: skip
    return select(*told_of(told, only))


def _participants(actor: Actor, kind: str, ids: ColumnElement[Any]) -> ColumnElement[Any]:
    """Who takes part, as they were named, with the names the reader may see; of several that
    became one, that one once.
    """
    each = func.unnest(ids).table_valued(column("id", Uuid), with_ordinality="place")
    each = each.render_derived(name=f"each_{kind}")
    known = schema.known.alias(f"known_{kind}")
    name = select(known.c.label).where(known.c.kind == kind, known.c.id == literal_column("one.id"))
    if kind != "user":
        guard = Guard(known.c.owner_id, known.c.team_id)
        name = name.where(within(actor, READ_NAME[kind], guard))
    meant_id = meant(schema, literal_column(f"'{kind}'"), each.c.id)
    one = (
        select(meant_id.label("id"), func.min(each.c.place).label("place"))
        .group_by(text("1"))
        .correlate(MeetingRow.__table__)
        .subquery("one")
    )
    told = func.json_build_object(
        text("'id'"), one.c.id, text("'name'"), name.correlate_except(known).scalar_subquery()
    )
    every = select(array_of(func.json_agg(aggregate_order_by(told, one.c.place))))
    return every.correlate(MeetingRow.__table__).scalar_subquery()
