"""A record's history: what is kept where, and how its page shows it, built by PostgreSQL."""

from collections.abc import Collection
from typing import Any, TypeAlias, TypedDict
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from gausdo.kernel.history import HistoryQuery
from gausdo.kernel.pages import not_a_place
from gausdo.platform.db import Asked, Schema
from gausdo.platform.found import as_it_is
from gausdo.platform.json_sql import array_of
from gausdo.platform.keyset import roomy
from gausdo.platform.known import user_name

DIGITS = 18
"""Of a version: as many as a `bigint` surely takes."""

Changes: TypeAlias = dict[str, tuple[Any, Any]]
"""Field → before, after."""


class InHistory(TypedDict):
    """What `Tx.publish` takes."""

    changes: Changes
    personal: Changes


def apart(changes: Changes, personal: Collection[str]) -> InHistory:
    """Changes, with the fields whose values may name a person apart."""
    return {
        "changes": {name: both for name, both in changes.items() if name not in personal},
        "personal": {name: both for name, both in changes.items() if name in personal},
    }


def entries(
    schema: Schema,
    kind: str,
    id: UUID,
    visible: ColumnElement[bool],
    query: HistoryQuery,
    hidden: ColumnElement[Any],
) -> Select[Any]:
    """`list[HistoryEntry]`, newest first; no row unless `visible`, and no field of `hidden`.

    A record's versions are told one by one, so the index of them is the order of its page, and a
    version the place to go on from. Values that name a person are told from `personal`, as long as
    they are kept there. Raises Invalid for a place that is none.
    """
    entry, personal = schema.history.c, schema.personal.c
    beyond: ColumnElement[bool] = true()
    if query.after is not None:
        beyond = entry.version < bindparam("after", _version(query.after), BigInteger)
    read = (
        select(schema.history)
        .where(entry.subject_id == bindparam("id", id, Uuid), entry.kind == kind, beyond)
        .order_by(entry.version.desc())
        .limit(as_it_is(roomy(query.limit) + 1))
        .subquery("read")
    )
    one = read.c
    private = select(personal.changes).where(personal.event_id == one.event_id)
    newest = one.version.desc()
    goes_on = func.lead(one.version).over(order_by=newest).is_not(None)
    item = func.json_build_object(
        text("'id'"), one.event_id,
        text("'name'"), one.name,
        text("'at'"), one.at,
        text("'version'"), one.version,
        text("'actor_id'"), one.actor_id,
        text("'actor_name'"), user_name(schema, one.actor_id),
        text("'via'"), one.via,
        text("'changes'"),
        one.changes.op("||")(func.coalesce(private.scalar_subquery(), text("'{}'::jsonb")))
        .op("-")(hidden),
        text("'next'"), case((goes_on, cast(one.version, String))),
    ).label("item")  # fmt: skip
    place = func.row_number().over(order_by=newest).label("place")
    rows = select(item, place).subquery("entries")
    shown = rows.c.place <= bindparam("limit", query.limit, Integer)
    newest_first = func.json_agg(aggregate_order_by(rows.c.item, rows.c.place)).filter(shown)
    told = select(array_of(newest_first))
    return select(told.scalar_subquery()).where(visible)


def add_entries(asked: Asked, id: UUID, query: HistoryQuery) -> None:
    """What `entries` makes of the query, for a read that is told apart; raises as it does."""
    asked.add(roomy(query.limit), query.after is not None, id=id, limit=query.limit)
    if query.after is not None:
        asked.add(after=_version(query.after))


def _version(after: str) -> int:
    if not after.isdecimal() or len(after) > DIGITS:
        raise not_a_place()
    return int(after)
