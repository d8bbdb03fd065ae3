"""Reads of communications: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, text

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Field, Fields, FieldType
from gausdo.kernel.pages import ListQuery
from gausdo.modules.communications import access
from gausdo.modules.communications.contract import LetterState
from gausdo.modules.communications.tables import LetterRow
from gausdo.platform.keyset import listed
from gausdo.platform.narrow import narrowed

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
    rows = select(item.label("item")).where(
        access.visible(actor),
        *narrowed(actor, access.READ, query, _GUARD, _letter.id, _letter.search),
    )
    return listed(rows, query, {"created_at": _letter.created_at}, _letter.id, "-created_at")
