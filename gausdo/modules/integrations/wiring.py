from gausdo.kernel.taking_back import NamesRecords
from gausdo.modules.activities.contract import Activities
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.bringing import Bringer
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.integrations.file_imports import FileImports
from gausdo.modules.integrations.ip_rules import Rules
from gausdo.modules.integrations.jobs import jobs
from gausdo.modules.integrations.keys import Keys
from gausdo.modules.integrations.routes import routes
from gausdo.modules.integrations.service import IntegrationsService
from gausdo.modules.integrations.tables import schema
from gausdo.modules.integrations.undo_imports import UndoImports
from gausdo.modules.integrations.undoing import Undoer
from gausdo.modules.sales.contract import Sales
from gausdo.platform.cache import Cache
from gausdo.platform.crypto import Vault
from gausdo.platform.epochs import Epochs
from gausdo.platform.module import Module, Parts
from gausdo.platform.outbound import Outbound


def build(parts: Parts) -> IntegrationsService:
    identity, epochs = parts.get(Identity), Epochs(parts.get(Cache))
    customers, sales = parts.get(Customers), parts.get(Sales)
    currency = parts.settings.base_currency
    keys = Keys(parts.db, identity, epochs, parts.settings.derived("API keys"))
    bringer = Bringer(parts.db, identity, customers, sales, currency, keys)
    naming: list[NamesRecords] = [customers, sales, parts.get(Activities)]
    return IntegrationsService(
        parts.db,
        Outbound(parts.settings.outbound_allow, only=parts.settings.outbound_only),
        customers,
        sales,
        currency,
        parts.get(Vault),
        keys,
        Rules(parts.db, identity, epochs),
        FileImports(parts.db, bringer),
        UndoImports(parts.db, Undoer(parts.db, bringer, naming)),
    )


module = Module(
    name="integrations",
    schema=schema,
    contract=Integrations,
    build=build,
    routes=routes,
    jobs=jobs,
)
