"""Reads of notes: PostgreSQL builds the JSON, the bytes go out untouched."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Fields
from gausdo.kernel.errors import invalid
from gausdo.modules.activities import access
from gausdo.modules.activities.contract import NoteQuery
from gausdo.modules.activities.file_tables import FileRow
from gausdo.modules.activities.note_tables import NoteRow
from gausdo.modules.activities.queries import named
from gausdo.modules.activities.tables import schema
from gausdo.platform.db import Read
from gausdo.platform.json_sql import array_of
from gausdo.platform.keyset import asked_page, listed
from gausdo.platform.known import parts_of, user_name
from gausdo.platform.narrow import among_ids, asked_list, ids_of, same
from gausdo.platform.rights import asked_by, myself
from gausdo.platform.search import matches

_note, _file = NoteRow.__table__.c, FileRow.__table__.c


def notes(actor: Actor, query: NoteQuery, *, editable: bool) -> Read:
    """`Listed[Note]` of one record, which the caller has found to be visible, or `editable`."""
    if query.filter is not None:
        raise invalid("filter", "not-here", "Notes are not filtered; search them with `q`.")
    sorts = {"created_at": _note.created_at}
    asked = asked_list(actor, query, Fields("note"), "notes")
    asked.add(editable=editable)
    asked_page(asked, query, sorts, "-created_at")

    def statement() -> Select[Any]:
        rows = _notes(actor, editable=editable).where(
            same(_note.about_kind, "about_kind", query.about_kind),
            _note.about_id == parts_of(schema, bindparam("about_id", query.about_id, Uuid)),
            _note.removed_at.is_(None),
        )
        if query.q:
            rows = rows.where(matches(func.to_tsvector(text("'russian'"), _note.text), query.q))
        if query.ids:
            rows = rows.where(among_ids(_note.id, ids_of(query.ids)))
        return listed(rows, query, sorts, _note.id, "-created_at")

    return asked.read(statement)


def note(actor: Actor, id: UUID) -> Read:
    """The JSON of one `Note` that the actor may change."""
    asked = asked_by(actor, "note")
    asked.add(id=id, editable=True)
    return asked.read(lambda: _notes(actor, editable=True).where(same(_note.id, "id", id)))


def notes_by_id(actor: Actor, ids: list[UUID]) -> Read:
    """A JSON array of `Note`, in no order, of records that the caller finds out about."""
    asked = asked_by(actor, "notes by id")
    asked.add(ids=ids, editable=False)

    def statement() -> Select[Any]:
        shown = among_ids(_note.id, ids), _note.removed_at.is_(None)
        rows = _notes(actor, editable=False).where(*shown).subquery()
        return select(array_of(func.json_agg(rows.c.item)))

    return asked.read(statement)


def _notes(actor: Actor, *, editable: bool) -> Select[Any]:
    """Notes, each as the JSON of a `Note`; `editable` are those of others, too."""
    may: ColumnElement[Any] = bindparam("editable", editable, Boolean)
    own = or_(may, _note.author_id == myself(actor)) if actor.may(access.CREATE_NOTE) else may
    item = func.json_build_object(
        text("'id'"), _note.id,
        text("'about'"), named(actor, _note),
        text("'text'"), _note.text,
        text("'mentions'"), _mentions(),
        text("'files'"), _files(),
        text("'author_id'"), _note.author_id,
        text("'author_name'"), user_name(schema, _note.author_id),
        text("'created_at'"), _note.created_at,
        text("'changed_at'"), _note.changed_at,
        text("'version'"), _note.version,
        text("'editable'"), own,
    )  # fmt: skip
    return select(item.label("item"))


def _files() -> ColumnElement[Any]:
    one = func.json_build_object(
        text("'id'"), _file.id,
        text("'name'"), _file.name,
        text("'media'"), _file.media,
        text("'size'"), _file.size,
    )  # fmt: skip
    told = select(array_of(func.json_agg(aggregate_order_by(one, _file.created_at, _file.id))))
    return told.where(_file.note_id == _note.id).scalar_subquery()


def _mentions() -> ColumnElement[Any]:
    """Who is named, in the order in which they are."""
    each = (
        func.unnest(_note.mentions)
        .table_valued(column("id", Uuid), with_ordinality="place")
        .render_derived(name="mention")
    )
    user = schema.known.alias("mentioned").c
    one = func.json_build_object(text("'id'"), each.c.id, text("'name'"), user.label)
    known = and_(user.kind == text("'user'"), user.id == each.c.id)
    told = (
        select(array_of(func.json_agg(aggregate_order_by(one, each.c.place.cast(Integer)))))
        .select_from(each)
        .outerjoin(user.label.table, known)
    )
    return told.scalar_subquery()
