from gausdo.modules.customers.contract import Customers
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.integrations.jobs import jobs
from gausdo.modules.integrations.routes import routes
from gausdo.modules.integrations.service import IntegrationsService
from gausdo.modules.integrations.tables import schema
from gausdo.modules.sales.contract import Sales
from gausdo.platform.crypto import Vault
from gausdo.platform.module import Module
from gausdo.platform.outbound import Outbound

module = Module(
    name="integrations",
    schema=schema,
    contract=Integrations,
    build=lambda parts: IntegrationsService(
        parts.db,
        Outbound(parts.settings.outbound_allow),
        parts.get(Customers),
        parts.get(Sales),
        parts.settings.base_currency,
        parts.get(Vault),
    ),
    routes=routes,
    jobs=jobs,
)
