"""The sign-in policy as a file: see `kernel/configuration.py`."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import StrictBool

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.configuration import ThingNeeded
from gausdo.kernel.errors import invalid
from gausdo.modules.authentication import access
from gausdo.modules.authentication.contract import POLICY, PolicyChange
from gausdo.modules.authentication.parts import change_policy, policy_of
from gausdo.modules.identity.contract import Identity
from gausdo.platform.configuration import At, Entry, Ids, Kind
from gausdo.platform.db import Tx


class PolicyEntry(Entry):
    everybody: StrictBool
    roles: Ids


class SignInPolicy(Kind[PolicyEntry]):
    """There is always one."""

    name = "sign-in-policy"
    entry = PolicyEntry
    guarded = POLICY
    reading = access.READ_POLICY
    adding = "edit"

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[PolicyEntry]:
        row = await policy_of(tx, change=lock)
        return [PolicyEntry(id=row.id, everybody=row.everybody, roles=row.roles)]

    async def look(self, actor: Actor, wanted: PolicyEntry, coming: frozenset[UUID]) -> None:  # noqa: ARG002 - it names roles, no people
        await demand_roles(self._identity, wanted.roles, coming)

    async def add(self, at: At, wanted: PolicyEntry) -> None:  # noqa: ARG002 - whatever it is
        raise invalid("id", "one", "There is one policy, and it has another id.")

    async def change(self, at: At, wanted: PolicyEntry, fields: Mapping[str, Any]) -> None:  # noqa: ARG002 - there is one policy
        row = await policy_of(at.tx, change=True)
        await change_policy(at.tx, PolicyChange(version=row.version, **fields))

    async def remove(self, at: At, id: UUID) -> None:  # noqa: ARG002 - whichever it is
        raise ThingNeeded("There is always a policy.")


async def demand_roles(
    identity: Identity, ids: Sequence[UUID], coming: frozenset[UUID] = frozenset()
) -> None:
    """Raise Invalid for one that is no role, now or soon."""
    known = {role.id for role in await identity.roles(SYSTEM)} if ids else set()
    for place, id in enumerate(ids):
        if id not in known | coming:
            raise invalid(f"roles.{place}", "unknown", "There is no such role.")
