"""What deals were, and what they are expected to bring; `contract` hands it on."""

from datetime import date
from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor
from gausdo.kernel.rates import Day
from gausdo.kernel.values import Amount, Currency, Draft, Time, Value
from gausdo.modules.sales.funnel import StageKind


class StageStay(Value):
    """A time a deal was in a stage; `left` is None while it is there."""

    pipeline_id: UUID
    stage_id: UUID
    state: StageKind
    entered: Time
    left: Time | None


class ForecastQuery(Draft):
    """`as_of`: as it stood at the end of that day, today unless told; months begin with its own."""

    months: Annotated[int, Field(ge=1, le=24)] = 6
    by: Literal["owner", "team"] = "owner"
    pipeline_id: UUID | None = None
    as_of: Day | None = None


class ForecastRow(Value):
    """Of one month and one owner or team, in the base currency.

    `month` is its first day; None: open deals of no day, or of a day before the first month
    (`late`). `count` has all deals, also those without a sum. Each deal is converted and rounded
    to the hundredth by itself (halves away from zero), and so is its weighted sum; the numbers
    are sums of these.
    """

    month: date | None
    late: bool
    who: UUID | None
    won: Amount
    open: Amount
    weighted: Amount
    count: int


class Forecast(Value):
    """`without_rate`: currencies whose sums are counted as nothing."""

    as_of: date
    currency: Currency
    rows: list[ForecastRow]
    without_rate: list[Currency]


class Forecasts(Protocol):
    """The part of `sales` that knows what was, and what is to come."""

    async def deal_stages(self, actor: Actor, id: UUID) -> list[StageStay]:
        """The first one first, the latest 500. Raises NotFound."""
        ...

    async def forecast(self, actor: Actor, query: ForecastQuery) -> Forecast:
        """Of the deals the actor may see now, as they were. Raises Forbidden where their sums or
        days may be hidden.
        """
        ...
