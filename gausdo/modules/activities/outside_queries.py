"""What calendars of elsewhere have in a window, each told as far as its reader may know it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.modules.activities import meeting_access as access
from gausdo.modules.activities.outside_tables import OutsideCalendarRow, OutsideTimeRow
from gausdo.modules.activities.tables import schema
from gausdo.platform.db import Read
from gausdo.platform.json_sql import array_of
from gausdo.platform.rights import Guard, asked_by, myself, within

_time, _calendar = OutsideTimeRow.__table__.c, OutsideCalendarRow.__table__.c
_known = schema.known.c
MOST = 2000


def window(actor: Actor, since: datetime, until: datetime, who: Sequence[UUID]) -> Read:
    """A JSON array of `OutsideTime`. Whoever may read the meetings of a person sees when they are
    busy, where they do not hide it; what it is nobody does but they.
    """
    asked = asked_by(actor, "window outside")
    asked.add(since=since, until=until, who=list(who))

    def statement() -> Select[Any]:
        mine = _time.person_id == myself(actor)
        team = select(_known.team_id).where(
            _known.kind == text("'user'"), _known.id == _time.person_id
        )
        others = and_(
            _time.busy,
            _calendar.busy,
            within(actor, access.READ, Guard(_time.person_id, team.scalar_subquery())),
        )

        def own(column: ColumnElement[Any]) -> ColumnElement[Any]:
            return case((mine, column))

        item = func.json_build_object(
            text("'id'"), _time.id,
            text("'person_id'"), _time.person_id,
            text("'begins_at'"), _time.begins_at,
            text("'ends_at'"), _time.ends_at,
            text("'all_day'"), _time.all_day,
            text("'busy'"), _time.busy,
            text("'title'"), own(_time.title),
            text("'place'"), own(_time.place),
            text("'calendar'"), own(_calendar.name),
        )  # fmt: skip
        rows = (
            select(item.label("item"), _time.begins_at, _time.id)
            .join(OutsideCalendarRow.__table__, _calendar.id == _time.calendar_id)
            .where(
                _time.person_id == any_(bindparam("who", list(who), ARRAY(Uuid))),
                _time.ends_at >= bindparam("since", since, DateTime(timezone=True)),
                _time.begins_at < bindparam("until", until, DateTime(timezone=True)),
                or_(mine, others),
            )
            .order_by(_time.begins_at, _time.id)
            .limit(MOST)
            .subquery()
        )
        order = rows.c.begins_at, rows.c.id
        return select(array_of(func.json_agg(aggregate_order_by(rows.c.item, *order))))

    return asked.read(statement)
