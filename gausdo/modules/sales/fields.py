"""What a condition may ask of a deal: filters, saved views, rights, automations."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Date, func, literal_column

from gausdo.kernel.conditions import Field, Fields, FieldType, Target
from gausdo.kernel.fields import LINKS_TO_COMPETITOR
from gausdo.kernel.rights import may_ask
from gausdo.modules.sales.competitor_tables import deals_against
from gausdo.modules.sales.contract import DEALS, StageKind
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.conditions_sql import Meant, Placed

COMPETITOR = "competitor_id"
"""By what a list is asked for the deals that somebody is a competitor in."""

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
    Field(
        name=COMPETITOR,
        type=FieldType.ID,
        targets=frozenset({Target.SQL}),
        links_to=LINKS_TO_COMPETITOR,
    ),
)

NO_DAY: ColumnElement[Any] = literal_column("'9999-12-31'::date", Date)
"""Where a deal stands whose expected day is empty, or hidden."""
EXPECTED: ColumnElement[Any] = func.coalesce(DealRow.__table__.c.expected_on, NO_DAY, type_=Date)
COLUMNS: Mapping[str, ColumnElement[Any]] = {
    **{
        field.name: getattr(DealRow, field.name).expression
        for field in DEAL
        if field.name != COMPETITOR
    },
    COMPETITOR: Meant(DealRow.__table__.c.id, deals_against),
    # by the index of its order
    "expected_on": Placed(DealRow.__table__.c.expected_on, EXPECTED, NO_DAY, first=False),
}

HIDES: Mapping[str, str] = {"amount": "worth", "currency": "worth"}
"""What may be asked → the field that hides it."""

may_ask(DEALS, DEAL, HIDES)
