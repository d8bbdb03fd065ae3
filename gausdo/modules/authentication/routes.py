"""The policy and invitations over HTTP. What concerns sessions and factors is the gateway's."""

from uuid import UUID

from gausdo.kernel.credentials import Invitation, InvitationDraft
from gausdo.modules.authentication.contract import Authentication, Policy, PolicyChange
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def routes(authentication: Authentication) -> Routes:
    api = Routes("authentication")

    @api.get("/sign-in-policy", right="authentication.policy.read")
    async def sign_in_policy(actor: CurrentActor) -> Policy:
        return await authentication.policy(actor)

    @api.patch("/sign-in-policy", right="authentication.policy.edit", step_up=True)
    async def change_sign_in_policy(
        change: PolicyChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Policy:
        return await authentication.change_policy(actor, change, key)

    @api.get("/invitations", right="identity.user.create")
    async def invitations(actor: CurrentActor) -> list[Invitation]:
        return await authentication.invitations(actor)

    @api.post("/invitations", status=201, right="identity.user.create", step_up=True)
    async def invite(
        draft: InvitationDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Invitation:
        """An account without a password; the letter leads to where one is chosen."""
        return await authentication.invite(actor, draft, key)

    @api.post("/users/{id}/invitation", right="identity.user.create", step_up=True)
    async def invite_again(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> Invitation:
        """Another letter; the link of the one before is over."""
        return await authentication.invite_again(actor, id, key)

    @api.delete("/users/{id}/invitation", status=204, right="identity.user.edit", step_up=True)
    async def withdraw_invitation(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> None:
        """The link is over, and the account is closed."""
        await authentication.withdraw_invitation(actor, id, key)

    return api
