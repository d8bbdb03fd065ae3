"""The audit of a module: its history as those who answer for the installation read it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
)

from gausdo.kernel.actor import Cause
from gausdo.kernel.errors import invalid
from gausdo.kernel.pages import Limit, not_a_place, place, place_of
from gausdo.kernel.values import Draft, Time, Value, now
from gausdo.platform.db import Database, Schema
from gausdo.platform.db.schema import TIME

WIDEST = timedelta(days=31)
"""A text is looked for in a span of time as long as this, or in less."""
DAY = timedelta(days=1)
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,99}$")]


class Asked(Draft):
    """What is asked of the audit; everything that is told narrows it.

    `text` is looked for in the values before and after, and needs something that narrows it first:
    a person, a record, an address, or a span of at most 31 days.
    """

    person: UUID | None = None
    module: Word | None = None
    kind: Word | None = None
    record: UUID | None = None
    name: Word | None = None
    via: Word | None = None
    since: Time | None = None
    until: Time | None = None
    address: Annotated[str, StringConstraints(max_length=45, strip_whitespace=True)] | None = None
    text: (
        Annotated[str, StringConstraints(min_length=2, max_length=200, strip_whitespace=True)]
        | None
    ) = None
    event: UUID | None = None


class AuditQuery(Asked):
    """The same, a page of it."""

    after: Annotated[str, StringConstraints(max_length=1000)] | None = None
    limit: Limit = 50


class Happened(Value):
    """An entry of a history. `changes` is field → [before, after], personal values among them;
    `details` is what an event tells that changed no field.
    """

    id: UUID
    at: Time
    module: str
    name: str
    kind: str
    record_id: UUID
    version: int
    actor_id: UUID | None
    via: str
    session: str | None
    address: str | None
    cause: Cause | None
    trace: str | None
    changes: dict[str, tuple[Any, Any]]
    details: dict[str, Any]


class AuditEntry(Happened):
    """The same with the names of who did it and of the record, where they are known."""

    actor_name: str | None
    record_name: str | None


class KnownEvent(Value):
    """A kind of event that has happened at least once."""

    module: str
    kind: str
    name: str


class AuditPlace(Value):
    """Where a page ended; newer entries come before it."""

    at: datetime
    id: UUID

    def told(self) -> str:
        return place(self.at.isoformat(), self.id)


def place_in(after: str) -> AuditPlace:
    """Raises Invalid when it is none of ours."""
    at, id = place_of(after, 2)
    try:
        return AuditPlace(at=datetime.fromisoformat(str(at)), id=UUID(str(id)))
    except ValueError:
        raise not_a_place() from None


async def happened(
    db: Database, query: Asked, after: AuditPlace | None, limit: int
) -> list[Happened]:
    """The newest entries of one module that the query asks for, those after a place."""
    schema = db.schema
    arms: Sequence[ColumnElement[bool]] = [true()]
    if query.kind is not None and query.record is None and query.name is None:
        names = [one.name for one in await known_events(db) if one.kind == query.kind]
        arms = [schema.history.c.name == name for name in names]
    if not arms:
        return []
    found = [_arm(schema, query, after, arm, limit) for arm in arms]
    async with db.begin() as tx:
        rows = [row for one in found for row in await tx.session.execute(one)]
    entries = [_entry(schema.name, row) for row in rows]
    return sorted(entries, key=lambda one: (one.at, one.id), reverse=True)[:limit]


async def known_events(db: Database) -> list[KnownEvent]:
    """What has happened in a module, by the index of names: each is looked for once."""
    statement = f"""
        with recursive known as (
            (select name, kind from {db.schema.name}.history order by name limit 1)
            union all
            select next.name, next.kind from known, lateral (
                select name, kind from {db.schema.name}.history h
                where h.name > known.name order by name limit 1
            ) next
        )
        select name, kind from known
    """  # noqa: S608 - the schema is a name from our code
    async with db.begin() as tx:
        rows = await tx.session.execute(text(statement))
        return [KnownEvent(module=db.schema.name, kind=row.kind, name=row.name) for row in rows]


async def labels(db: Database, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of records of other modules, as this one knows them."""
    known = db.schema.known.c
    async with db.begin() as tx:
        rows = await tx.session.execute(select(known.id, known.label).where(known.id.in_(ids)))
        return {row.id: row.label for row in rows}


