"""What deals were, and what they are expected to bring; `contract` hands it on."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Protocol, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from gausdo.kernel.actor import Actor
from gausdo.kernel.pages import Limit, Listed
from gausdo.kernel.rates import Day
from gausdo.kernel.values import Amount, Currency, Draft, Money, Time, Value
from gausdo.modules.sales.funnel import StageKind
from gausdo.modules.sales.goals_contract import KeepsGoals

ENOUGH = 20
"""Closed deals that have been in a stage, for their share of won ones to say anything."""
PAGE = 50


class StageStay(Value):
    """A time a deal was in a stage; `left` is None while it is there."""

    pipeline_id: UUID
    stage_id: UUID
    state: StageKind
    entered: Time
    left: Time | None


class AsOf(Draft):
    """`as_of`: as it stood at the end of that day, today unless told."""

    pipeline_id: UUID | None = None
    as_of: Day | None = None


class ForecastQuery(AsOf):
    """Months begin with that of `as_of`."""

    months: Annotated[int, Field(ge=1, le=24)] = 6
    by: Literal["owner", "team"] = "owner"


After = Annotated[str, StringConstraints(max_length=1000)]


class ForecastDealsQuery(ForecastQuery):
    """The deals of one row of a forecast, or of several.

    Of a `month`, of those that are `late`, of those of no day (`undated`), or else of all; of one
    `who`, of those without a team (`nobody`), or of all.
    """

    month: date | None = None
    late: bool = False
    undated: bool = False
    who: UUID | None = None
    nobody: bool = False
    state: Literal["open", "won"] | None = None
    after: After | None = None
    limit: Limit = PAGE


class ForecastSums(Value):
    """Of one month, in the base currency; of one owner or team, or of all of them.

    `month` is its first day; None: open deals of no day, or of a day before the first month
    (`late`). `count` has all deals, also those without a sum. Each deal is converted and rounded
    to the hundredth by itself (halves away from zero), and so is its weighted sum; the numbers
    are sums of these. `by_history` is weighted by what became of deals in the same stage, where
    enough of them were closed, and else as `weighted`. `goal` and `goal_deals` are to be won in the
    month, `missing` is what is not yet; only where no pipeline is asked for.
    """

    month: date | None
    late: bool
    won: Amount
    open: Amount
    weighted: Amount
    by_history: Amount
    count: int
    won_count: int
    goal: Amount | None
    goal_deals: int | None
    missing: Amount | None


class ForecastRow(ForecastSums):
    who: UUID | None


class Forecast(Value):
    """`totals` has every month asked for; `without_rate`: currencies whose sums are counted as
    nothing.
    """

    as_of: date
    currency: Currency
    totals: list[ForecastSums]
    rows: list[ForecastRow]
    without_rate: list[Currency]


class DealThen(Value):
    """A deal as it was; `base` is its worth in the base currency, None without a rate."""

    stage_id: UUID
    state: StageKind
    probability: int
    worth: Money | None
    base: Amount | None
    expected_on: date | None
    owner_id: UUID
    team_id: UUID | None


class ForecastDeal(Value):
    """`title` is None where nothing is left of a deal but what it was."""

    deal_id: UUID
    title: str | None
    removed: bool
    then: DealThen


class ChangeKind(StrEnum):
    """What became of deals since a day. One deal may have changed in several ways."""

    NEW = "new"
    REOPENED = "reopened"
    TAKEN = "taken"  # it came from another owner or team than those asked for
    GIVEN = "given"  # it went to another
    WON = "won"
    LOST = "lost"
    REMOVED = "removed"
    SUM_UP = "sum_up"
    SUM_DOWN = "sum_down"
    CHANCE_UP = "chance_up"
    CHANCE_DOWN = "chance_down"
    EARLIER = "earlier"
    LATER = "later"  # to a later month, or to no day at all


class ChangesQuery(AsOf):
    """From the beginning of `since`, this week's Monday unless told."""

    since: Day | None = None
    owner_id: UUID | None = None
    team_id: UUID | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.as_of and self.since > self.as_of:
            raise ValueError("It has not begun by the day it ends.")
        return self


class ChangedDealsQuery(ChangesQuery):
    kind: ChangeKind
    after: After | None = None
    limit: Limit = PAGE


class ForecastChange(Value):
    """How many deals changed so, what they are worth together, and what that makes of the sums of
    what is open, and of what was won.
    """

    kind: ChangeKind
    count: int
    worth: Amount
    open: Amount
    weighted: Amount
    won: Amount


class OpenSums(Value):
    open: Amount
    weighted: Amount
    count: int


class ForecastChanges(Value):
    """`before`, with what is in `changes` and `rates`, is `now`, to the hundredth.

    Sums of `changes` are at the rates of the end; `rates` is what they make of `before`.
    """

    since: date
    as_of: date
    currency: Currency
    before: OpenSums
    now: OpenSums
    rates: OpenSums
    changes: list[ForecastChange]
    without_rate: list[Currency]


class ChangedDeal(Value):
    """`before` is None of one that was not there, `now` of one that was taken away."""

    deal_id: UUID
    title: str | None
    removed: bool
    before: DealThen | None
    now: DealThen | None


class StageChance(Value):
    """The share of deals won, of those closed in a year that had been in an open stage.

    `used`: enough of them were closed for `by_history` of a forecast to go by it.
    """

    pipeline_id: UUID
    stage_id: UUID
    probability: int
    passed: int
    won: int
    used: bool


class StageChances(Value):
    """`day`: when they were counted last, None before the first time."""

    day: date | None
    enough: int
    stages: list[StageChance]


class Forecasts(KeepsGoals, Protocol):
    """The part of `sales` that knows what was, and what is to come.

    Of the deals the actor may see now, and of removed ones those that were theirs to see. What
    asks for sums raises Forbidden where sums or days may be hidden.
    """

    async def deal_stages(self, actor: Actor, id: UUID) -> list[StageStay]:
        """The first one first, the latest 500. Raises NotFound."""
        ...

    async def forecast(self, actor: Actor, query: ForecastQuery) -> Forecast: ...

    async def forecast_deals(self, actor: Actor, query: ForecastDealsQuery) -> Listed[ForecastDeal]:
        """What is worth most first."""
        ...

    async def forecast_changes(self, actor: Actor, query: ChangesQuery) -> ForecastChanges: ...

    async def changed_deals(self, actor: Actor, query: ChangedDealsQuery) -> Listed[ChangedDeal]:
        """What is worth most first."""
        ...

    async def stage_chances(self, actor: Actor) -> StageChances:
        """Of all pipelines in use."""
        ...

    async def keep_chances(self) -> None:
        """Count them, once a day; only Gausdo asks."""
        ...
