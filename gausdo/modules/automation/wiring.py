from gausdo.modules.activities.contract import Activities
from gausdo.modules.automation.acting import Hands
from gausdo.modules.automation.contract import Automation
from gausdo.modules.automation.customer_acting import OnCustomers
from gausdo.modules.automation.customer_firing import Listening
from gausdo.modules.automation.handlers import on
from gausdo.modules.automation.jobs import jobs
from gausdo.modules.automation.routes import routes
from gausdo.modules.automation.service import AutomationService
from gausdo.modules.automation.tables import schema
from gausdo.modules.automation.turns import Turns
from gausdo.modules.communications.contract import Communications
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.sales.contract import Sales
from gausdo.platform.actors import Actors
from gausdo.platform.cache import Cache
from gausdo.platform.epochs import Epochs
from gausdo.platform.module import Module, Parts


def build(parts: Parts) -> AutomationService:
    turns = Turns(parts.db, parts.get(Sales), parts.get(Identity))
    on_customers = OnCustomers(
        customers=parts.get(Customers),
        activities=parts.get(Activities),
        communications=parts.get(Communications),
        integrations=parts.get(Integrations),
        identity=parts.get(Identity),
        base_url=parts.settings.base_url,
        turns=turns,
    )
    hands = Hands(
        sales=parts.get(Sales),
        customers=parts.get(Customers),
        activities=parts.get(Activities),
        communications=parts.get(Communications),
        integrations=parts.get(Integrations),
        identity=parts.get(Identity),
        actors=Actors(parts.get(Identity)),
        epochs=Epochs(parts.get(Cache)),
        base_url=parts.settings.base_url,
        turns=turns,
        on_customers=on_customers,
    )
    return AutomationService(parts.db, hands, parts.settings.time_zone, Listening())


module = Module(
    name="automation",
    schema=schema,
    contract=Automation,
    build=build,
    routes=routes,
    handlers=on,
    jobs=jobs,
)
