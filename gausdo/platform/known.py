"""Other modules' records as rows of `known`: enough to show and guard their names."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, cast
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Index,
    Select,
    any_,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.events import Envelope
from gausdo.kernel.named import NamedRecord
from gausdo.platform.db import Schema, Tx
from gausdo.platform.json_sql import array_of


class Named(Protocol):
    """What a contract tells of a record that somebody owns."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def owner_id(self) -> UUID: ...
    @property
    def team_id(self) -> UUID | None: ...
    @property
    def version(self) -> int: ...


class Colleague(Protocol):
    """What identity tells of a person who works here."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def team_id(self) -> UUID | None: ...
    @property
    def version(self) -> int: ...


NAMED = TypeAdapter(list[NamedRecord])


def named_rows(
    table: FromClause, name: str, editable: ColumnElement[Any], *where: ColumnElement[bool]
) -> Select[Any]:
    """A JSON array of the rows of a table as `NamedRecord`, in no order."""
    told = func.json_build_object(
        text("'id'"), table.c.id,
        text("'name'"), table.c[name],
        text("'owner_id'"), table.c.owner_id,
        text("'team_id'"), table.c.team_id,
        text("'version'"), table.c.version,
        text("'editable'"), editable,
    )  # fmt: skip
    return select(array_of(func.json_agg(told))).where(*where)


def known_record(kind: str, record: Named) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": record.id,
        "label": record.name,
        "owner_id": record.owner_id,
        "team_id": record.team_id,
        "version": record.version,
    }


def known_records(kind: str, records: Iterable[Named]) -> list[dict[str, Any]]:
    return [known_record(kind, record) for record in records]


def known_users(users: Iterable[Colleague]) -> list[dict[str, Any]]:
    """A colleague's name is shown to all; `team_id` stamps what is assigned to them."""
    return [
        {
            "kind": "user",
            "id": user.id,
            "label": user.name,
            "owner_id": user.id,
            "team_id": user.team_id,
            "version": user.version,
        }
        for user in users
    ]


def user_name(schema: Schema, id: ColumnElement[Any]) -> ColumnElement[Any]:
    """A colleague's name, as a subquery, as all that stands beside the row itself: so it is read
    for the rows of one page only.
    """
    user = schema.known.c
    return select(user.label).where(user.kind == "user", user.id == id).scalar_subquery()


async def remember(
    _service: object, _envelopes: list[Envelope], known: list[dict[str, Any]], tx: Tx
) -> None:
    """What a batch handler does with records that its `prepare` has fetched."""
    await tx.remember_known(known)


class Stands(Protocol):
    """An event that says which record stands for others from now on; None: each for itself."""

    def canonical(self) -> Mapping[UUID, UUID | None]: ...


async def follow_merges(
    _service: object, envelopes: list[Envelope], _prepared: object, tx: Tx
) -> None:
    """Keep which records stand for those that became parts of them; no row is rewritten."""
    stands = {
        (envelope.kind, id): into
        for envelope in envelopes
        for id, into in cast(Stands, envelope.event()).canonical().items()
    }
    rows = [
        {"kind": kind, "id": id, "label": "", "version": 0, "canonical_id": into}
        for (kind, id), into in stands.items()
    ]
    made = insert(tx.schema.known)
    told = {"canonical_id": made.excluded.canonical_id}
    kept = made.on_conflict_do_update(index_elements=["kind", "id"], set_=told)
    await tx.session.execute(kept, rows)


async def forget_removed(
    _service: object, envelopes: list[Envelope], _prepared: object, tx: Tx
) -> None:
    """Keep no name of a record that was taken away; one that is back is told anew."""
    known = tx.schema.known
    for kind in sorted({envelope.kind for envelope in envelopes}):
        ids = [envelope.subject_id for envelope in envelopes if envelope.kind == kind]
        await tx.session.execute(delete(known).where(known.c.kind == kind, known.c.id.in_(ids)))


def index_merged(schema: Schema) -> Index:
    """For `parts_of`, in a schema whose records name what can be merged."""
    merged = schema.known.c.canonical_id
    return Index("ix_known_canonical_id", merged, postgresql_where=text("canonical_id is not null"))


def meant(schema: Schema, kind: ColumnElement[Any], id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The record that stands for what a row names: that itself, unless it was merged."""
    known = schema.known.alias("merged")
    merged = known.c
    into = select(merged.canonical_id).where(merged.kind == kind, merged.id == id)
    return func.coalesce(into.correlate_except(known).scalar_subquery(), id)


def parts_of(schema: Schema, id: ColumnElement[Any]) -> ColumnElement[Any]:
    """Any of the ids that mean a record: its own, and of those that were merged into it."""
    merged = schema.known.alias("merged").c
    every = select(id).union_all(select(merged.id).where(merged.canonical_id == id))
    return any_(func.array(every.scalar_subquery()))
