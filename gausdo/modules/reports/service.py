"""What one can ask of the reports."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.pages import place
from gausdo.modules.reports.contract import (
    DASHBOARDS,
    Dashboard,
    DashboardQuery,
    DealIds,
    DrillQuery,
    MonthBar,
    OwnerBar,
    StageBar,
)
from gausdo.modules.reports.queries import DEALS, Months, Question, Reading
from gausdo.modules.reports.tables import FreshRow
from gausdo.modules.sales.contract import Sales
from gausdo.platform.analytics import Analytics
from gausdo.platform.db import Database

READ = DASHBOARDS.right("read")
_CENT = Decimal("0.01")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ReportsService:
    db: Database
    analytics: Analytics
    sales: Sales

    async def freshness(self) -> dict[str, datetime]:
        """Source → everything it had committed up to then is in the analytical store."""
        async with self.db.begin() as tx:
            rows = await tx.session.execute(select(FreshRow.source, FreshRow.at))
            return {row.source: row.at for row in rows}

    async def dashboard(self, actor: Actor, query: DashboardQuery) -> Dashboard:
        actor.demand(READ)
        reading = await self._reading(actor, query)
        # Asked for first: the data may be fresher than we say, never older.
        fresh_at = await self._fresh_at()
        won, funnel, forecast, activity, tasks, notes, currencies = await asyncio.gather(
            *map(
                self._ask,
                (
                    reading.bars("won-by-month"),
                    reading.bars("funnel"),
                    reading.bars("forecast"),
                    reading.bars("activity-by-owner"),
                    reading.tasks_done(),
                    reading.notes(),
                    reading.currencies(),
                ),
            )
        )
        return Dashboard(
            won_by_month=_months(reading.months.back, won),
            funnel=[
                StageBar(stage_id=row["bar"], count=row["count"], sum=_cents(row["sum"]))
                for row in funnel
            ],
            forecast=_months(reading.months.ahead, forecast),
            activity_by_owner=_owners(activity, tasks, notes),
            currencies=[row["currency"] for row in currencies],
            fresh_at=fresh_at,
        )

    async def deals_behind(self, actor: Actor, query: DrillQuery) -> DealIds:
        actor.demand(READ)
        actor.demand(DEALS)
        reading = await self._reading(actor, query)
        rows = await self._ask(reading.behind(query))
        shown = rows[: query.limit]
        last = shown[-1] if len(rows) > query.limit else None
        return DealIds(
            ids=[row["deal_id"] for row in shown],
            next=last and place(last["created_at"], last["deal_id"]),
        )

    async def _reading(self, actor: Actor, query: DashboardQuery) -> Reading:
        deals = next(data for data in self.analytics.datasets if data.name == "deal_state")
        months = Months.of(actor, query.months)
        return Reading(actor, query, months, deals, await self.sales.shared_deals(actor))

    async def _ask(self, question: Question) -> list[dict[str, Any]]:
        return await self.analytics.ask(question.sql, question.parameters)

    async def _fresh_at(self) -> datetime:
        """The time up to which every source is in; the epoch while one has never been read."""
        async with self.db.begin() as tx:
            at, sources = (
                await tx.session.execute(select(func.min(FreshRow.at), func.count()))
            ).one()
        return at if sources >= len(self.analytics.sources) else _NEVER


def _months(months: Iterable[date], rows: list[dict[str, Any]]) -> list[MonthBar]:
    """A bar for every month, also those without a deal."""
    found = {row["bar"]: row for row in rows}
    nothing = {"count": 0, "sum": "0", "weight": "0"}
    return [
        MonthBar(
            month=month,
            count=row["count"],
            sum=_cents(row["sum"]),
            weighted=(Decimal(row["weight"]) / 100).quantize(_CENT),
        )
        for month in months
        for row in [found.get(month.isoformat(), nothing)]
    ]


def _owners(
    activity: list[dict[str, Any]], tasks: list[dict[str, Any]], notes: list[dict[str, Any]]
) -> list[OwnerBar]:
    """One bar an owner, the most active first."""
    counts: defaultdict[str, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("opened", "moved", "won", "tasks_done", "notes"), 0)
    )
    for row in activity:
        counts[row["bar"]].update({name: row[name] for name in ("opened", "moved", "won")})
    for row in tasks:
        counts[row["bar"]]["tasks_done"] = row["count"]
    for row in notes:
        counts[row["bar"]]["notes"] = row["count"]
    bars = [OwnerBar(owner_id=UUID(owner), **measures) for owner, measures in counts.items()]
    return sorted(
        bars,
        key=lambda bar: (
            -(bar.opened + bar.moved + bar.won + bar.tasks_done + bar.notes),
            bar.owner_id,
        ),
    )


def _cents(amount: str) -> Decimal:
    return Decimal(amount).quantize(_CENT)
