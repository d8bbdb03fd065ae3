from gausdo.modules.communications.contract import Communications
from gausdo.modules.communications.jobs import jobs
from gausdo.modules.communications.post import Server
from gausdo.modules.communications.routes import routes
from gausdo.modules.communications.service import CommunicationsService
from gausdo.modules.communications.tables import schema
from gausdo.platform.crypto import Vault
from gausdo.platform.module import Module

module = Module(
    name="communications",
    schema=schema,
    contract=Communications,
    build=lambda parts: CommunicationsService(
        parts.db,
        Server.told(parts.settings.smtp_url.get_secret_value()),
        parts.settings.mail_from,
        parts.get(Vault),
        frozenset(parts.settings.outbound_allow),
    ),
    routes=routes,
    jobs=jobs,
)
