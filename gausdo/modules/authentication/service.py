"""What one can do to prove who one is, and to say who has to."""

from uuid import UUID

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import invalid
from gausdo.modules.authentication import access
from gausdo.modules.authentication.contract import Policy, PolicyChange, PolicyChanged
from gausdo.modules.authentication.parts import policy_of
from gausdo.modules.authentication.passkeys import Passkeys


class AuthenticationService(Passkeys):
    async def policy(self, actor: Actor) -> Policy:
        actor.demand(access.READ_POLICY)
        async with self.db.begin(actor) as tx:
            return (await policy_of(tx)).shown()

    async def change_policy(
        self, actor: Actor, change: PolicyChange, key: str | None = None
    ) -> Policy:
        actor.demand(access.EDIT_POLICY)
        await self._demand_roles(change.roles or [])
        async with self.db.begin(actor, key, change) as tx:
            if not tx.told:
                row = await policy_of(tx, change=True)
                await tx.fresh(row, change.version)
                if changes := row.change(change):
                    tx.add(row)
                    told = PolicyChanged(
                        policy_id=row.id,
                        everybody=row.everybody,
                        roles=tuple(row.roles),
                        version=row.version,
                    )
                    tx.publish(told, changes=changes)
                tx.tell(row.shown())
            policy = tx.answer(Policy)
        await self.epochs.bump()  # every session is judged anew
        return policy

    async def _demand_roles(self, ids: list[UUID]) -> None:
        known = {role.id for role in await self.identity.roles(SYSTEM)} if ids else set()
        for place, id in enumerate(ids):
            if id not in known:
                raise invalid(f"roles.{place}", "unknown", "There is no such role.")
