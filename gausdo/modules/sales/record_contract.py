"""A deal, by itself and with all that its page shows of it; `contract` hands both on."""

from datetime import date
from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomRecord
from gausdo.kernel.values import Money, Time, Value
from gausdo.modules.sales.competitors_contract import DealCompetitors
from gausdo.modules.sales.contacts_contract import DealContacts, Known
from gausdo.modules.sales.forecast_contract import StageStay
from gausdo.modules.sales.funnel import StageKind
from gausdo.modules.sales.lines_contract import DealLines
from gausdo.modules.sales.quotes_contract import Quote


class Deal(CustomRecord):
    id: UUID
    title: str
    pipeline_id: UUID
    stage_id: UUID
    kind: StageKind
    probability: int
    worth: Money | None
    company: Known | None
    contact: Known | None
    owner: Known
    team_id: UUID | None
    expected_on: date | None
    lost_reason: str | None
    about: str | None
    next_task_at: Time | None  # when the nearest open task of the deal is due
    next_task: bool  # whether the deal has any open task
    stage_since: Time
    stage_due_at: Time | None  # until when the stage lets it stay
    created_at: Time
    changed_at: Time
    closed_at: Time | None
    version: int
    editable: bool  # whether the reader may change it
    hidden: list[str]  # fields that the reader may not see


class DealRecord(Value):
    """What is asked for one by one elsewhere, of one moment but for lines and quotes."""

    deal: Deal
    contacts: DealContacts
    competitors: DealCompetitors
    lines: DealLines
    quotes: list[Quote]
    stages: list[StageStay]


class KeepsRecords(Protocol):
    async def deal_record(self, actor: Actor, id: UUID) -> DealRecord:
        """Raises NotFound, also when the actor may not see it."""
        ...
