from gausdo.modules.gizmos.contract import Gizmos
from gausdo.modules.gizmos.handlers import on
from gausdo.modules.gizmos.jobs import jobs
from gausdo.modules.gizmos.routes import routes
from gausdo.modules.gizmos.service import GizmosService
from gausdo.modules.gizmos.tables import schema
from gausdo.modules.identity.contract import Identity
from gausdo.platform.module import Module

module = Module(
    name="gizmos",
    schema=schema,
    contract=Gizmos,
    build=lambda parts: GizmosService(parts.db, parts.get(Identity)),
    routes=routes,
    handlers=on,
    jobs=jobs,
)
