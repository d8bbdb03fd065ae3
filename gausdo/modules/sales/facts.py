"""What sales tells the analytical store: every step of every deal, and what each deal is now."""

from gausdo.modules.sales.contract import (
    DealChanged,
    DealMoved,
    DealOpened,
    DealRemoved,
    DealRestored,
)
from gausdo.modules.sales.fields import DEAL
from gausdo.platform.facts import TIME, WORD, Column, Dataset, Kind

_EVENTS = (DealOpened, DealChanged, DealMoved)
_AMOUNT = "Nullable(Decimal(18, 2))"

_DEAL = (
    Column("deal_id", "UUID", "subject_id"),
    Column("version", "UInt64", "version"),
    Column("pipeline_id", "UUID", "body.pipeline_id"),
    Column("stage_id", "UUID", "body.stage_id"),
    Column("kind", WORD, "body.kind"),
    Column("probability", "UInt8", "body.probability"),
    Column("amount", _AMOUNT, "body.amount"),
    Column("currency", WORD, "body.currency"),
    Column("owner_id", "UUID", "body.owner_id"),
    Column("team_id", "Nullable(UUID)", "body.team_id"),
    Column("company_id", "Nullable(UUID)", "body.company_id"),
    Column("contact_id", "Nullable(UUID)", "body.contact_id"),
    Column("expected_on", "Nullable(Date32)", "body.expected_on"),
    Column("created_at", TIME, "body.created_at"),
    Column("stage_since", TIME, "body.stage_since"),
    Column("closed_at", f"Nullable({TIME})", "body.closed_at"),
)

DEAL_FACTS = Dataset(
    "deal_facts",
    Kind.FACTS,
    (
        Column("event_id", "UUID", "event_id"),
        Column("name", WORD, "name"),
        Column("at", TIME, "at"),
        Column("actor_id", "Nullable(UUID)", "actor_id"),
        Column("via", WORD, "via"),
        *_DEAL,
        Column("from_stage_id", "Nullable(UUID)", "body.from_stage_id"),
        Column("from_kind", WORD, "body.from_kind"),
        Column("from_probability", "Nullable(UInt8)", "body.from_probability"),
        Column("seconds", "Nullable(Int64)", "body.seconds"),
        Column("from_amount", _AMOUNT, "body.changes.worth.0.amount"),
        Column("from_currency", WORD, "body.changes.worth.0.currency"),
        Column("from_expected_on", "Nullable(Date32)", "body.changes.expected_on.0"),
        Column("from_owner_id", "Nullable(UUID)", "body.previous_owner_id"),
        Column("from_team_id", "Nullable(UUID)", "body.previous_team_id"),
    ),
    events=_EVENTS,
    order_by=("name", "toDate(at)", "deal_id", "event_id"),
)
"""A row per step: the deal as it is after it, and `from_…` what the step has changed."""

DEAL_STATE = Dataset(
    "deal_state",
    Kind.STATE,
    (*_DEAL, Column("changed_at", TIME, "at")),
    events=(*_EVENTS, DealRemoved, DealRestored),
    order_by=("deal_id",),
    ends=(DealRemoved,),
    fields=DEAL,
)
"""A row per deal: what it is now."""

datasets = (DEAL_FACTS, DEAL_STATE)
