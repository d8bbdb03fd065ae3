"""People who are invited: an account that waits for its password."""

from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.credentials import Invitation, InvitationDraft, Purpose
from gausdo.kernel.errors import NotFound
from gausdo.modules.authentication import access, links
from gausdo.modules.authentication.contract import InvitationWithdrawn, Invited
from gausdo.modules.authentication.mails import MailKind
from gausdo.modules.authentication.parts import mail
from gausdo.modules.authentication.passwords import Passwords
from gausdo.modules.authentication.tables import LinkRow
from gausdo.modules.identity.contract import User, UserChange, UserDraft


class Inviting(Passwords):
    async def invitations(self, actor: Actor) -> list[Invitation]:
        actor.demand(access.INVITE)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(
                select(LinkRow)
                .where(LinkRow.purpose == Purpose.INVITATION)
                .order_by(LinkRow.made_at.desc())
            )
            return [row.invitation() for row in rows]

    async def invite(
        self, actor: Actor, draft: InvitationDraft, key: str | None = None
    ) -> Invitation:
        joining = UserDraft.model_validate(draft.model_dump())
        user = await self.identity.join(actor, joining, key)
        return await self._send_invitation(actor, user, key)

    async def invite_again(self, actor: Actor, user_id: UUID, key: str | None = None) -> Invitation:
        actor.demand(access.INVITE)
        return await self._send_invitation(actor, await self._invited(actor, user_id), key)

    async def withdraw_invitation(
        self, actor: Actor, user_id: UUID, key: str | None = None
    ) -> None:
        user = await self._invited(actor, user_id)
        closing = UserChange(version=user.version, active=False)
        await self.identity.change_user(actor, user_id, closing, key)
        async with self.db.begin(actor, key, user_id) as tx:
            if not tx.told:
                await links.cut(tx, user_id, Purpose.INVITATION)
                tx.publish(InvitationWithdrawn(user_id=user_id))

    async def _invited(self, actor: Actor, user_id: UUID) -> User:
        async with self.db.begin(actor) as tx:
            row = await tx.session.get(LinkRow, (user_id, Purpose.INVITATION))
        for user in await self.identity.find_users(SYSTEM, [user_id]) if row else []:
            return user
        raise _come()

    async def _send_invitation(self, actor: Actor, user: User, key: str | None) -> Invitation:
        async with self.db.begin(actor, key, user.id) as tx:
            if not tx.told:
                await links.lay(tx, user.id, Purpose.INVITATION, user.email)
                await mail(tx, MailKind.INVITATION, person_id=user.id)
                tx.publish(Invited(user_id=user.id))
                row = await tx.session.get_one(LinkRow, (user.id, Purpose.INVITATION))
                tx.tell(row.invitation())
            return tx.answer(Invitation)


def _come() -> NotFound:
    return NotFound("There is no such invitation, or the person has come already.")
