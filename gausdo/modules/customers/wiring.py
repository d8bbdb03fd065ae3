from gausdo.kernel.rolling import Over
from gausdo.modules.activities.contract import Activities
from gausdo.modules.automation.contract import Automation
from gausdo.modules.customers import access, formula_fields
from gausdo.modules.customers.added_contract import FIELDS, CustomerFieldChanged
from gausdo.modules.customers.around import Around
from gausdo.modules.customers.contract import Customers
from gausdo.modules.customers.fields import DOCUMENT
from gausdo.modules.customers.file_tables import HELD_BESIDE, STORE
from gausdo.modules.customers.graph import graph
from gausdo.modules.customers.handlers import on
from gausdo.modules.customers.jobs import jobs
from gausdo.modules.customers.persons import Forgetting
from gausdo.modules.customers.rolling import parts_of
from gausdo.modules.customers.routes import routes
from gausdo.modules.customers.schema import SEALED
from gausdo.modules.customers.service import CustomersService
from gausdo.modules.customers.tables import schema
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Sales
from gausdo.platform.crypto import Vault
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_files import FileStore
from gausdo.platform.custom_rolling import Rolls
from gausdo.platform.custom_uses import Uses
from gausdo.platform.module import Module, Parts, holders


def _build(parts: Parts) -> CustomersService:
    vault = parts.get(Vault)
    forgetting = Forgetting(parts.db, vault, lambda: holders(parts.contracts))
    own = {"company": formula_fields.COMPANY, "person": formula_fields.PERSON}
    fields = CustomFields(
        parts.db,
        FIELDS.right("edit"),
        CustomerFieldChanged,
        access.KEPT,
        own,
        parts.settings.time_zone,
        FileStore(STORE, parts.settings.largest_file * 1_000_000, HELD_BESIDE),
        rolls=Rolls(
            {  # they are made later than this
                Over.DEAL: lambda: parts.get(Sales),
                Over.PERSON: lambda: parts.get(Customers),
                Over.TASK: lambda: parts.get(Activities),
            },
            parts_of,
        ),
        uses=Uses(
            [lambda: parts.get(Customers), lambda: parts.get(Automation)],
            lambda: parts.get(Identity),
        ),
    )
    around = Around(parts.db, lambda: parts.get(Sales), lambda: parts.get(Activities))
    return CustomersService(parts.db, parts.get(Identity), vault, forgetting, fields, around)


module = Module(
    name="customers",
    schema=schema,
    contract=Customers,
    build=_build,
    routes=routes,
    graph=graph,
    handlers=on,
    jobs=jobs,
    sealed=(DOCUMENT, SEALED),
)