def _arm(
    schema: Schema,
    query: Asked,
    after: AuditPlace | None,
    arm: ColumnElement[bool],
    limit: int,
) -> Select[Any]:
    """One index in its own order."""
    entry, personal = schema.history.c, schema.personal.c
    where = [arm, *_narrowed(schema, query)]
    if after is not None:
        here = tuple_(entry.at, entry.event_id)
        where.append(here < tuple_(literal(after.at, TIME), literal(after.id)))
        where.append(entry.at <= after.at)
    private = select(personal.changes).where(personal.event_id == entry.event_id)
    return (
        select(
            entry.event_id, entry.at, entry.name, entry.kind, entry.subject_id, entry.version,
            entry.actor_id, entry.via, entry.session, entry.address, entry.cause, entry.trace,
            entry.changes, entry.body, private.scalar_subquery().label("personal"),
        )
        .where(*where)
        .order_by(entry.at.desc(), entry.event_id.desc())
        .limit(limit)
    )  # fmt: skip


def _narrowed(schema: Schema, query: Asked) -> list[ColumnElement[bool]]:
    """Raises Invalid for a text that would be looked for in everything."""
    entry = schema.history.c
    where: list[ColumnElement[bool]] = []
    for name, column in (
        ("person", entry.actor_id),
        ("record", entry.subject_id),
        ("kind", entry.kind),
        ("name", entry.name),
        ("via", entry.via),
        ("address", entry.address),
    ):
        if (value := getattr(query, name)) is not None:
            where.append(column == value)
    if query.via not in (None, "person"):
        where.append(entry.via != literal_column("'person'"))  # which is the index's own condition
    if query.since is not None:
        where.append(entry.at >= query.since)
    if query.until is not None:
        where.append(entry.at < query.until)
    if query.event is not None:
        made = _made_at(query.event)
        where += [entry.event_id == query.event, entry.at.between(made - DAY, made + DAY)]
    if query.text is not None:
        where.append(_said(schema, query))
    return where


def _made_at(id: UUID) -> datetime:
    """When a UUIDv7 was made (RFC 9562): near the time of what it names."""
    try:
        return datetime.fromtimestamp((id.int >> 80) / 1000, tz=UTC)
    except (ValueError, OverflowError):
        raise invalid("event", "uuid", "Expected the id of an event.") from None


def _said(schema: Schema, query: Asked) -> ColumnElement[bool]:
    """Whether a value before or after has the text in it."""
    narrow = query.person or query.record or query.address or query.event
    if not narrow and not _is_short(query):
        raise invalid(
            "text", "too-wide",
            "Say who, which record, from where, or a span of at most 31 days, too.",
        )  # fmt: skip
    entry, personal = schema.history.c, schema.personal.c
    wanted = json.dumps(query.text, ensure_ascii=False)[1:-1].lower()

    def in_values(changes: ColumnElement[Any]) -> ColumnElement[bool]:
        values = func.jsonb_path_query_array(changes, text("'$.*[*]'"))
        return func.lower(cast(values, String)).contains(wanted, autoescape=True)

    private = (
        select(literal(1))
        .where(personal.event_id == entry.event_id, in_values(personal.changes))
        .exists()
    )
    return or_(and_(entry.changes != text("'{}'"), in_values(entry.changes)), private)


def _is_short(query: Asked) -> bool:
    if query.since is None:
        return False
    until = query.until or now()
    return until - query.since <= WIDEST


def _entry(module: str, row: Any) -> Happened:
    changes = {**row.changes, **(row.personal or {})}
    return Happened(
        id=row.event_id,
        at=row.at,
        module=module,
        name=row.name,
        kind=row.kind,
        record_id=row.subject_id,
        version=row.version,
        actor_id=row.actor_id,
        via=row.via,
        session=row.session,
        address=row.address,
        cause=row.cause,
        trace=row.trace,
        changes=changes,
        details={} if changes else row.body,
    )
