"""What a condition may ask of a deal: filters, saved views, rights, automations."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from gausdo.kernel.conditions import Field, Fields, FieldType
from gausdo.kernel.rights import may_ask
from gausdo.modules.sales.contract import DEALS, StageKind
from gausdo.modules.sales.tables import DealRow

DEAL = Fields(
    "deal",
    Field(name="title", type=FieldType.TEXT),
    Field(name="pipeline_id", type=FieldType.ID),
    Field(name="stage_id", type=FieldType.ID),
    Field(name="kind", type=FieldType.CHOICE, options=tuple(StageKind)),
    Field(name="probability", type=FieldType.NUMBER),
    Field(name="amount", type=FieldType.MONEY),
    Field(name="currency", type=FieldType.CHOICE),
    Field(name="company_id", type=FieldType.ID),
    Field(name="contact_id", type=FieldType.ID),
    Field(name="owner_id", type=FieldType.PERSON),
    Field(name="team_id", type=FieldType.ID),
    Field(name="expected_on", type=FieldType.DATE),
    Field(name="created_at", type=FieldType.TIME),
    Field(name="changed_at", type=FieldType.TIME),
    Field(name="stage_since", type=FieldType.TIME),
    Field(name="stage_due_at", type=FieldType.TIME),
    Field(name="closed_at", type=FieldType.TIME),
)

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    field.name: getattr(DealRow, field.name).expression for field in DEAL
}

HIDES: Mapping[str, str] = {"amount": "worth", "currency": "worth"}
"""What may be asked → the field that hides it."""

may_ask(DEALS, DEAL, HIDES)
