"""A record's history: what is kept where, and how its page shows it, built by PostgreSQL."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeAlias, TypedDict
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    null,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.history import (
    HAPPENED,
    READ_AUDIT,
    EntryPlace,
    Erased,
    Happened,
    HistoryQuery,
    NothingEarlier,
    Restoration,
)
from gausdo.kernel.pages import not_a_place
from gausdo.platform.db import Asked, Database, Schema
from gausdo.platform.found import as_it_is
from gausdo.platform.json_sql import array_of
from gausdo.platform.keyset import roomy
from gausdo.platform.known import user_name

DIGITS = 18
"""Of a version: as many as a `bigint` surely takes."""

OF_KEY = text("'^key:(.+)$'")
"""What `Origin.session` says of a program."""

Changes: TypeAlias = dict[str, tuple[Any, Any]]
"""Field → before, after."""


class InHistory(TypedDict):
    """What `Tx.publish` takes."""

    changes: Changes
    personal: Changes


def apart(changes: Changes, personal: Collection[str]) -> InHistory:
    """Changes, with the fields whose values may name a person apart, as those that were added."""
    private = {
        name: both for name, both in changes.items() if name in personal or name.startswith(CUSTOM)
    }
    plain = {name: both for name, both in changes.items() if name not in private}
    return {"changes": plain, "personal": private}


def entries(
    schema: Schema,
    actor: Actor,
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
    entry = schema.history.c
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
    newest = read.c.version.desc()
    goes_on = func.lead(read.c.version).over(order_by=newest).is_not(None)
    goes_on_at = case((goes_on, cast(read.c.version, String)))
    item = _item(schema, actor, read.c, hidden, goes_on_at).label("item")
    place = func.row_number().over(order_by=newest).label("place")
    rows = select(item, place).subquery("entries")
    shown = rows.c.place <= bindparam("limit", query.limit, Integer)
    newest_first = func.json_agg(aggregate_order_by(rows.c.item, rows.c.place)).filter(shown)
    told = select(array_of(newest_first))
    return select(told.scalar_subquery()).where(visible)


def _item(
    schema: Schema, actor: Actor, one: Any, hidden: ColumnElement[Any], goes_on: ColumnElement[Any]
) -> ColumnElement[Any]:
    """A row of the history as the JSON of a `HistoryEntry`."""
    personal = schema.personal.c
    private = select(personal.changes).where(personal.event_id == one.event_id)
    audits = actor.may(READ_AUDIT)
    return func.json_build_object(
        text("'id'"), one.event_id,
        text("'name'"), one.name,
        text("'at'"), one.at,
        text("'version'"), one.version,
        text("'actor_id'"), one.actor_id,
        text("'actor_name'"), user_name(schema, one.actor_id),
        text("'via'"), one.via,
        text("'rule_id'"), one.cause.op("->")(text("'rule_id'")),
        text("'mass_edit_id'"), one.cause.op("->")(text("'mass_edit_id'")),
        text("'key_id'"), func.substring(one.session, OF_KEY) if audits else null(),
        text("'address'"), one.address if audits else null(),
        text("'changes'"),
        one.changes.op("||")(func.coalesce(private.scalar_subquery(), text("'{}'::jsonb")))
        .op("-")(hidden),
        text("'next'"), goes_on,
    )  # fmt: skip


def entries_at(
    schema: Schema,
    actor: Actor,
    kind: str,
    places: Sequence[EntryPlace],
    record: ColumnElement[Any],
    visible: ColumnElement[bool],
    hidden: ColumnElement[Any],
    stands_for: Callable[[ColumnElement[Any]], ColumnElement[Any]] = lambda one: one,
) -> Select[Any]:
    """A JSON array of the entries at these places that are `visible`, in no order.

    `record` is the id of the rows that `visible` and `hidden` speak of; `stands_for` says of which
    of them an entry's record is a part.
    """
    one = schema.history.c
    asked = func.unnest(
        bindparam("ids", [place.record_id for place in places], ARRAY(Uuid)),
        bindparam("versions", [place.version for place in places], ARRAY(BigInteger)),
        bindparam("ats", [place.at for place in places], ARRAY(DateTime(timezone=True))),
    )
    place = asked.table_valued("id", "version", "at").render_derived(name="asked")
    at = and_(
        one.subject_id == place.c.id,
        one.version == place.c.version,
        one.kind == kind,
        one.at == place.c.at,  # without it each month's partition would be looked through
    )
    item = _item(schema, actor, one, hidden, null())
    return (
        select(array_of(func.json_agg(item)))
        .select_from(place)
        .join(schema.history, at)
        .join(record.table, record == stands_for(one.subject_id))
        .where(visible)
    )


def add_places(asked: Asked, places: Sequence[EntryPlace]) -> None:
    """What `entries_at` makes of the places, for a read that is told apart."""
    asked.add(
        ids=[place.record_id for place in places],
        versions=[place.version for place in places],
        ats=[place.at for place in places],
    )


async def happened(db: Database, names: Collection[str], after: int) -> list[Happened]:
    """The next of what happened by these names, in the order in which it was written."""
    one = db.schema.history.c
    query = (
        select(
            one.id.label("place"),
            one.event_id.label("id"),
            one.kind,
            one.subject_id.label("record_id"),
            one.name,
            one.version,
            one.at,
            one.body,
        )
        .where(one.id > after, one.name.in_(names))
        .order_by(one.id)
        .limit(HAPPENED)
    )
    async with db.begin() as tx:
        found = (await tx.session.execute(query)).mappings()
        return [Happened.model_validate(dict(row)) for row in found]


async def earlier(
    db: Database, kind: str, id: UUID, told: Restoration, personal: Collection[str]
) -> dict[str, Any]:
    """What the entry's fields were before it, the one that is asked for among them.

    Who may read the record is the caller's to know. Raises NotFound, Erased, NothingEarlier.
    """
    entry, private = db.schema.history.c, db.schema.personal.c
    query = (
        select(entry.version, entry.changes, private.changes)
        .outerjoin(db.schema.personal, private.event_id == entry.event_id)
        .where(entry.subject_id == id, entry.kind == kind, entry.event_id == told.entry_id)
    )
    async with db.begin() as tx:
        found = (await tx.session.execute(query)).first()
    if found is None:
        raise NotFound("There is no such entry in the history of this record.")
    version, changes, erasable = found
    if (told.field in personal or told.field.startswith(CUSTOM)) and erasable is None:
        raise Erased("This value was erased, or is none that this entry had changed.")
    before = {name: first for name, (first, _) in {**changes, **(erasable or {})}.items()}
    if told.field not in before or version == 1:
        raise NothingEarlier("This entry changed no earlier value of the field.")
    return before


def add_entries(asked: Asked, id: UUID, query: HistoryQuery) -> None:
    """What `entries` makes of the query, for a read that is told apart; raises as it does."""
    asked.add(roomy(query.limit), query.after is not None, id=id, limit=query.limit)
    if query.after is not None:
        asked.add(after=_version(query.after))


def _version(after: str) -> int:
    if not after.isdecimal() or len(after) > DIGITS:
        raise not_a_place()
    return int(after)
