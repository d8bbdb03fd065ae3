"""What deals were at a time, and what was expected of them then."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, exists, or_, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from gausdo.kernel.actor import Actor, left_out
from gausdo.kernel.rates import CENT, EXACT, in_base
from gausdo.kernel.values import now
from gausdo.modules.sales import access
from gausdo.modules.sales.forecast_contract import Forecast, ForecastQuery, ForecastRow, StageStay
from gausdo.modules.sales.forecast_tables import DealStateRow
from gausdo.modules.sales.funnel import StageKind
from gausdo.modules.sales.rate_tables import RateRow
from gausdo.modules.sales.rates import RateBook
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Tx

STATES = 500
"""Of one deal in one answer."""
PORTION = 1000
NEEDED = ("worth", "expected_on")
TOLD = (
    *("state", "probability", "amount", "currency"),
    *("expected_on", "closed_at", "owner_id", "team_id"),
)
Cell = tuple[date | None, bool, UUID | None]


@dataclass
class _Sums:
    won: Decimal = Decimal("0.00")
    open: Decimal = Decimal("0.00")
    weighted: Decimal = Decimal("0.00")
    count: int = 0


@dataclass(frozen=True)
class ForecastService(RateBook):
    """The part of `SalesService` that looks back, and ahead, at the rates of a day."""

    async def deal_stages(self, actor: Actor, id: UUID) -> list[StageStay]:
        async with self.db.begin(actor) as tx:
            await access.deal(tx, actor, id)
            latest = select(DealStateRow).where(DealStateRow.deal_id == id)
            latest = latest.order_by(DealStateRow.since.desc()).limit(STATES)
            rows = [*reversed((await tx.session.scalars(latest)).all())]
        stays: list[StageStay] = []
        for row in rows:
            last = stays[-1] if stays else None
            if last and (last.stage_id, last.left) == (row.stage_id, row.since):
                stays[-1] = last.model_copy(update={"left": row.until})
                continue
            stay = StageStay(
                pipeline_id=row.pipeline_id,
                stage_id=row.stage_id,
                state=StageKind(row.state),
                entered=row.since,
                left=row.until,
            )
            stays.append(stay)
        return stays

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
        actor.demand(access.READ)
        for name in NEEDED:
            if name in actor.hidden(access.READ):
                raise left_out(access.READ, name)
        day = min(query.as_of or self.base.today(), self.base.today())
        months = _months(day, query.months)
        async with self.db.begin(actor) as tx:
            rates = await self._rates(tx, day)
            found = (await tx.session.execute(_valid(actor, query, self._end(day)))).all()
        cells: dict[Cell, _Sums] = defaultdict(_Sums)
        missing: set[str] = set()
        for row in found:
            when = self._when(row, months)
            if when is None:
                continue
            sums = cells[(*when, row.owner_id if query.by == "owner" else row.team_id)]
            sums.count += 1
            if row.amount is None or row.currency is None:
                continue
            if row.currency not in rates:
                missing.add(row.currency)
                continue
            worth = in_base(row.amount, *rates[row.currency])
            if row.state == StageKind.WON:
                sums.won += worth
            else:
                sums.open += worth
                sums.weighted += _weighted(worth, row.probability)
        rows = [
            ForecastRow(month=month, late=late, who=who, **vars(sums))
            for (month, late, who), sums in cells.items()
        ]
        rows.sort(key=lambda row: (row.month or date.max, row.late, str(row.who)))
        return Forecast(
            as_of=day, currency=self.base.currency, rows=rows, without_rate=sorted(missing)
        )

    def _end(self, day: date) -> datetime:
        """Of a day; now, while it lasts."""
        zone = ZoneInfo(self.base.time_zone)
        return min(datetime.combine(day + timedelta(days=1), time(), zone), now())

    def _when(self, row: Row[Any], months: list[date]) -> tuple[date | None, bool] | None:
        """Month, and whether it is late; None: in no month that is asked for."""
        if row.state == StageKind.WON:
            day = self.base.day(row.closed_at) if row.closed_at else None
        else:
            day = row.expected_on
            if day is None or day < months[0]:
                return None, day is not None
        month = day and day.replace(day=1)
        return (month, False) if month in months else None

    async def _rates(self, tx: Tx, day: date) -> dict[str, tuple[int, Decimal]]:
        """Units and value of each currency, the latest on or before a day."""
        query = select(RateRow).where(RateRow.base == self.base.currency, RateRow.day <= day)
        query = query.order_by(RateRow.currency, RateRow.day.desc())
        rows = await tx.session.scalars(query.ext(distinct_on(RateRow.currency)))
        told = {row.currency: (row.units, row.value) for row in rows}
        return told | {self.base.currency: (1, Decimal(1))}


def _valid(actor: Actor, query: ForecastQuery, at: datetime) -> Select[Any]:
    """What was open or won then, of the deals that are the actor's to see now."""
    row = DealStateRow
    asked = (
        select(*(getattr(row, name) for name in TOLD))  # plain rows: there may be 100,000
        .join(DealRow, DealRow.id == row.deal_id)
        .where(
            access.visible(actor),
            row.since <= at,
            or_(row.until.is_(None), row.until > at),
            row.state != StageKind.LOST,
        )
    )
    return asked.where(row.pipeline_id == query.pipeline_id) if query.pipeline_id else asked


def _months(day: date, count: int) -> list[date]:
    first = day.year * 12 + day.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, first + count)]


def _weighted(worth: Decimal, probability: int) -> Decimal:
    with localcontext(prec=EXACT):
        return (worth * probability / 100).quantize(CENT, ROUND_HALF_UP)
