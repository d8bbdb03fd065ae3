"""Letters on their way to the mail server."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from gausdo.modules.communications.post import Post
from gausdo.modules.communications.service import DELIVER, CommunicationsService
from gausdo.modules.communications.tables import AttachmentRow, LetterRow
from gausdo.platform.db import Tx
from gausdo.platform.drain import Work, drain
from gausdo.platform.jobs import Jobs

jobs = Jobs("communications")


@jobs.task("deliver")
async def deliver(service: CommunicationsService) -> None:
    """A kill between sending and recording sends the letter twice, with the same Message-ID."""
    server, sender = await service.leaving()
    async with Post(server, sender) as post:

        async def send(letter: LetterRow) -> None:
            await post.leave_by(*await service.leaving())  # another may have been told meanwhile
            await post.send(letter.envelope(await _files(service, letter)))

        await drain(service.db, Work(LetterRow, DELIVER, send, _sent, seconds=60.0))


@jobs.every("* * * * *", "sweep")
async def sweep(service: CommunicationsService) -> None:
    """What a killed process had leased, and whatever nobody was woken for."""
    await deliver(service)


async def _files(service: CommunicationsService, letter: LetterRow) -> Sequence[AttachmentRow]:
    if not letter.attached:
        return ()
    query = select(AttachmentRow).where(AttachmentRow.letter_id == letter.id)
    async with service.db.begin() as tx:
        return (await tx.session.scalars(query.order_by(AttachmentRow.position))).all()


async def _sent(tx: Tx, letter: LetterRow, _: None) -> None:
    tx.publish(letter.sent())
    if letter.attached:  # they are kept by whoever had them sent
        await tx.session.execute(delete(AttachmentRow).where(AttachmentRow.letter_id == letter.id))
