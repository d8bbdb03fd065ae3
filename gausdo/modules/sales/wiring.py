from gausdo.kernel.rolling import Over
from gausdo.modules.activities.contract import Activities
from gausdo.modules.automation.contract import Automation
from gausdo.modules.communications.contract import Communications
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales import access, formula_fields
from gausdo.modules.sales.contract import Sales
from gausdo.modules.sales.deal_fields import FIELDS, DealFieldChanged
from gausdo.modules.sales.facts import datasets
from gausdo.modules.sales.file_tables import STORE
from gausdo.modules.sales.graph import graph
from gausdo.modules.sales.handlers import on
from gausdo.modules.sales.jobs import jobs
from gausdo.modules.sales.pipelines import demand_pipelines
from gausdo.modules.sales.quotes import Links
from gausdo.modules.sales.rate_tables import Base
from gausdo.modules.sales.retyping import carry_stages
from gausdo.modules.sales.routes import routes
from gausdo.modules.sales.service import SalesService
from gausdo.modules.sales.tables import SEALED, schema
from gausdo.platform.crypto import Vault
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_files import FileStore
from gausdo.platform.custom_rolling import Rolls
from gausdo.platform.custom_uses import Uses
from gausdo.platform.module import Module, Parts


def build(parts: Parts) -> SalesService:
    settings = parts.settings
    return SalesService(
        db=parts.db,
        base=Base(settings.base_currency, settings.time_zone),
        allowed=settings.outbound_allow,
        only=settings.outbound_only,
        customers=parts.get(Customers),
        identity=parts.get(Identity),
        communications=lambda: parts.get(Communications),
        links=Links(settings.base_url.rstrip("/"), settings.derived("links of quotes")),
        fields=CustomFields(
            parts.db,
            FIELDS.right("edit"),
            DealFieldChanged,
            {"deal": access.KEPT},
            {"deal": formula_fields.DEAL},
            settings.time_zone,
            FileStore(STORE, settings.largest_file * 1_000_000),
            ("company", "person", "deal"),
            demand_pipelines,
            Rolls({Over.TASK: lambda: parts.get(Activities)}),
            Uses(
                [lambda: parts.get(Customers), lambda: parts.get(Automation)],
                lambda: parts.get(Identity),
                carry_stages,
            ),
        ),
        vault=parts.get(Vault),
    )


module = Module(
    name="sales",
    schema=schema,
    contract=Sales,
    build=build,
    routes=routes,
    graph=graph,
    handlers=on,
    jobs=jobs,
    facts=datasets,
    sealed=(SEALED,),
)
