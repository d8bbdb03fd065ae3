from gausdo.modules.federation.contract import Federation
from gausdo.modules.federation.looking import Looking
from gausdo.modules.federation.oidc import Oidc
from gausdo.modules.federation.pending import Pending
from gausdo.modules.federation.provisioning import Provisioning
from gausdo.modules.federation.routes import routes
from gausdo.modules.federation.service import FederationService
from gausdo.modules.federation.tables import schema
from gausdo.modules.identity.contract import Identity
from gausdo.platform.cache import Cache
from gausdo.platform.crypto import Vault
from gausdo.platform.module import Module, Parts
from gausdo.platform.outbound import Outbound
from gausdo.platform.sessions import Sessions


def build(parts: Parts) -> FederationService:
    outbound = Outbound(parts.settings.outbound_allow, only=parts.settings.outbound_only)
    oidc, pending = Oidc(outbound), Pending(parts.get(Cache))
    identity = parts.get(Identity)
    provisioning = Provisioning(parts.db, identity, Sessions(parts.get(Cache)))
    return FederationService(
        db=parts.db,
        identity=identity,
        outbound=outbound,
        oidc=oidc,
        pending=pending,
        looking=Looking(outbound, oidc, pending, identity),
        vault=parts.get(Vault),
        provisioning=provisioning,
        base_url=parts.settings.base_url,
    )


module = Module(name="federation", schema=schema, contract=Federation, build=build, routes=routes)
