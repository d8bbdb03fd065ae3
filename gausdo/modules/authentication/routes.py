"""The policy over HTTP. What concerns sessions and factors is the gateway's."""

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

    return api
