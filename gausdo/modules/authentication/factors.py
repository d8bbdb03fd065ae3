"""Second factors and recovery codes: added, shown, taken away."""

from uuid import UUID

from sqlalchemy import delete

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import Conflict, FactorNeeded, NotFound
from gausdo.kernel.values import new_id
from gausdo.modules.authentication import access, recovery, totp
from gausdo.modules.authentication.contract import (
    Enrolled,
    FactorAdded,
    FactorKind,
    FactorName,
    FactorRenamed,
    Factors,
    LastFactor,
    RecoveryCodes,
    RecoveryCodesRenewed,
    TooManyFactors,
    TotpDraft,
    TotpStart,
    WrongFactor,
)
from gausdo.modules.authentication.entering import Entering
from gausdo.modules.authentication.mails import MailKind
from gausdo.modules.authentication.parts import (
    confirmed,
    left,
    locked,
    mail,
    policy_of,
    take_away,
)
from gausdo.modules.authentication.tables import SECRET, FactorRow, PersonRow, RecoveryCodeRow
from gausdo.platform.db import Tx

MOST = 10
"""Factors of one person."""


class Enrolling(Entering):
    async def factors(self, actor: Actor) -> Factors:
        async with self.db.begin(actor) as tx:
            rows = await confirmed(tx, actor.id)
            codes = await left(tx, actor.id)
            policy = await policy_of(tx)
        return Factors(
            factors=[row.shown() for row in rows],
            recovery_codes=codes,
            required=await self.required(actor, policy),
        )

    async def begin_totp(self, actor: Actor) -> TotpStart:
        email, secret, id = await self.email(actor), totp.new_secret(), new_id()
        async with self.db.begin(actor) as tx:
            await locked(tx, actor.id)
            await demand_room(tx, actor.id)
            await tx.session.execute(  # what was begun and never finished
                delete(FactorRow).where(
                    FactorRow.person_id == actor.id, FactorRow.confirmed_at.is_(None)
                )
            )
            sealed = await self.vault.seal(tx, SECRET, id, secret)
            tx.add(FactorRow.begin(id, actor.id, sealed))
        uri = totp.link(secret, email)
        return TotpStart(id=id, secret=secret, uri=uri, qr=totp.picture(uri))

    async def confirm_totp(
        self, actor: Actor, id: UUID, draft: TotpDraft, *, first: bool
    ) -> Enrolled:
        async with self.db.begin(actor) as tx:
            person = await locked(tx, actor.id)
            await demand_first(tx, actor.id, first=first)
            await demand_room(tx, actor.id)
            row = await tx.session.get(FactorRow, id)
            if row is None or row.person_id != actor.id or row.confirmed_at is not None:
                raise NotFound("This was begun anew, or is done already. Start again.")
            if not await self.accepts(tx, actor.id, draft.code, only=id):
                raise WrongFactor("The code is wrong. Look at your device's clock, too.")
            row.confirm(draft.name)
            enrolled = await self.enrol(tx, person, row)
        await self.epochs.bump(actor.id)
        return enrolled

    async def enrol(self, tx: Tx, person: PersonRow, row: FactorRow) -> Enrolled:
        """A factor counts from now on; with the first one come recovery codes."""
        codes = [] if await left(tx, person.id) else await self._give_codes(tx, person.id)
        kind = FactorKind(row.kind)
        tx.publish(FactorAdded(user_id=person.id, factor_id=row.id, kind=kind))
        await mail(tx, MailKind.FACTOR_ADDED, person_id=person.id)
        return Enrolled(factor=row.shown(), recovery_codes=codes)

    async def rename_factor(self, actor: Actor, id: UUID, draft: FactorName) -> Factors:
        async with self.db.begin(actor) as tx:
            row = await own(tx, actor.id, id)
            if row.name != draft.name:
                personal = {"name": (row.name, draft.name)}
                row.name = draft.name
                tx.publish(FactorRenamed(user_id=actor.id, factor_id=id), personal=personal)
        return await self.factors(actor)

    async def remove_factor(self, actor: Actor, id: UUID) -> Factors:
        async with self.db.begin(actor) as tx:
            policy = await policy_of(tx)
        required = await self.required(actor, policy)
        async with self.db.begin(actor) as tx:
            await locked(tx, actor.id)
            row = await own(tx, actor.id, id)
            rows = await confirmed(tx, actor.id)
            if required and len(rows) == 1:
                raise LastFactor("You need a second factor. Add another one before this goes.")
            await take_away(tx, row, "own")
            await mail(tx, MailKind.FACTOR_REMOVED, person_id=actor.id)
            if len(rows) == 1:
                await forget_codes(tx, actor.id)
        await self.epochs.bump(actor.id)
        return await self.factors(actor)

    async def remove_factors(self, actor: Actor, user_id: UUID) -> None:
        actor.demand(access.REMOVE_FACTORS)
        if not await self.identity.find_users(SYSTEM, [user_id]):
            raise NotFound("There is no such person here, or no longer.")
        async with self.db.begin(actor) as tx:
            await locked(tx, user_id)
            for row in await confirmed(tx, user_id):
                await take_away(tx, row, "administrator")
            await forget_codes(tx, user_id)
            await mail(tx, MailKind.FACTOR_REMOVED, person_id=user_id)
        await self.end_sessions(actor, user_id)

    async def renew_recovery_codes(self, actor: Actor) -> RecoveryCodes:
        async with self.db.begin(actor) as tx:
            await locked(tx, actor.id)
            if not await confirmed(tx, actor.id):
                raise Conflict("Recovery codes stand in for a second factor. Add one first.")
            await forget_codes(tx, actor.id)
            codes = await self._give_codes(tx, actor.id)
            tx.publish(RecoveryCodesRenewed(user_id=actor.id))
        return RecoveryCodes(recovery_codes=codes)

    async def _give_codes(self, tx: Tx, person_id: UUID) -> list[str]:
        codes = recovery.new_codes()
        tx.add(
            *(
                RecoveryCodeRow(person_id=person_id, hash=recovery.hashed(self.pepper, code))
                for code in codes
            )
        )
        return codes


async def own(tx: Tx, person_id: UUID, id: UUID) -> FactorRow:
    """A factor of the person that counts. Raises NotFound."""
    row: FactorRow | None = await tx.session.get(FactorRow, id, with_for_update=True)
    if row is None or row.person_id != person_id or row.confirmed_at is None:
        raise NotFound("You have no such factor.")
    return row


async def demand_room(tx: Tx, person_id: UUID) -> None:
    if len(await confirmed(tx, person_id)) >= MOST:
        raise TooManyFactors(f"At most {MOST} factors. Remove one you do not use.")


async def demand_first(tx: Tx, person_id: UUID, *, first: bool) -> None:
    """Raise FactorNeeded where only a first factor may be added, and there is one already."""
    if first and await confirmed(tx, person_id):
        raise FactorNeeded("Prove your second factor first.", data={"need": "factor"})


async def forget_codes(tx: Tx, person_id: UUID) -> None:
    await tx.session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id))
