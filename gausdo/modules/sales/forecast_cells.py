"""The cells of a forecast: months of owners or teams, with their goals, and of all together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from gausdo.kernel.rates import in_base
from gausdo.modules.sales.forecast_contract import ForecastRow, ForecastSums
from gausdo.modules.sales.forecast_states import Rates
from gausdo.modules.sales.goal_tables import GoalRow

_SUMS = ("won", "open", "weighted", "by_history", "count", "won_count")
Place = tuple[date | None, bool]


@dataclass
class _Cell:
    won: Decimal = Decimal("0.00")
    open: Decimal = Decimal("0.00")
    weighted: Decimal = Decimal("0.00")
    by_history: Decimal = Decimal("0.00")
    count: int = 0
    won_count: int = 0
    goal: Decimal | None = None
    goal_deals: int | None = None

    def add(self, sums: Any) -> None:
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(sums, name))

    def aim(self, worth: Decimal | None, deals: int | None) -> None:
        if worth is not None:
            self.goal = (self.goal or Decimal("0.00")) + worth
        if deals is not None:
            self.goal_deals = (self.goal_deals or 0) + deals

    def told(self, place: Place) -> dict[str, Any]:
        missing = None if self.goal is None else max(self.goal - self.won, Decimal("0.00"))
        return {"month": place[0], "late": place[1], **vars(self), "missing": missing}


def cells(
    found: Iterable[Row[Any]],
    goals: Mapping[tuple[date, UUID], tuple[Decimal | None, int | None]],
    months: Sequence[date],
) -> tuple[list[ForecastSums], list[ForecastRow]]:
    """Of all together, every month; and of each one who has deals or a goal in it."""
    each: dict[tuple[Place, UUID | None], _Cell] = {}
    totals: dict[Place, _Cell] = {(month, False): _Cell() for month in months}
    for row in found:
        place = row.month, row.late
        for cell in (each.setdefault((place, row.who), _Cell()), totals.setdefault(place, _Cell())):
            cell.add(row)
    for (month, who), goal in goals.items():
        place = month, False
        for cell in (each.setdefault((place, who), _Cell()), totals.setdefault(place, _Cell())):
            cell.aim(*goal)
    order = sorted(each, key=lambda of: (*_order(of[0]), str(of[1])))
    return (
        [ForecastSums(**totals[place].told(place)) for place in sorted(totals, key=_order)],
        [ForecastRow(who=who, **each[place, who].told(place)) for place, who in order],
    )


def aims(
    rows: Iterable[GoalRow], by: str, rates: Rates
) -> dict[tuple[date, UUID], tuple[Decimal | None, int | None]]:
    """Goals in the base currency; of a currency without a rate the sum is not told."""
    told: dict[tuple[date, UUID], tuple[Decimal | None, int | None]] = {}
    for row in rows:
        who = row.user_id if by == "owner" else row.team_id
        if who is None:
            continue
        rate = rates.get(row.currency or "")
        worth = None if row.amount is None or rate is None else in_base(row.amount, *rate)
        told[row.month, who] = worth, row.deals
    return told


def _order(place: Place) -> tuple[date, bool]:
    return place[0] or date.max, place[1]
