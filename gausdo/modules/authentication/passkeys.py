"""Passkeys: made, and added to what a person can prove with who they are."""

import asyncio

from sqlalchemy.exc import IntegrityError

from gausdo.kernel.actor import Actor
from gausdo.modules.authentication import webauthn
from gausdo.modules.authentication.contract import (
    Enrolled,
    PasskeyDraft,
    PasskeyKnown,
    PasskeyStart,
    WrongPasskey,
)
from gausdo.modules.authentication.factors import Enrolling, demand_first, demand_room
from gausdo.modules.authentication.parts import locked
from gausdo.modules.authentication.tables import FactorRow
from gausdo.platform.db import Tx

MAKING = "making"
"""What a challenge is for."""


class Passkeys(Enrolling):
    async def begin_passkey(self, actor: Actor, bound: str) -> PasskeyStart:
        async with self.db.begin(actor) as tx:
            await demand_room(tx, actor.id)
        user = (await self.identity.me(actor)).user
        return PasskeyStart(
            challenge=await self.challenges.ask(MAKING, bound),
            rp_id=self.site.rp_id,
            user_id=webauthn.encoded(actor.id.bytes),
            user_name=user.email,
            display_name=user.name,
            known=await self.credentials(actor),
        )

    async def add_passkey(
        self, actor: Actor, draft: PasskeyDraft, bound: str, *, first: bool
    ) -> Enrolled:
        challenge = webauthn.challenge_of(draft.client_data)
        made = None
        if await self.challenges.take(MAKING, bound, challenge):
            made = await asyncio.to_thread(webauthn.registered, self.site, draft, challenge)
        if made is None:
            raise WrongPasskey("This passkey was not made for here just now. Try again.")
        async with self.db.begin(actor) as tx:
            person = await locked(tx, actor.id)
            await demand_first(tx, actor.id, first=first)
            await demand_room(tx, actor.id)
            row = FactorRow.passkey(
                actor.id, draft.name, made.credential, made.public_key, made.sign_count
            )
            tx.add(row)
            await _flush(tx)
            enrolled = await self.enrol(tx, person, row)
        await self.epochs.bump(actor.id)
        return enrolled


async def _flush(tx: Tx) -> None:
    try:
        await tx.session.flush()
    except IntegrityError as error:
        if "uq_factor_credential" in str(error):
            raise PasskeyKnown("This passkey is known here already.") from error
        raise
