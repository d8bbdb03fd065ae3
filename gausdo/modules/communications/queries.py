"""Reads of communications: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, text

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Field, Fields, FieldType
from gausdo.kernel.pages import ListQuery
from gausdo.modules.communications import access
from gausdo.modules.communications.contract import LetterState
from gausdo.modules.communications.tables import LetterRow
from gausdo.platform.db import Read
from gausdo.platform.json_sql import array_of
from gausdo.platform.keyset import listed
from gausdo.platform.narrow import among_ids, narrowed
from gausdo.platform.rights import asked_by

LETTER = Fields(
    "letter",
    Field(name="state", type=FieldType.CHOICE, options=tuple(LetterState)),
    Field(name="about_kind", type=FieldType.TEXT),
    Field(name="about_id", type=FieldType.ID),
    Field(name="owner_id", type=FieldType.PERSON),
    Field(name="created_at", type=FieldType.TIME),
    Field(name="sent_at", type=FieldType.TIME),
)
_letter = LetterRow.__table__.c
COLUMNS: Mapping[str, ColumnElement[Any]] = {field.name: _letter[field.name] for field in LETTER}
_GUARD = replace(access.GUARD, fields=LETTER, columns=COLUMNS)


def letters(actor: Actor, query: ListQuery) -> Select[Any]:
    """`Listed[Letter]`; the parts of an address are words of their own."""
    query = query.model_copy(update={"q": query.q and query.q.replace("@", " ")})
    narrow = narrowed(actor, access.READ, query, _GUARD, _letter.id, _letter.search)
    rows = _letters(actor).where(*narrow)
    return listed(rows, query, {"created_at": _letter.created_at}, _letter.id, "-created_at")


def letters_by_id(actor: Actor, ids: list[UUID]) -> Read:
    """A JSON array of `Letter`, in no order."""
    asked = asked_by(actor, "letters by id")
    asked.add(ids=ids)

    def statement() -> Select[Any]:
        rows = _letters(actor).where(among_ids(_letter.id, ids)).subquery()
        return select(array_of(func.json_agg(rows.c.item)))

    return asked.read(statement)


def _letters(actor: Actor) -> Select[Any]:
    item = func.json_build_object(
        text("'id'"), _letter.id,
        text("'to'"), _letter.to,
        text("'subject'"), _letter.subject,
        text("'state'"), _letter.state,
        text("'attempts'"), _letter.attempts,
        text("'error'"), _letter.error,
        text("'about_kind'"), _letter.about_kind,
        text("'about_id'"), _letter.about_id,
        text("'created_at'"), _letter.created_at,
        text("'sent_at'"), _letter.sent_at,
    )  # fmt: skip
    return select(item.label("item")).where(access.visible(actor))
