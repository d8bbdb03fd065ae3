"""What one can do to prove who one is, and to say who has to."""

from gausdo.kernel.actor import Actor
from gausdo.kernel.configuration import Asked, Difference, Planned
from gausdo.modules.authentication import access
from gausdo.modules.authentication.configuration import SignInPolicy, demand_roles
from gausdo.modules.authentication.contract import Policy, PolicyChange
from gausdo.modules.authentication.invitations import Inviting
from gausdo.modules.authentication.parts import change_policy, policy_of
from gausdo.platform.configuration import ConfiguredService, Kinds


class AuthenticationService(Inviting, ConfiguredService):
    async def policy(self, actor: Actor) -> Policy:
        actor.demand(access.READ_POLICY)
        async with self.db.begin(actor) as tx:
            return (await policy_of(tx)).shown()

    async def change_policy(
        self, actor: Actor, change: PolicyChange, key: str | None = None
    ) -> Policy:
        actor.demand(access.EDIT_POLICY)
        await demand_roles(self.identity, change.roles or [])
        async with self.db.begin(actor, key, change) as tx:
            if not tx.told:
                tx.tell((await change_policy(tx, change)).shown())
            policy = tx.answer(Policy)
        await self.epochs.bump()  # every session is judged anew
        return policy

    async def kinds(self, actor: Actor) -> Kinds:  # noqa: ARG002 - neighbours are asked later
        return [SignInPolicy(self.identity)]

    async def apply_configuration(
        self, actor: Actor, asked: Asked, seen: list[Difference]
    ) -> Planned:
        planned = await super().apply_configuration(actor, asked, seen)
        await self.epochs.bump()  # as above
        return planned
