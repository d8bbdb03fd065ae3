from gausdo.modules.identity.contract import Identity
from gausdo.modules.identity.graph import graph
from gausdo.modules.identity.routes import routes
from gausdo.modules.identity.service import IdentityService
from gausdo.modules.identity.tables import schema
from gausdo.platform.cache import Cache
from gausdo.platform.epochs import Epochs
from gausdo.platform.module import Module
from gausdo.platform.sessions import Sessions

module = Module(
    name="identity",
    schema=schema,
    contract=Identity,
    build=lambda parts: IdentityService(
        parts.db, parts.settings, Epochs(parts.get(Cache)), Sessions(parts.get(Cache))
    ),
    routes=routes,
    graph=graph,
)
