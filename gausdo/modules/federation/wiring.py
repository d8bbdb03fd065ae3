from gausdo.modules.federation.contract import Federation
from gausdo.modules.federation.oidc import Oidc
from gausdo.modules.federation.pending import Pending
from gausdo.modules.federation.routes import routes
from gausdo.modules.federation.service import FederationService
from gausdo.modules.federation.tables import schema
from gausdo.modules.identity.contract import Identity
from gausdo.platform.cache import Cache
from gausdo.platform.crypto import Vault
from gausdo.platform.module import Module, Parts
from gausdo.platform.outbound import Outbound


def build(parts: Parts) -> FederationService:
    outbound = Outbound(parts.settings.outbound_allow)
    return FederationService(
        db=parts.db,
        identity=parts.get(Identity),
        outbound=outbound,
        oidc=Oidc(outbound),
        pending=Pending(parts.get(Cache)),
        vault=parts.get(Vault),
        base_url=parts.settings.base_url,
    )


module = Module(name="federation", schema=schema, contract=Federation, build=build, routes=routes)
