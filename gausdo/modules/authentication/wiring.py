from gausdo.modules.authentication.challenges import Challenges
from gausdo.modules.authentication.contract import Authentication
from gausdo.modules.authentication.jobs import jobs
from gausdo.modules.authentication.routes import routes
from gausdo.modules.authentication.service import AuthenticationService
from gausdo.modules.authentication.tables import schema
from gausdo.modules.authentication.tries import Tries
from gausdo.modules.authentication.webauthn import Site
from gausdo.modules.communications.contract import Communications
from gausdo.modules.identity.contract import Identity
from gausdo.platform.cache import Cache
from gausdo.platform.crypto import Vault
from gausdo.platform.epochs import Epochs
from gausdo.platform.module import Module, Parts
from gausdo.platform.sessions import Sessions


def build(parts: Parts) -> AuthenticationService:
    cache = parts.get(Cache)
    return AuthenticationService(
        db=parts.db,
        identity=parts.get(Identity),
        communications=parts.get(Communications),
        vault=parts.get(Vault),
        tries=Tries(cache),
        epochs=Epochs(cache),
        live=Sessions(cache),
        pepper=parts.settings.derived("recovery codes"),
        challenges=Challenges(cache),
        site=Site.at(parts.settings.base_url),
        base_url=parts.settings.base_url.rstrip("/"),
        link_key=parts.settings.derived("links in letters"),
    )


module = Module(
    name="authentication",
    schema=schema,
    contract=Authentication,
    build=build,
    routes=routes,
    jobs=jobs,
)
