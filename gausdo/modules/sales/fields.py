"""What a condition may ask of a deal: filters, saved views, rights, automations."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Date, func, literal_column
from sqlalchemy.types import Uuid

from gausdo.kernel.conditions import Field, Fields, FieldType, Target
from gausdo.kernel.fields import LINKS_TO_COMPETITOR, LINKS_TO_SEGMENT
from gausdo.kernel.rights import may_ask
from gausdo.modules.sales.competitor_tables import deals_against
from gausdo.modules.sales.contract import DEALS, StageKind
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.conditions_sql import Meant, Placed

COMPETITOR = "competitor_id"
"""By what a list is asked for the deals that somebody is a competitor in."""
SEGMENT = "segment_id"
"""By what it is asked for the deals of a segment's members."""
WITH = frozenset({"company_id", "contact_id"})
"""The fields that say whom a deal is with: who does not see them finds nothing by a segment."""

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
    Field(
        name=SEGMENT,
        type=FieldType.ID,
        targets=frozenset({Target.SQL}),
        links_to=LINKS_TO_SEGMENT,
    ),
)

NO_DAY: ColumnElement[Any] = literal_column("'9999-12-31'::date", Date)
"""Where a deal stands whose expected day is empty, or hidden."""
EXPECTED: ColumnElement[Any] = func.coalesce(DealRow.__table__.c.expected_on, NO_DAY, type_=Date)
COLUMNS: Mapping[str, ColumnElement[Any]] = {
    **{
        field.name: getattr(DealRow, field.name).expression
        for field in DEAL
        if field.name not in {COMPETITOR, SEGMENT}
    },
    COMPETITOR: Meant(DealRow.__table__.c.id, deals_against),
    SEGMENT: literal_column("null::uuid", Uuid),  # `segmented` knows who asks
    # by the index of its order
    "expected_on": Placed(DealRow.__table__.c.expected_on, EXPECTED, NO_DAY, first=False),
}

HIDES: Mapping[str, str] = {"amount": "worth", "currency": "worth", SEGMENT: "company_id"}
"""What may be asked → the field that hides it."""

may_ask(DEALS, DEAL, HIDES)
