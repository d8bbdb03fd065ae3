from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.integrations.ip_rules import Rules
from gausdo.modules.integrations.jobs import jobs
from gausdo.modules.integrations.keys import Keys
from gausdo.modules.integrations.routes import routes
from gausdo.modules.integrations.service import IntegrationsService
from gausdo.modules.integrations.tables import schema
from gausdo.modules.sales.contract import Sales
from gausdo.platform.cache import Cache
from gausdo.platform.crypto import Vault
from gausdo.platform.epochs import Epochs
from gausdo.platform.module import Module, Parts
from gausdo.platform.outbound import Outbound


def build(parts: Parts) -> IntegrationsService:
    identity, epochs = parts.get(Identity), Epochs(parts.get(Cache))
    return IntegrationsService(
        parts.db,
        Outbound(parts.settings.outbound_allow, only=parts.settings.outbound_only),
        parts.get(Customers),
        parts.get(Sales),
        parts.settings.base_currency,
        parts.get(Vault),
        Keys(parts.db, identity, epochs, parts.settings.derived("API keys")),
        Rules(parts.db, identity, epochs),
    )


module = Module(
    name="integrations",
    schema=schema,
    contract=Integrations,
    build=build,
    routes=routes,
    jobs=jobs,
)
