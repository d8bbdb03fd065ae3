"""Reads of gizmos: PostgreSQL builds the JSON, the bytes go out untouched."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, func, select, text

from gausdo.kernel.actor import Actor
from gausdo.kernel.pages import ListQuery
from gausdo.modules.gizmos import access
from gausdo.modules.gizmos.tables import GizmoRow
from gausdo.platform.keyset import listed
from gausdo.platform.narrow import narrowed

_gizmo = GizmoRow.__table__.c

SORTS: dict[str, ColumnElement[Any]] = {
    "created_at": _gizmo.created_at,
    "title": func.lower(_gizmo.title, type_=String),
}


def gizmos(actor: Actor, query: ListQuery) -> Select[Any]:
    """`Listed[Gizmo]`."""
    item = func.json_build_object(
        text("'id'"), _gizmo.id,
        text("'title'"), _gizmo.title,
        text("'about'"), _gizmo.about,
        text("'owner_id'"), _gizmo.owner_id,
        text("'team_id'"), _gizmo.team_id,
        text("'created_at'"), _gizmo.created_at,
        text("'changed_at'"), _gizmo.changed_at,
        text("'version'"), _gizmo.version,
    )  # fmt: skip
    rows = select(item.label("item")).where(
        access.visible(actor),
        *narrowed(actor, access.READ, query, access.GUARD, _gizmo.id, _gizmo.search),
    )
    return listed(rows, query, SORTS, _gizmo.id, "-created_at")
