"""Questions to passkeys, and their answers."""

import asyncio
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.modules.authentication import webauthn
from gausdo.modules.authentication.contract import FactorKind, PasskeyProof, PasskeyQuestion
from gausdo.modules.authentication.mails import MailKind
from gausdo.modules.authentication.parts import Parts, confirmed, mail, take_away
from gausdo.modules.authentication.tables import FactorRow
from gausdo.platform.db import Tx

ENTRY, PROOF = "entry", "proof"
"""What a challenge is for: a whole sign-in, or the proof of a person who is known."""


class Asking(Parts):
    async def ask_for_passkey(self, actor: Actor, bound: str) -> PasskeyQuestion:
        return await self._question(PROOF, bound, await self.credentials(actor))

    async def ask_any_passkey(self, bound: str) -> PasskeyQuestion:
        return await self._question(ENTRY, bound, [])

    async def _question(self, purpose: str, bound: str, known: list[str]) -> PasskeyQuestion:
        challenge = await self.challenges.ask(purpose, bound)
        return PasskeyQuestion(challenge=challenge, rp_id=self.site.rp_id, known=known)

    async def credentials(self, actor: Actor) -> list[str]:
        """The passkeys of a person."""
        async with self.db.begin(actor) as tx:
            rows = await confirmed(tx, actor.id)
        return [webauthn.encoded(row.credential) for row in rows if row.credential is not None]

    async def answered(self, actor: Actor | None, proof: PasskeyProof, bound: str) -> UUID | None:
        """Whose passkey has answered the question; None when none has.

        Without an actor it has to have made sure of the person and to say who it is. A counter
        that went back says that there is a copy: the passkey is nobody's from now on, and who
        is signed in is so no more (WebAuthn, 6.1.1).
        """
        challenge = webauthn.challenge_of(proof.client_data)
        purpose = ENTRY if actor is None else PROOF
        if not await self.challenges.take(purpose, bound, challenge):
            return None
        async with self.db.begin(actor or SYSTEM) as tx:
            row = await _named(tx, proof)
            if row is None or row.public_key is None or not _says_whose(row, actor, proof):
                return None
            count = await asyncio.to_thread(
                webauthn.asserted,
                self.site, proof, challenge, row.public_key, verified=actor is None,
            )  # fmt: skip
            if count is None:
                return None
            whose, copied = row.person_id, row.is_copy(count)
            if copied:
                await take_away(tx, row, "copied")
                await mail(tx, MailKind.PASSKEY_COPIED, person_id=whose)
            else:
                row.use(count)
        if copied:
            await self.live.end(whose)
            await self.epochs.bump(whose)
            return None
        return whose


async def _named(tx: Tx, proof: PasskeyProof) -> FactorRow | None:
    """Locked: two answers of one passkey are counted one after another."""
    query = select(FactorRow).where(
        FactorRow.credential == webauthn.plain(proof.credential),
        FactorRow.kind == FactorKind.PASSKEY,
    )
    row: FactorRow | None = await tx.session.scalar(query.with_for_update())
    return row


def _says_whose(row: FactorRow, actor: Actor | None, proof: PasskeyProof) -> bool:
    """Whether it is the actor's, and says no other; without an actor it has to say whose."""
    if actor is not None and row.person_id != actor.id:
        return False
    if proof.user_handle is None:
        return actor is not None
    return webauthn.plain(proof.user_handle) == row.person_id.bytes
