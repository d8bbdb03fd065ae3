"""What a condition may ask of a gizmo: filters, saved views, rights."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from gausdo.kernel.conditions import Field, Fields, FieldType
from gausdo.kernel.rights import may_ask
from gausdo.modules.gizmos.contract import GIZMOS
from gausdo.modules.gizmos.tables import GizmoRow

GIZMO = Fields(
    "gizmo",
    Field(name="title", type=FieldType.TEXT),
    Field(name="owner_id", type=FieldType.PERSON),
    Field(name="team_id", type=FieldType.ID),
    Field(name="created_at", type=FieldType.TIME),
    Field(name="changed_at", type=FieldType.TIME),
)

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    field.name: GizmoRow.__table__.c[field.name] for field in GIZMO
}

may_ask(GIZMOS, GIZMO)
