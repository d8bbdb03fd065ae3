"""Sales: pipelines with their own stages, and the deals that pass them."""

from datetime import date
from typing import Any, Literal, Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.configuration import Configured
from gausdo.kernel.custom import CustomChange, CustomDraft
from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.finding import Finds
from gausdo.kernel.history import ENTRIES, After, Entries, Restoration, Tells
from gausdo.kernel.imports import TakesFiles
from gausdo.kernel.named import NamedRecord
from gausdo.kernel.pages import Limit
from gausdo.kernel.persons import HoldsPeople
from gausdo.kernel.rates import BaseSum, KeepsRates
from gausdo.kernel.rights import guarded
from gausdo.kernel.shares import Share, ShareDraft
from gausdo.kernel.taking_back import TakesBack
from gausdo.kernel.values import (
    Amount,
    Change,
    Currency,
    Json,
    Line,
    Money,
    Text,
    Time,
    Value,
)
from gausdo.kernel.why import Why
from gausdo.modules.sales.around_contract import DealsAround, TellsOfDeals
from gausdo.modules.sales.competitors_contract import CompetitorChanged, KeepsCompetitors
from gausdo.modules.sales.contacts_contract import KeepsContacts, Known
from gausdo.modules.sales.deal_fields import DealFields
from gausdo.modules.sales.events import DealsEdited, DealShared, RatesChanged
from gausdo.modules.sales.forecast_contract import Forecasts
from gausdo.modules.sales.funnel import (
    EVERY_LANE,
    PIPELINES,
    DealsThere,
    KeepsPipelines,
    LanesQuery,
    LastPipeline,
    LostReasonNeeded,
    NoWayThere,
    Pipeline,
    PipelineAdded,
    PipelineArchived,
    PipelineChange,
    PipelineChanged,
    PipelineDraft,
    PipelineOrder,
    Stage,
    StageDraft,
    StageKind,
    StageNeeds,
    UnknownStage,
)
from gausdo.modules.sales.groups_contract import DealQuery, GroupsDeals
from gausdo.modules.sales.imported_contract import ImportedDeal
from gausdo.modules.sales.lines_contract import KeepsLines
from gausdo.modules.sales.many import EditsDeals
from gausdo.modules.sales.products_contract import PRODUCTS, KeepsProducts
from gausdo.modules.sales.quotes_contract import (
    KeepsQuotes,
    QuoteAccepted,
    QuoteDeclined,
    QuoteMade,
    QuoteOpened,
    QuoteSent,
    QuoteSuperseded,
)
from gausdo.modules.sales.record_contract import Deal, DealRecord, KeepsRecords

__all__ = [
    "EVERY_LANE",
    "PIPELINES",
    "PRODUCTS",
    "CompetitorChanged",
    "Deal",
    "DealQuery",
    "DealRecord",
    "DealShared",
    "DealsAround",
    "DealsEdited",
    "DealsThere",
    "ImportedDeal",
    "Known",
    "LanesQuery",
    "LastPipeline",
    "LostReasonNeeded",
    "NoWayThere",
    "Pipeline",
    "PipelineAdded",
    "PipelineArchived",
    "PipelineChange",
    "PipelineChanged",
    "PipelineDraft",
    "PipelineOrder",
    "QuoteAccepted",
    "QuoteDeclined",
    "QuoteMade",
    "QuoteOpened",
    "QuoteSent",
    "QuoteSuperseded",
    "RatesChanged",
    "Stage",
    "StageDraft",
    "StageKind",
    "StageNeeds",
    "UnknownStage",
]
"""What has a file of its own and is of the contract all the same."""

DEALS = guarded(
    "sales.deal",
    *("create", "read", "edit", "assign", "import", "share", "win", "lose", "delete"),
    owned=True,
    fields=("worth", "company_id", "contact_id", "expected_on", "lost_reason", "about"),
    custom=True,
    exported=True,
)
RATES = guarded("sales.rates", "edit")


class DealDraft(CustomDraft):
    title: Line
    pipeline_id: UUID | None = None  # the first pipeline when not told
    stage_id: UUID | None = None  # its first open stage when not told
    company_id: UUID | None = None
    contact_id: UUID | None = None
    worth: Money | None = None
    expected_on: date | None = None
    owner_id: UUID | None = None  # the actor when not told
    about: Text | None = None


class DealChange(CustomChange):
    title: Line | None = None
    company_id: UUID | None = None
    contact_id: UUID | None = None
    worth: Money | None = None
    expected_on: date | None = None
    owner_id: UUID | None = None
    about: Text | None = None


class DealMove(Change):
    """To another stage of the same pipeline. `lost_reason` is asked for by a lost stage;
    `lost_to` is a competitor's name.
    """

    stage_id: UUID
    lost_reason: Line | None = None
    lost_to: Line | None = None


class CurrencySum(Value):
    currency: Currency
    sum: Amount
    weighted: Amount


class Column(Value):
    """A stage of the board: exact numbers of all its deals, and the first of them."""

    stage_id: UUID
    count: int
    sums: list[CurrencySum]
    base: BaseSum | None  # where there is any sum
    deals: list[Deal]
    next: str | None


class Board(Value):
    pipeline_id: UUID
    columns: list[Column]
    base: BaseSum | None  # of all that is open


class BoardQuery(LanesQuery):
    limit: Limit = 20


