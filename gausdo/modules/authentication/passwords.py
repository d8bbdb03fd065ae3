"""Passwords that people set: their own, a new one by a letter, the first one by an invitation."""

from uuid import UUID

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.credentials import (
    Coming,
    LinkPassword,
    LinkState,
    LinkToken,
    LinkUsed,
    PasswordChange,
    Purpose,
)
from gausdo.kernel.errors import NotFound
from gausdo.modules.authentication import links
from gausdo.modules.authentication.contract import LinkTaken
from gausdo.modules.authentication.entering import coming
from gausdo.modules.authentication.mails import MailKind
from gausdo.modules.authentication.parts import mail
from gausdo.modules.authentication.passkeys import Passkeys
from gausdo.modules.authentication.tables import LinkRow
from gausdo.modules.identity.contract import User


class Passwords(Passkeys):
    async def ask_for_reset(self, email: str, visitor: Coming) -> None:
        if not await self.tries.count_letter(email, visitor):
            return
        # Whether anybody has this address is looked at when the letter leaves: here it takes as
        # long for nobody as for somebody.
        async with self.db.begin(coming(SYSTEM, visitor)) as tx:
            await mail(tx, MailKind.RESET, email=email.strip())

    async def link(self, told: LinkToken) -> LinkState:
        async with self.db.begin() as tx:
            row = await links.found(tx, told.token)
        user = await self._addressee(row)
        return LinkState(purpose=Purpose(row.purpose), name=user.name, email=user.email)

    async def _addressee(self, row: LinkRow) -> User:
        """Whose link it is, while they have the address that it was sent to. Raises LinkOver."""
        for user in await self.identity.find_users(SYSTEM, [row.person_id]):
            if user.active and user.email.lower() == row.email:
                return user
        raise links.over()

    async def set_password(self, told: LinkPassword, visitor: Coming) -> LinkUsed:
        async with self.db.begin() as tx:
            row = await links.found(tx, told.token)
        user = await self._addressee(row)
        await self.identity.demand_password(SYSTEM, user.id, told.password)
        acting = coming(SYSTEM, visitor)
        async with self.db.begin(acting) as tx:
            await links.take(tx, told.token)
            await links.cut(tx, user.id, *Purpose)
            tx.publish(LinkTaken(user_id=user.id, purpose=Purpose(row.purpose)))
            if row.purpose == Purpose.RESET:
                await mail(tx, MailKind.PASSWORD_CHANGED, person_id=user.id)
        try:
            await self.identity.change_password(acting, user.id, told.password)
        except NotFound as gone:
            raise links.over() from gone
        await self.end_all(acting, user.id, "password")
        # whoever reads the person's letters is the person: no lock keeps them out
        return LinkUsed(email=user.email, device=await self.tries.remember(user.email, visitor))

    async def change_password(
        self, actor: Actor, change: PasswordChange, visitor: Coming, but: UUID | None = None
    ) -> None:
        await self.demand_password_of(actor, await self.email(actor), change.current, visitor)
        await self.identity.change_password(actor, actor.id, change.password)
        async with self.db.begin(actor) as tx:
            await links.cut(tx, actor.id, *Purpose)
            await mail(tx, MailKind.PASSWORD_CHANGED, person_id=actor.id)
        await self.end_all(actor, actor.id, "password", but=but)
