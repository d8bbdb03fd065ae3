"""A record's history: what is kept where, and how its page shows it, built by PostgreSQL."""

from collections.abc import Collection
from typing import Any, TypeAlias, TypedDict
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from gausdo.platform.db import Schema

LONGEST = 500
"""Entries of one answer."""

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


def entries(schema: Schema, kind: str, id: UUID, visible: ColumnElement[bool]) -> Select[Any]:
    """`list[HistoryEntry]`, newest first; no row unless `visible`.

    Values that name a person are told from `personal`, as long as they are kept there.
    """
    entry, personal, known = schema.history.c, schema.personal.c, schema.known.c
    actor = (
        select(known.label)
        .where(known.kind == "user", known.id == entry.actor_id)
        .scalar_subquery()
    )
    rows = (
        select(
            func.json_build_object(
                text("'id'"), entry.event_id,
                text("'name'"), entry.name,
                text("'at'"), entry.at,
                text("'version'"), entry.version,
                text("'actor_id'"), entry.actor_id,
                text("'actor_name'"), actor,
                text("'via'"), entry.via,
                text("'changes'"),
                entry.changes.op("||")(func.coalesce(personal.changes, text("'{}'::jsonb"))),
            ).label("item"),
            entry.version,
        )
        .select_from(
            schema.history.outerjoin(schema.personal, personal.event_id == entry.event_id)
        )
        .where(entry.subject_id == bindparam("id", id, Uuid), entry.kind == kind)
        .order_by(entry.version.desc())
        .limit(LONGEST)
        .subquery("entries")
    )  # fmt: skip
    newest_first = aggregate_order_by(rows.c.item, rows.c.version.desc())
    empty = cast(literal_column("'[]'"), JSON)
    told = select(func.coalesce(func.json_agg(newest_first), empty))
    return select(told.scalar_subquery()).where(visible)
