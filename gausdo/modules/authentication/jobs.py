"""Letters to people who work here, on their way to the mail server."""

from datetime import timedelta

from sqlalchemy import delete

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.credentials import Purpose
from gausdo.kernel.errors import NotFound
from gausdo.kernel.values import now
from gausdo.modules.authentication import links
from gausdo.modules.authentication.contract import LinkSent
from gausdo.modules.authentication.mails import MailKind, said
from gausdo.modules.authentication.parts import DELIVER
from gausdo.modules.authentication.service import AuthenticationService
from gausdo.modules.authentication.tables import MailRow
from gausdo.modules.communications.contract import Note
from gausdo.modules.identity.contract import User
from gausdo.platform.db import Tx
from gausdo.platform.drain import Work, drain
from gausdo.platform.jobs import Jobs
from gausdo.platform.links import hashed, token_of
from gausdo.platform.worklist import FAILED

KEPT = timedelta(days=7)
"""How long a letter that could not be sent is seen by the doctor."""

jobs = Jobs("authentication")


@jobs.task("deliver")
async def deliver(service: AuthenticationService) -> None:
    async def send(mail: MailRow) -> User | None:
        return await _send(service, mail)

    await drain(service.db, Work(MailRow, DELIVER, send, _sent))


@jobs.every("* * * * *", "sweep")
async def sweep(service: AuthenticationService) -> None:
    """What a killed process had leased, and whatever nobody was woken for."""
    async with service.db.begin() as tx:
        await tx.session.execute(
            delete(MailRow).where(MailRow.state == FAILED, MailRow.at < now() - KEPT)
        )
    await deliver(service)


async def _send(service: AuthenticationService, mail: MailRow) -> User | None:
    """To whom it went; None when nobody here is to get it."""
    found = await _addressee(service, mail)
    if found is None:
        return None
    user, actor = found
    kind, site = MailKind(mail.kind), service.base_url
    link = ""
    if mail.kind in set(Purpose):
        purpose = Purpose(mail.kind)
        if purpose is Purpose.RESET and not await service.identity.has_password(SYSTEM, user.id):
            return None  # no way in beside the provider's, nor before the invitation
        token = token_of(service.link_key, mail.id)
        async with service.db.begin() as tx:
            if not await links.send(tx, user.id, purpose, user.email, hashed(token)):
                return None
        link = f"{site}/password#{token}"
    words = said(kind, actor.locale, name=user.name, link=link, site=site)
    note = Note(
        id=mail.id, to=user.email, to_name=user.name, subject=words.subject, body=words.body
    )
    await service.communications.post(SYSTEM, note)
    return user


async def _addressee(service: AuthenticationService, mail: MailRow) -> tuple[User, Actor] | None:
    """Whom it is for, if they still work here."""
    if mail.person_id is None:
        user = await service.identity.user_by_email(SYSTEM, mail.email or "")
    else:
        known = await service.identity.find_users(SYSTEM, [mail.person_id])
        user = known[0] if known else None
    if user is None or not user.active:
        return None
    try:
        return user, await service.identity.actor(user.id)
    except NotFound:
        return None


async def _sent(tx: Tx, mail: MailRow, user: User | None) -> None:
    """Nothing of it is kept, but that a link was sent."""
    if user is not None and mail.kind in set(Purpose):
        tx.publish(LinkSent(user_id=user.id, purpose=Purpose(mail.kind)))
    await tx.session.delete(mail)
