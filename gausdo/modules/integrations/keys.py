"""API keys: made by people for programs, which act in their maker's name with less rights.

What a key may is what its roles and its maker both may at the moment it is used. It never may what
decides about others or about itself, and nothing that would later act with all its maker's rights.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from gausdo.kernel.actor import SYSTEM, Actor, Grant
from gausdo.kernel.errors import Unknown, invalid
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.values import now
from gausdo.modules.identity.contract import BeyondOwn, Identity, Role
from gausdo.modules.integrations import access
from gausdo.modules.integrations.contract import (
    ApiKey,
    ApiKeyChange,
    ApiKeyDraft,
    KeyOver,
    NewApiKey,
    Program,
)
from gausdo.modules.integrations.key_form import hashed, is_whole, new_secret
from gausdo.modules.integrations.tables import ApiKeyRow
from gausdo.platform.db import Database, Tx
from gausdo.platform.epochs import Epochs

USED = timedelta(minutes=10)
"""How coarsely it is kept when a key was used last."""
KEPT = timedelta(days=90)
"""For how long a key that is over is still shown."""
READ_AT_MOST = frozenset({"identity"})
NEVER = frozenset({"authentication", "federation", "administration"})
"""Modules of whose objects a key may see at most, or to which it has no right."""
ACTS_LATER = frozenset({"automation.rule", "integrations.key"})
"""What acts by itself afterwards, with more rights than the key that made it."""


@dataclass(frozen=True)
class Keys:
    """`pepper` keys the hashes of secrets."""

    db: Database
    identity: Identity
    epochs: Epochs
    pepper: str

    async def all(self, actor: Actor) -> list[ApiKey]:
        actor.demand(access.READ_KEYS)
        gone = now() - KEPT
        query = (
            select(ApiKeyRow)
            .where(ApiKeyRow.expires_at > gone)
            .where(or_(ApiKeyRow.revoked_at.is_(None), ApiKeyRow.revoked_at > gone))
            .order_by(ApiKeyRow.made_at.desc(), ApiKeyRow.id)
        )
        async with self.db.begin(actor) as tx:
            rows = list(await tx.session.scalars(query))
        return await self._shown(rows)

    async def make(self, actor: Actor, draft: ApiKeyDraft) -> NewApiKey:
        actor.demand(access.MAKE_KEYS)
        known = await self._roles()
        for place, id in enumerate(draft.roles):
            if id not in known:
                raise invalid(f"roles.{place}", "unknown", "There is no such role.")
            _demand_own(actor, known[id])
        secret = new_secret()
        async with self.db.begin(actor) as tx:
            row = ApiKeyRow.make(draft, actor, hashed(self.pepper, secret), secret)
            tx.add(row)
            tx.publish(row.made(), changes=row.told())
        (key,) = await self._shown([row])
        return NewApiKey(key=key, secret=secret)

    async def change(self, actor: Actor, id: UUID, change: ApiKeyChange, key: str | None) -> ApiKey:
        async with self.db.begin(actor, key, (id, change)) as tx:
            row = await access.key(tx, actor, id, access.CHANGE_KEYS)
            if not tx.told:
                await tx.fresh(row, change.version)
                if row.is_over:
                    raise KeyOver("This key is over. Make another one.")
                if changes := row.change(change):
                    tx.publish(row.changed(), changes=changes)
                tx.tell(None)
        await self.epochs.bump(row.person_id)
        return (await self._shown([row]))[0]

    async def revoke(self, actor: Actor, id: UUID, key: str | None) -> None:
        async with self.db.begin(actor, key, id) as tx:
            row = await access.key(tx, actor, id, access.CHANGE_KEYS)
            if not tx.told and row.revoked_at is None:
                row.revoke()
                tx.publish(row.revoked())
        await self.epochs.bump(row.person_id)

    async def program(self, actor: Actor, secret: str, address: str) -> Program:
        demand_gausdo(actor)
        if not is_whole(secret):
            raise _strange()
        async with self.db.begin(actor) as tx:
            digest = hashed(self.pepper, secret)
            row = await tx.session.scalar(select(ApiKeyRow).where(ApiKeyRow.hash == digest))
            row = _live(row)
            await _remember_use(tx, row, address)
        return await self._program(row)

    async def program_of(self, actor: Actor, id: UUID) -> Program:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            row = _live(await tx.session.get(ApiKeyRow, id))
        return await self._program(row)

    async def _program(self, row: ApiKeyRow) -> Program:
        known = await self._roles()
        granted = (grant for id in row.roles if id in known for grant in known[id].grants)
        return Program(
            id=row.id,
            person_id=row.person_id,
            roles=list(row.roles),
            grants=tuple(dict.fromkeys(for_programs(granted))),
            networks=list(row.networks),
            limit=row.per_minute,
            expires_at=row.expires_at,
        )

    async def _roles(self) -> Mapping[UUID, Role]:
        return {role.id: role for role in await self.identity.roles(SYSTEM)}

    async def _shown(self, rows: list[ApiKeyRow]) -> list[ApiKey]:
        known = await self._roles()
        ids = list({row.person_id for row in rows})
        people = {one.id: one.name for one in await self.identity.find_users(SYSTEM, ids)}
        return [row.shown(known, people.get(row.person_id, "")) for row in rows]


def for_programs(grants: Iterable[Grant]) -> Iterable[Grant]:
    """Those that a key may have."""
    for grant in grants:
        module = grant.object.partition(".")[0]
        sees = grant.operation == "read" and module not in NEVER
        if sees or (module not in NEVER | READ_AT_MOST and grant.object not in ACTS_LATER):
            yield grant


def _demand_own(actor: Actor, role: Role) -> None:
    """Raise BeyondOwn unless the actor has every right of the role that a key could use."""
    for grant in for_programs(role.grants):
        if not any(own.covers(grant) for own in actor.grants):
            right = f"{grant.object}.{grant.operation}"
            raise BeyondOwn(
                f"You do not have the right “{right}” that far yourself, so no key of yours can.",
                data={"right": right},
            )


def _live(row: ApiKeyRow | None) -> ApiKeyRow:
    if row is None or row.is_over:
        raise _strange()
    return row


def _strange() -> Unknown:
    return Unknown("This key is not valid here, or no longer.")


async def _remember_use(tx: Tx, row: ApiKeyRow, address: str) -> None:
    at = now()
    stale = or_(ApiKeyRow.used_at.is_(None), ApiKeyRow.used_at < at - USED)
    if row.used_at is None or row.used_at < at - USED:
        await tx.session.execute(
            update(ApiKeyRow)
            .where(ApiKeyRow.id == row.id, stale)
            .values(used_at=at, used_from=address)
            .execution_options(synchronize_session=False)
        )
