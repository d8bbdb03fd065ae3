"""All routes that have to do with who somebody is: they need the gateway's sessions."""

from gausdo.gateway import (
    factor_routes,
    password_routes,
    session_routes,
    sessions_routes,
)
from gausdo.gateway.door import Door
from gausdo.gateway.federated_sessions import FederatedSessions
from gausdo.platform.http import Routes


def ways_in(door: Door, federated: FederatedSessions) -> list[Routes]:
    return [
        session_routes.routes(door, federated),
        password_routes.routes(door),
        factor_routes.routes(door),
        sessions_routes.routes(door.authentication),
    ]
