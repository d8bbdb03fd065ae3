"""Who may touch whose sessions, factors and the policy; and who has to have a second factor."""

from uuid import UUID

from gausdo.kernel.actor import Actor, Right
from gausdo.modules.authentication.contract import FACTORS, POLICY, SESSIONS

READ_POLICY = POLICY.right("read")
EDIT_POLICY = POLICY.right("edit")
READ_SESSIONS = SESSIONS.right("read")
END_SESSIONS = SESSIONS.right("edit")
INVITE = Right("identity.user", "create")
REMOVE_FACTORS = FACTORS.right("edit")

ADMINISTRATION = frozenset({"identity", "authentication", "federation"})
"""Modules whose objects decide what others may do."""


def administers(actor: Actor) -> bool:
    """Whether the actor may change what others may do, or who they are."""
    return any(
        grant.object.partition(".")[0] in ADMINISTRATION
        and grant.operation not in {"read", "explain"}
        for grant in actor.grants
    )


def demand_own_or(actor: Actor, user_id: UUID, right: Right) -> None:
    """Everybody may with what is theirs. Raises Forbidden."""
    if actor.id != user_id:
        actor.demand(right)