class _DealEvent(Event, name="sales.deal-event"):
    """What every fact of a deal tells: its state after it."""

    deal_id: UUID
    version: int
    pipeline_id: UUID
    stage_id: UUID
    kind: StageKind
    probability: int
    owner_id: UUID
    team_id: UUID | None
    amount: Amount | None
    currency: Currency | None
    company_id: UUID | None
    contact_id: UUID | None
    expected_on: date | None
    created_at: Time
    stage_since: Time
    closed_at: Time | None

    def subject(self) -> Subject:
        return Subject(kind="deal", id=self.deal_id)

    def subject_version(self) -> int:
        return self.version

    def seen_by(self) -> Seen:
        return Seen(
            owners=frozenset({self.owner_id}),
            teams=frozenset({self.team_id} if self.team_id else ()),
        )


class DealOpened(_DealEvent, name="sales.deal-opened.v1"): ...


class DealRemoved(_DealEvent, name="sales.deal-removed.v1"):
    """It is on no board and in no sum any more; for thirty days it can come back."""


class DealRestored(_DealEvent, name="sales.deal-restored.v1"):
    """It is there again, as it was."""


class DealChanged(_DealEvent, name="sales.deal-changed.v1"):
    """`changes`: field → [before, after], personal text left out."""

    changes: dict[str, tuple[Any, Any]]
    custom: tuple[str, ...] = ()  # keys of fields that were added, and changed now
    previous_owner_id: UUID
    previous_team_id: UUID | None

    def seen_by(self) -> Seen:
        teams = {self.team_id, self.previous_team_id} - {None}
        return Seen(
            owners=frozenset({self.owner_id, self.previous_owner_id}),
            teams=frozenset(team for team in teams if team),
        )


class DealMoved(_DealEvent, name="sales.deal-moved.v1"):
    """To another stage; `seconds` is the time spent in the one before."""

    from_stage_id: UUID
    from_kind: StageKind
    from_probability: int
    seconds: int


Related = Literal["company", "contact"]
"""What a deal belongs to."""


class Sales(
    HoldsPeople,
    DealFields,
    EditsDeals,
    Configured,
    KeepsRates,
    KeepsPipelines,
    KeepsProducts,
    KeepsLines,
    KeepsContacts,
    KeepsCompetitors,
    KeepsQuotes,
    KeepsRecords,
    Forecasts,
    TakesFiles,
    Finds,
    Tells,
    TakesBack,
    TellsOfDeals,
    GroupsDeals,
    Protocol,
):
    async def board(self, actor: Actor, pipeline_id: UUID, query: BoardQuery) -> Json:
        """`Board`: open stages and the deals won or lost in the last 30 days."""
        ...

    async def list_deals(self, actor: Actor, query: DealQuery) -> Json:
        """`Listed[Deal]`, by created_at, changed_at, title, amount, expected_on, stage_since."""
        ...

    async def deal(self, actor: Actor, id: UUID) -> Deal:
        """Raises NotFound, also when the actor may not see it."""
        ...

    async def find_deals(self, actor: Actor, ids: list[UUID]) -> list[Deal]:
        """Those of them (≤ 200) the actor may see, in no order."""
        ...

    async def named_deals(self, actor: Actor, ids: list[UUID]) -> list[NamedRecord]:
        """As `find_deals`, where a name is enough."""
        ...

    async def deals_of(self, actor: Actor, of: Related, ids: list[UUID], query: DealQuery) -> Json:
        """`dict[UUID, Listed[Deal]]`: a page of each of these (≤ 200) companies or people."""
        ...

    async def open_deal(self, actor: Actor, draft: DealDraft, key: str | None = None) -> Deal:
        """Raises NotFound (company, contact), UnknownStage, Forbidden, StageNeeds,
        PipelineArchived.
        """
        ...

    async def change_deal(
        self, actor: Actor, id: UUID, change: DealChange, key: str | None = None
    ) -> Deal:
        """Raises NotFound, Forbidden, Stale."""
        ...

    async def move_deal(
        self, actor: Actor, id: UUID, move: DealMove, key: str | None = None
    ) -> Deal:
        """Raises NotFound, Forbidden, Stale, UnknownStage, LostReasonNeeded, StageNeeds,
        NoWayThere, PipelineArchived.
        """
        ...

    async def restore_deal(
        self, actor: Actor, id: UUID, restoration: Restoration, key: str | None = None
    ) -> Deal:
        """Give a field, or the stage, the value it had before an entry of the history. Raises
        NotFound, Erased, NothingEarlier, and what `change_deal` and `move_deal` raise.
        """
        ...

    async def deal_history(
        self, actor: Actor, id: UUID, after: After | None = None, limit: Entries = ENTRIES
    ) -> Json:
        """`list[HistoryEntry]`, newest first; `after` is the `next` of the last one read."""
        ...

    async def deal_shares(self, actor: Actor, id: UUID) -> list[Share]:
        """With whom it is shared, for whoever may see it. Raises NotFound."""
        ...

    async def share_deal(
        self, actor: Actor, id: UUID, draft: ShareDraft, key: str | None = None
    ) -> list[Share]:
        """Raises NotFound, Forbidden, Invalid when there is no such person or team."""
        ...

    async def unshare_deal(
        self, actor: Actor, id: UUID, with_id: UUID, key: str | None = None
    ) -> list[Share]:
        """Raises NotFound, Forbidden."""
        ...

    async def why_deal(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        """Of a deal the actor may see. Raises NotFound, Forbidden."""
        ...

    async def shared_deals(self, actor: Actor) -> list[UUID]:
        """What others have shared with the actor, the latest thousand."""
        ...

    async def import_deals(
        self, actor: Actor, rows: list[tuple[int, DealDraft]], key: str | None = None
    ) -> list[ImportedDeal]:
        """A batch (≤ 1000) in one transaction; a refused row does not refuse the others."""
        ...
