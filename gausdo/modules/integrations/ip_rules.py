"""From where people and programs may come: lists of networks, for everybody and for roles.

Nobody saves rules that would shut out themselves. Every process reads the rules anew once the epoch
of everybody's rights has moved, which is before a change is answered.
"""

from dataclasses import dataclass
from uuid import UUID

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import invalid
from gausdo.kernel.networks import admitted
from gausdo.kernel.persons import demand_gausdo
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations import access
from gausdo.modules.integrations.contract import (
    IpRules,
    IpRulesChange,
    RoleNetworks,
    WouldShutOut,
)
from gausdo.modules.integrations.tables import IP_RULES, IpRulesRow
from gausdo.platform.db import Database, Tx
from gausdo.platform.epochs import Epochs


@dataclass(frozen=True)
class Rules:
    db: Database
    identity: Identity
    epochs: Epochs

    async def told(self, actor: Actor, address: str) -> IpRules:
        actor.demand(access.READ_NETWORKS)
        async with self.db.begin(actor) as tx:
            return (await rules_of(tx)).shown(address)

    async def holding(self, actor: Actor) -> IpRules:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            return (await rules_of(tx)).shown("")

    async def change(
        self, actor: Actor, change: IpRulesChange, address: str, key: str | None
    ) -> IpRules:
        actor.demand(access.CHANGE_NETWORKS)
        demand_roles(change.roles or [], await self.known())
        mine = await self.roles_of(actor)
        async with self.db.begin(actor, key, (change, address)) as tx:
            if not tx.told:
                row = await rules_of(tx, change=True)
                await tx.fresh(row, change.version, lambda: row.shown(address))
                change_rules(tx, row, change, address, mine)
                tx.tell(row.shown(address))
            rules = tx.answer(IpRules)
        await self.epochs.bump()
        return rules

    async def clear(self, actor: Actor) -> None:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            row = await rules_of(tx, change=True)
            everything = IpRulesChange(version=row.version, networks=[], roles=[])
            if changes := row.change(everything):
                tx.publish(row.changed(), changes=changes)
        await self.epochs.bump()

    async def known(self) -> frozenset[UUID]:
        """The roles there are."""
        return frozenset(role.id for role in await self.identity.roles(SYSTEM))

    async def roles_of(self, actor: Actor) -> frozenset[UUID]:
        users = await self.identity.find_users(SYSTEM, [actor.id])
        return frozenset(role.id for user in users for role in user.roles)


async def rules_of(tx: Tx, *, change: bool = False) -> IpRulesRow:
    row = await tx.session.get(IpRulesRow, IP_RULES, with_for_update=change or None)
    return row or IpRulesRow.start()


def change_rules(
    tx: Tx, row: IpRulesRow, change: IpRulesChange, address: str | None, mine: frozenset[UUID]
) -> None:
    """Without an `address` one is on the machine itself, always let in. Raises WouldShutOut."""
    if changes := row.change(change):
        if address is not None:
            _demand_way_back(row.shown(address), mine)
        tx.add(row)
        tx.publish(row.changed(), changes=changes)


def demand_roles(told: list[RoleNetworks], known: frozenset[UUID]) -> None:
    """Raise Invalid for one that is no role."""
    for place, one in enumerate(told):
        if one.role_id not in known:
            raise invalid(f"roles.{place}.role_id", "unknown", "There is no such role.")


def _demand_way_back(rules: IpRules, mine: frozenset[UUID]) -> None:
    """Raise WouldShutOut unless whoever saves the rules may still come from where they are."""
    told = "Your own address, {}, is not among these networks: you would be shut out."
    if not admitted(rules.address, rules.networks):
        raise WouldShutOut(told.format(rules.address), data={"address": rules.address})
    for one in rules.roles:
        if one.role_id in mine and not admitted(rules.address, one.networks):
            raise WouldShutOut(
                told.format(rules.address),
                data={"address": rules.address, "role": str(one.role_id)},
            )
