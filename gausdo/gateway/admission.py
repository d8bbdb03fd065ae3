"""Whether somebody may come from where they come, by the rules for addresses.

The rules are kept for as long as the epoch of everybody's rights stays what it is, and a minute at
most.
"""

import time
from collections.abc import Collection
from uuid import UUID

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.networks import admitted
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.contract import Integrations, IpRules
from gausdo.platform.actors import FRESH, MANY


class Admission:
    """Of one process. Without the module that keeps the rules there are none."""

    def __init__(self, integrations: Integrations | None, identity: Identity) -> None:
        self._integrations, self._identity = integrations, identity
        self._kept: tuple[str, float, IpRules] | None = None
        self._roles: dict[tuple[UUID, str], frozenset[UUID]] = {}

    async def of_anybody(self, exact: str, epoch: str) -> bool:
        """Before it is known who comes. `epoch` as of this moment, of whomever."""
        rules = await self._rules(epoch)
        return rules is None or admitted(exact, rules.networks)

    async def of_person(self, exact: str, epoch: str, id: UUID) -> bool:
        """Of somebody with the roles they have."""
        rules = await self._rules(epoch)
        if rules is None or not rules.roles:
            return await self.of_anybody(exact, epoch)
        return await self.of_roles(exact, epoch, await self._roles_of(id, epoch))

    async def of_roles(self, exact: str, epoch: str, roles: Collection[UUID]) -> bool:
        """Of a program with a key, by the key's own roles."""
        rules = await self._rules(epoch)
        return rules is None or (
            admitted(exact, rules.networks)
            and all(admitted(exact, one.networks) for one in rules.roles if one.role_id in roles)
        )

    async def _rules(self, epoch: str) -> IpRules | None:
        if self._integrations is None:
            return None
        everybody = epoch.partition(".")[0]
        if self._kept is None or self._kept[:1] != (everybody,) or self._kept[1] < time.monotonic():
            rules = await self._integrations.rules_that_hold(SYSTEM)
            self._kept = everybody, time.monotonic() + FRESH, rules
        return self._kept[2]

    async def _roles_of(self, id: UUID, epoch: str) -> frozenset[UUID]:
        known = self._roles.get((id, epoch))
        if known is None:
            users = await self._identity.find_users(SYSTEM, [id])
            if len(self._roles) >= MANY:
                self._roles.clear()
            known = frozenset(role.id for user in users for role in user.roles)
            self._roles[id, epoch] = known
        return known
