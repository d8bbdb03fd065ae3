"""What the use cases of this module share."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.modules.authentication import access
from gausdo.modules.authentication.challenges import Challenges
from gausdo.modules.authentication.contract import (
    FactorKind,
    FactorRemoved,
    PolicyChange,
    PolicyChanged,
    Standing,
    Way,
)
from gausdo.modules.authentication.mails import MailKind
from gausdo.modules.authentication.tables import (
    POLICY,
    FactorRow,
    MailRow,
    PersonRow,
    PolicyRow,
    RecoveryCodeRow,
)
from gausdo.modules.authentication.tries import Tries
from gausdo.modules.authentication.webauthn import Site
from gausdo.modules.communications.contract import Communications
from gausdo.modules.identity.contract import Identity
from gausdo.platform.crypto import Vault
from gausdo.platform.db import Database, Tx
from gausdo.platform.epochs import Epochs
from gausdo.platform.sessions import Need, Sessions

DELIVER = "authentication.deliver"
"""The job that takes letters to the mail server."""


@dataclass(frozen=True)
class Parts:
    """`pepper` is the key of the hashes of recovery codes, `link_key` that of links in letters."""

    db: Database
    identity: Identity
    communications: Communications
    vault: Vault
    tries: Tries
    epochs: Epochs
    live: Sessions
    pepper: str
    challenges: Challenges
    site: Site
    base_url: str
    link_key: str

    async def standing(self, actor: Actor) -> Standing:
        async with self.db.begin(actor) as tx:
            kinds = {row.kind for row in await confirmed(tx, actor.id)}
            codes = await left(tx, actor.id) if kinds else 0
            policy = await policy_of(tx)
        if kinds:
            ways = [
                *([Way.PASSKEY] if FactorKind.PASSKEY in kinds else []),
                *([Way.TOTP] if FactorKind.TOTP in kinds else []),
                *([Way.RECOVERY_CODE] if codes else []),
            ]
            return Standing(need=Need.FACTOR, ways=ways)
        if await self.required(actor, policy):
            return Standing(need=Need.ENROLMENT, ways=[])
        return Standing(need=Need.NOTHING, ways=[Way.PASSWORD])

    async def required(self, actor: Actor, policy: PolicyRow) -> bool:
        """Whether the policy asks this person for a second factor."""
        if access.administers(actor) or policy.everybody:
            return True
        if not policy.roles:
            return False
        users = await self.identity.find_users(SYSTEM, [actor.id])
        return any(role.id in policy.roles for user in users for role in user.roles)

    async def email(self, actor: Actor) -> str:
        return (await self.identity.me(actor)).user.email


async def policy_of(tx: Tx, *, change: bool = False) -> PolicyRow:
    row: PolicyRow | None = await tx.session.get(PolicyRow, POLICY, with_for_update=change or None)
    return row or PolicyRow.start()


async def change_policy(tx: Tx, change: PolicyChange) -> PolicyRow:
    """Raises Stale."""
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
    return row


async def confirmed(tx: Tx, person_id: UUID) -> Sequence[FactorRow]:
    """The factors that count, the oldest first."""
    found = await tx.session.scalars(
        select(FactorRow)
        .where(FactorRow.person_id == person_id, FactorRow.confirmed_at.is_not(None))
        .order_by(FactorRow.added_at)
    )
    return found.all()


async def take_away(tx: Tx, row: FactorRow, reason: str) -> None:
    told = FactorRemoved(
        user_id=row.person_id, factor_id=row.id, kind=FactorKind(row.kind), reason=reason
    )
    tx.publish(told)
    await tx.session.delete(row)


async def left(tx: Tx, person_id: UUID) -> int:
    """How many recovery codes are left."""
    found = await tx.session.scalars(
        select(RecoveryCodeRow.hash).where(RecoveryCodeRow.person_id == person_id)
    )
    return len(found.all())


async def mail(
    tx: Tx, kind: MailKind, *, person_id: UUID | None = None, email: str | None = None
) -> None:
    """A letter leaves once this is committed."""
    tx.add(MailRow.of(kind, person_id=person_id, email=email))
    await tx.enqueue(DELIVER, once=True)


async def locked(tx: Tx, person_id: UUID) -> PersonRow:
    """The person's own row, locked: their factors change one after another."""
    await tx.session.execute(insert(PersonRow).values(id=person_id).on_conflict_do_nothing())
    return await tx.session.get_one(PersonRow, person_id, with_for_update=True)
