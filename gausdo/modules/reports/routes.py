"""Reports over HTTP."""

from typing import Annotated

from fastapi import Query

from gausdo.modules.reports.contract import (
    Dashboard,
    DashboardQuery,
    DealIds,
    DrillQuery,
    Reports,
)
from gausdo.platform.http import CurrentActor, Routes


def routes(reports: Reports) -> Routes:
    api = Routes("reports")

    @api.get("/reports/dashboard", right="reports.dashboard.read")
    async def dashboard(
        actor: CurrentActor, query: Annotated[DashboardQuery, Query()]
    ) -> Dashboard:
        return await reports.dashboard(actor, query)

    @api.get("/reports/deals-behind", right="reports.dashboard.read")
    async def deals_behind(actor: CurrentActor, query: Annotated[DrillQuery, Query()]) -> DealIds:
        return await reports.deals_behind(actor, query)

    return api
