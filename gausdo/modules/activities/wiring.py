from gausdo.modules.activities.contract import Activities
from gausdo.modules.activities.facts import datasets
from gausdo.modules.activities.feeds import FeedLinks
from gausdo.modules.activities.graph import graph
from gausdo.modules.activities.handlers import on
from gausdo.modules.activities.jobs import jobs
from gausdo.modules.activities.routes import routes
from gausdo.modules.activities.service import ActivitiesService
from gausdo.modules.activities.tables import schema
from gausdo.modules.communications.contract import Communications
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Sales
from gausdo.platform.crypto import Vault
from gausdo.platform.module import Module, Parts
from gausdo.platform.outbound import Outbound


def build(parts: Parts) -> ActivitiesService:
    site = parts.settings.base_url.rstrip("/")
    key = parts.settings.derived("addresses of calendars")
    return ActivitiesService(
        parts.db,
        parts.get(Customers),
        parts.get(Sales),
        parts.get(Identity),
        parts.get(Communications),
        parts.settings.largest_file * 1_000_000,
        FeedLinks(site, key),
        parts.get(Vault),
        Outbound(parts.settings.outbound_allow, only=parts.settings.outbound_only),
    )


module = Module(
    name="activities",
    schema=schema,
    contract=Activities,
    build=build,
    routes=routes,
    graph=graph,
    handlers=on,
    jobs=jobs,
    facts=datasets,
)
