from gausdo.modules.reports.contract import Reports
from gausdo.modules.reports.loader import load
from gausdo.modules.reports.routes import routes
from gausdo.modules.reports.service import ReportsService
from gausdo.modules.reports.tables import schema
from gausdo.modules.sales.contract import Sales
from gausdo.platform.analytics import Analytics
from gausdo.platform.module import Module

module = Module(
    name="reports",
    schema=schema,
    contract=Reports,
    build=lambda parts: ReportsService(parts.db, parts.get(Analytics), parts.get(Sales)),
    routes=routes,
    reads=("activities", "sales"),
    runs=lambda service, nats: load(service.db, nats, service.analytics),
)
