"""Identity in GraphQL: who works here. Nobody signs in or is let in this way."""

from gausdo.modules.identity.contract import Identity, User
from gausdo.platform.graph import Graph

graph = Graph(
    finds={User: Identity.find_users},
    reads=(
        Identity.me,
        Identity.users,
        Identity.teams,
        Identity.list_fields,
        Identity.views,
        Identity.view,
    ),
)
