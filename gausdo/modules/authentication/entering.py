"""Signing in, proving anew, and the sessions that come of it."""

from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import delete, or_, update

from gausdo.kernel.actor import SYSTEM, Actor, Origin
from gausdo.kernel.credentials import Coming, Password
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.values import new_id, now
from gausdo.modules.authentication import access, recovery, totp
from gausdo.modules.authentication.asking import Asking
from gausdo.modules.authentication.contract import (
    Entered,
    FactorKind,
    LiveSession,
    PasskeyProof,
    Proof,
    RecoveryCodeUsed,
    SessionsEnded,
    SignedIn,
    SignInRefused,
    Visitor,
    Way,
    WrongFactor,
    WrongPasskey,
)
from gausdo.modules.authentication.parts import confirmed, left
from gausdo.modules.authentication.tables import SECRET, FactorRow, RecoveryCodeRow
from gausdo.modules.identity.contract import Credentials, WrongCredentials
from gausdo.platform.db import Tx


class Entering(Asking):
    async def enter(self, email: str, password: Password, visitor: Visitor) -> Entered:
        locked = await self.tries.count(email, visitor)
        # What is refused takes as long, and leaves as much behind, whatever it is refused for.
        user = await self.identity.user_by_email(SYSTEM, email)
        try:
            user_id = await self._password_of(email, password, visitor)
        except WrongCredentials:
            await self._refused(
                user.id if user else None, Way.PASSWORD, "wrong-credentials", visitor
            )
            raise
        if locked:
            await self._refused(user_id, Way.PASSWORD, "locked", visitor)
            raise WrongCredentials("The e-mail or the password is wrong.")
        return Entered(user_id=user_id)

    async def _password_of(self, email: str, password: SecretStr, visitor: Coming) -> UUID:
        credentials = Credentials(email=email, password=password)
        return await self.identity.sign_in(credentials, visitor.address)

    async def _refused(self, user_id: UUID | None, way: Way, reason: str, visitor: Visitor) -> None:
        async with self.db.begin(coming(SYSTEM, visitor)) as tx:
            tx.publish(SignInRefused(try_id=new_id(), user_id=user_id, way=way, reason=reason))

    async def entered(self, actor: Actor, way: Way, visitor: Visitor) -> str:
        async with self.db.begin(coming(actor, visitor)) as tx:
            tx.publish(SignedIn(user_id=actor.id, way=way))
        return await self.tries.remember(await self.email(actor), visitor)

    async def enter_by_passkey(self, proof: PasskeyProof, bound: str, visitor: Visitor) -> Entered:
        user_id = await self._passkey_of(None, proof, bound, visitor)
        found = await self.identity.find_users(SYSTEM, [user_id])
        if not any(user.active for user in found):
            raise await self._refused_passkey(user_id, visitor)
        return Entered(user_id=user_id)

    async def _passkey_of(
        self, actor: Actor | None, proof: PasskeyProof, bound: str, visitor: Visitor
    ) -> UUID:
        whose = await self.answered(actor, proof, bound)
        if whose is None:
            raise await self._refused_passkey(actor.id if actor else None, visitor)
        return whose

    async def _refused_passkey(self, user_id: UUID | None, visitor: Visitor) -> WrongPasskey:
        await self._refused(user_id, Way.PASSKEY, "wrong-factor", visitor)
        return WrongPasskey("This passkey was not accepted. Try again, or use another way.")

    async def prove(self, actor: Actor, proof: Proof, visitor: Visitor, bound: str = "") -> Way:
        if proof.passkey is not None:
            await self._passkey_of(actor, proof.passkey, bound, visitor)
            return Way.PASSKEY
        email = await self.email(actor)
        if proof.password is not None:
            return await self._prove_by_password(actor, email, proof.password, visitor)
        await self.tries.count_code(actor.id, email, visitor)
        async with self.db.begin(actor) as tx:
            if proof.code is not None:
                way, fits = Way.TOTP, await self.accepts(tx, actor.id, proof.code)
            else:
                way, fits = Way.RECOVERY_CODE, await self._use(tx, actor.id, proof.recovery_code)
        if not fits:
            await self._refused(actor.id, way, "wrong-factor", visitor)
            raise WrongFactor("This code is wrong, or was used before.")
        await self.tries.forget_codes(actor.id, email, visitor)
        return way

    async def _prove_by_password(
        self, actor: Actor, email: str, password: SecretStr, visitor: Visitor
    ) -> Way:
        if Way.PASSWORD not in (await self.standing(actor)).ways:
            raise Forbidden("A password proves too little here. Use your second factor.")
        await self.demand_password_of(actor, email, password, visitor)
        return Way.PASSWORD

    async def demand_password_of(
        self, actor: Actor, email: str, password: SecretStr, visitor: Coming
    ) -> None:
        """Raises WrongCredentials, TooManyTries."""
        await self.tries.count_code(actor.id, email, visitor)
        await self._password_of(email, password, visitor)
        await self.tries.forget_codes(actor.id, email, visitor)

    async def accepts(self, tx: Tx, person_id: UUID, code: str, only: UUID | None = None) -> bool:
        """Whether an authenticator of the person shows this code, which counts once.

        `only` is one that is not confirmed yet.
        """
        for row in (
            [await tx.session.get(FactorRow, only)] if only else await confirmed(tx, person_id)
        ):
            if row is None or row.kind != FactorKind.TOTP or row.sealed is None:
                continue
            step = totp.step_of(await self.vault.open(tx, SECRET, row.id, row.sealed), code)
            if step is not None and await _take(tx, row.id, step):
                return True
        return False

    async def _use(self, tx: Tx, person_id: UUID, code: str | None) -> bool:
        found = await tx.session.execute(
            delete(RecoveryCodeRow)
            .where(
                RecoveryCodeRow.person_id == person_id,
                RecoveryCodeRow.hash == recovery.hashed(self.pepper, code or ""),
            )
            .returning(RecoveryCodeRow.hash)
        )
        if found.first() is None:
            return False
        tx.publish(RecoveryCodeUsed(user_id=person_id, left=await left(tx, person_id)))
        return True

    async def sessions(self, actor: Actor, user_id: UUID) -> list[LiveSession]:
        access.demand_own_or(actor, user_id, access.READ_SESSIONS)
        return [
            LiveSession.model_validate(one, from_attributes=True)
            for one in await self.live.of(user_id)
        ]

    async def end_sessions(
        self, actor: Actor, user_id: UUID, only: UUID | None = None, but: UUID | None = None
    ) -> int:
        access.demand_own_or(actor, user_id, access.END_SESSIONS)
        reason = "own" if actor.id == user_id else "administrator"
        if actor.via == "federation":
            reason = "provider"
        return await self.end_all(actor, user_id, reason, only=only, but=but)

    async def end_all(
        self,
        actor: Actor,
        user_id: UUID,
        reason: str,
        *,
        only: UUID | None = None,
        but: UUID | None = None,
    ) -> int:
        count = await self.live.end(user_id, only=only, but=but)
        if count:
            async with self.db.begin(actor) as tx:
                tx.publish(SessionsEnded(user_id=user_id, count=count, reason=reason))
        return count


def coming(actor: Actor, visitor: Coming) -> Actor:
    """The actor, as whom the history is to tell from where they came."""
    origin = Origin(address=visitor.address, session="session")
    return actor.model_copy(update={"origin": origin})


async def _take(tx: Tx, id: UUID, step: int) -> bool:
    """Keep the step that was accepted; False for one that is no later than the last."""
    taken = await tx.session.execute(
        update(FactorRow)
        .where(FactorRow.id == id, or_(FactorRow.step.is_(None), FactorRow.step < step))
        .values(step=step, used_at=now())
        .returning(FactorRow.id)
    )
    return taken.first() is not None
