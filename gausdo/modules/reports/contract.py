"""Reports: dashboards from the analytical store, down to the records behind a bar."""

from datetime import date
from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.pages import PAGE, Limit
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Amount, Currency, Draft, Time, Value

DASHBOARDS = guarded("reports.dashboard", "read")

Chart = Literal["won-by-month", "funnel", "forecast", "activity-by-owner"]
Measure = Literal["opened", "moved", "won"]


class DashboardQuery(Draft):
    """`months` back (won, funnel, activity) and ahead (forecast), the current one included.

    One currency at a time, since sums of different currencies do not add up; a deal without a
    sum counts in each of them.
    """

    pipeline_id: UUID | None = None
    owner_id: UUID | None = None
    currency: Currency = "RUB"
    months: int = Field(12, ge=1, le=36)


class MonthBar(Value):
    month: date  # its first day
    count: int
    sum: Amount
    weighted: Amount  # forecast only; equal to sum elsewhere


class StageBar(Value):
    """How many deals ever entered the stage within the period, and what they are worth."""

    stage_id: UUID
    count: int
    sum: Amount


class OwnerBar(Value):
    """What an owner has done in the period, whatever the currency: deals opened, deals moved and
    deals won while they were theirs, tasks done, notes written.
    """

    owner_id: UUID
    opened: int
    moved: int
    won: int
    tasks_done: int
    notes: int


class Dashboard(Value):
    won_by_month: list[MonthBar]
    funnel: list[StageBar]
    forecast: list[MonthBar]  # open deals by the month they are expected in, overdue ones now
    activity_by_owner: list[OwnerBar]
    currencies: list[Currency]  # that there are deals in
    fresh_at: Time  # everything committed up to here is in


class DrillQuery(DashboardQuery):
    """Which bar was clicked: a month (first day), a stage or an owner; of an owner's deals those
    of one `measure`, or all.
    """

    chart: Chart
    measure: Measure | None = None
    month: date | None = None
    stage_id: UUID | None = None
    bar_owner_id: UUID | None = None
    limit: Limit = PAGE
    after: Annotated[str, StringConstraints(max_length=1000)] | None = None


class DealIds(Value):
    """The deals behind a bar; their rows come from sales, under the reader's rights."""

    ids: list[UUID]
    next: str | None


class Reports(Protocol):
    async def dashboard(self, actor: Actor, query: DashboardQuery) -> Dashboard:
        """Of what the actor may read. Raises Unavailable without the analytical store."""
        ...

    async def deals_behind(self, actor: Actor, query: DrillQuery) -> DealIds:
        """Newest first. Raises Invalid when the bar is not named, Unavailable as above."""
        ...
