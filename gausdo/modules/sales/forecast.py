"""What deals were at a time, and what was expected of them then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy import Row, exists, select, text

from gausdo.kernel.actor import Actor, left_out
from gausdo.kernel.pages import Listed, place
from gausdo.kernel.values import now
from gausdo.modules.sales import access, change_queries, forecast_queries
from gausdo.modules.sales.forecast_cells import aims, cells
from gausdo.modules.sales.forecast_contract import (
    ChangedDeal,
    ChangedDealsQuery,
    ChangeKind,
    ChangesQuery,
    Forecast,
    ForecastChange,
    ForecastChanges,
    ForecastDeal,
    ForecastDealsQuery,
    ForecastQuery,
    OpenSums,
)
from gausdo.modules.sales.forecast_queries import Times
from gausdo.modules.sales.forecast_states import Rates
from gausdo.modules.sales.forecast_tables import DealStateRow
from gausdo.modules.sales.goal_tables import GoalRow
from gausdo.modules.sales.goals import GoalsService, later
from gausdo.modules.sales.rates import RateBook
from gausdo.modules.sales.stage_chances import ChancesService
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Tx

PORTION = 1000
NEEDED = ("worth", "expected_on")
V = TypeVar("V", bound=BaseModel)

_KNOWN = text(
    """
    with told as (
        select currency, units, value, day, since, until from sales.rate_state where base = :base
        union all
        select currency, units, value, day, '-infinity', null from sales.rate r
        where base = :base and not exists (select from sales.rate_state s where s.rate_id = r.id)
    )
    select distinct on (currency) currency, units, value from told where day <= :day
    order by currency, not (since <= :at and (until is null or until > :at)),
        case when since > :at then since end, day desc, since desc
    """
)
"""The rate of each currency on or before a day, as it was known at a moment. Where none was known
yet, the one that was told first since then: it stays so.
"""


@dataclass(frozen=True)
class ForecastService(ChancesService, GoalsService, RateBook):
    """The part of `SalesService` that looks back, and ahead, at the rates of a day."""

    async def keep_states(self) -> None:
        """Begin those of deals that have none, in portions; the deals are locked meanwhile."""
        kept = exists().where(DealStateRow.deal_id == DealRow.id)
        some = select(DealRow.id).where(~kept).limit(PORTION).with_for_update(skip_locked=True)
        begin = text(
            "select sales.add_deal_state(d, least(d.stage_since, clock_timestamp())) "
            "from sales.deal d where d.id = any(:ids) and not exists "
            "(select from sales.deal_state s where s.deal_id = d.id)"
        )
        more = True
        while more:
            async with self.db.begin() as tx:
                ids = [*await tx.session.scalars(some)]
                await tx.session.execute(begin, {"ids": ids})
            more = len(ids) == PORTION

    async def forecast(self, actor: Actor, query: ForecastQuery) -> Forecast:
        _demand_sums(actor)
        day = self._day(query.as_of)
        async with self.db.begin(actor) as tx:
            times = await self._times(tx, query, day)
            found = (await tx.session.execute(forecast_queries.sums(actor, query, times))).all()
            goals = [] if query.pipeline_id else await self._goals(tx, actor, times)
        totals, rows = cells(found, aims(goals, query.by, times.rates), times.months)
        missing = {currency for row in found for currency in row.missing or ()}
        return Forecast(
            as_of=day,
            currency=self.base.currency,
            totals=totals,
            rows=rows,
            without_rate=sorted(missing),
        )

    async def forecast_deals(self, actor: Actor, query: ForecastDealsQuery) -> Listed[ForecastDeal]:
        _demand_sums(actor)
        async with self.db.begin(actor) as tx:
            times = await self._times(tx, query, self._day(query.as_of))
            statement = forecast_queries.deals(actor, query, times)
            found = (await tx.session.execute(statement)).all()
        return _page(ForecastDeal, found, query.limit)

    async def forecast_changes(self, actor: Actor, query: ChangesQuery) -> ForecastChanges:
        _demand_sums(actor)
        async with self.db.begin(actor) as tx:
            span = await self._span(tx, query)
            told = change_queries.sums(actor, query, span)
            found = (await tx.session.execute(told)).one()
            before = (await tx.session.execute(change_queries.before(actor, query, span))).one()
            after = (await tx.session.execute(change_queries.after(actor, query, span))).one()
        changes = [
            ForecastChange(
                kind=kind,
                **{name: getattr(found, f"{kind}_{name}") for name in change_queries.COUNTED},
            )
            for kind in ChangeKind
        ]
        missing = {currency for row in (before, after) for currency in row.missing or ()}
        was = OpenSums(open=before.open, weighted=before.weighted, count=before.count)
        by_rates = OpenSums(
            open=before.open_then - before.open,
            weighted=before.weighted_then - before.weighted,
            count=before.moved,
        )
        return ForecastChanges(
            since=span.since,
            as_of=span.day,
            currency=self.base.currency,
            before=was,
            now=OpenSums(open=after.open, weighted=after.weighted, count=after.count),
            rates=by_rates,
            changes=changes,
            without_rate=sorted(missing),
        )

    async def changed_deals(self, actor: Actor, query: ChangedDealsQuery) -> Listed[ChangedDeal]:
        _demand_sums(actor)
        async with self.db.begin(actor) as tx:
            span = await self._span(tx, query)
            found = (await tx.session.execute(change_queries.deals(actor, query, span))).all()
        return _page(ChangedDeal, found, query.limit)

    def _day(self, asked: date | None) -> date:
        today = self.base.today()
        return min(asked or today, today)

    def _end(self, day: date) -> datetime:
        """Of a day; now, while it lasts."""
        return min(self._begins(day + timedelta(days=1)), now())

    def _begins(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.base.time_zone))

    async def _times(self, tx: Tx, query: ForecastQuery, day: date) -> Times:
        months = [later(day, count) for count in range(query.months)]
        end = later(day, query.months)
        at = self._end(day)
        return Times(
            at=at,
            months=tuple(months),
            end=end,
            bounds=(self._begins(months[0]), self._begins(end)),
            zone=self.base.time_zone,
            rates=await self._known_rates(tx, day, at),
            chances=await self.used_chances(tx, day),
        )

    async def _span(self, tx: Tx, query: ChangesQuery) -> change_queries.Span:
        day = self._day(query.as_of)
        since = min(query.since or day - timedelta(days=day.weekday()), day)
        start, end = self._begins(since), self._end(day)
        return change_queries.Span(
            since=since,
            day=day,
            start=start,
            end=end,
            rates_before=await self._known_rates(tx, since - timedelta(days=1), start),
            rates=await self._known_rates(tx, day, end),
        )

    async def _known_rates(self, tx: Tx, day: date, at: datetime) -> Rates:
        asked = {"base": self.base.currency, "day": day, "at": at}
        rows = await tx.session.execute(_KNOWN, asked)
        told: Rates = {row.currency: (row.units, row.value) for row in rows}
        return {**told, self.base.currency: (1, Decimal(1))}

    async def _goals(self, tx: Tx, actor: Actor, times: Times) -> Sequence[GoalRow]:
        return await self.goals_of(tx, actor, times.months[0], times.end)


def _demand_sums(actor: Actor) -> None:
    actor.demand(access.READ)
    for name in NEEDED:
        if name in actor.hidden(access.READ):
            raise left_out(access.READ, name)


def _page(of: type[V], found: Sequence[Row[Any]], limit: int) -> Listed[V]:
    items = [of.model_validate_json(row.item) for row in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return Listed(items=items, next=last and place(str(last.key), last.id))
