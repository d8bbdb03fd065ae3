"""API keys without their secrets, and IP rules, as files: see `kernel/configuration.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.configuration import ThingNeeded
from gausdo.kernel.errors import invalid
from gausdo.kernel.networks import Networks
from gausdo.kernel.values import Line, now
from gausdo.modules.integrations import access
from gausdo.modules.integrations.contract import (
    KEYS,
    NETWORKS,
    ApiKeyChange,
    IpRulesChange,
    KeyByHand,
    KeyKeepsRoles,
    Limit,
    RoleNetworks,
)
from gausdo.modules.integrations.ip_rules import change_rules, demand_roles, rules_of
from gausdo.modules.integrations.tables import ApiKeyRow
from gausdo.platform.configuration import At, Entry, Ids, Kind
from gausdo.platform.db import Tx

BY_HAND = "Keys are made and revoked by hand: a secret is shown once, and never comes back."


class KeyEntry(Entry):
    """In whose name it acts and when it ends belong to its secret, which is no configuration."""

    name: Line
    roles: Ids
    networks: Networks = Field(default_factory=list)
    limit: Limit | None = None


class ApiKeys(Kind[KeyEntry]):
    """Those that are not over. What is brought in changes them, and makes or ends none."""

    name = "api-keys"
    entry = KeyEntry
    guarded = KEYS
    reading = access.READ_KEYS
    adding = "read"  # none is

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[KeyEntry]:
        live = (ApiKeyRow.expires_at > now()) & ApiKeyRow.revoked_at.is_(None)
        query = select(ApiKeyRow).where(live).order_by(ApiKeyRow.id)
        rows = await tx.session.scalars(query.with_for_update() if lock else query)
        return [
            KeyEntry(
                id=row.id,
                name=row.name,
                roles=row.roles,
                networks=row.networks,
                limit=row.per_minute,
            )
            for row in rows
        ]

    async def add(self, at: At, wanted: KeyEntry) -> None:  # noqa: ARG002 - whichever it is
        raise KeyByHand(BY_HAND)

    async def change(self, at: At, wanted: KeyEntry, fields: Mapping[str, Any]) -> None:
        if "roles" in fields:
            raise KeyKeepsRoles("A key keeps its roles. Make another one.")
        row = await at.tx.session.get_one(ApiKeyRow, wanted.id)
        changes = row.change(ApiKeyChange(version=row.version, **fields))
        at.tx.publish(row.changed(), changes=changes)

    async def remove(self, at: At, id: UUID) -> None:  # noqa: ARG002 - whichever it is
        raise KeyByHand(BY_HAND)


def _by_role(told: list[RoleNetworks]) -> list[RoleNetworks]:
    return sorted(told, key=lambda one: one.role_id)


class IpRulesEntry(Entry):
    networks: Networks
    roles: Annotated[list[RoleNetworks], Field(max_length=100), AfterValidator(_by_role)]


@dataclass(frozen=True)
class AddressRules(Kind[IpRulesEntry]):
    """There is always one. `known` are all roles, `mine` those of whoever brings it in."""

    known: frozenset[UUID]
    mine: frozenset[UUID]

    name = "ip-rules"
    entry = IpRulesEntry
    guarded = NETWORKS
    reading = access.READ_NETWORKS
    adding = "edit"

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[IpRulesEntry]:
        row = await rules_of(tx, change=lock)
        rules = row.shown("")
        return [IpRulesEntry(id=row.id, networks=rules.networks, roles=rules.roles)]

    async def look(self, actor: Actor, wanted: IpRulesEntry, coming: frozenset[UUID]) -> None:  # noqa: ARG002 - who it is was asked
        demand_roles(wanted.roles, self.known | coming)

    async def add(self, at: At, wanted: IpRulesEntry) -> None:  # noqa: ARG002 - whatever they are
        raise invalid("id", "one", "There is one list of rules, and it has another id.")

    async def change(self, at: At, wanted: IpRulesEntry, fields: Mapping[str, Any]) -> None:  # noqa: ARG002 - there is one list
        row = await rules_of(at.tx, change=True)
        address = at.actor.origin.address if at.actor.origin else None
        change_rules(at.tx, row, IpRulesChange(version=row.version, **fields), address, self.mine)

    async def remove(self, at: At, id: UUID) -> None:  # noqa: ARG002 - whichever it is
        raise ThingNeeded("There are always rules, if only empty ones.")
