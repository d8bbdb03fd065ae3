"""Letters with quotes, handed to `communications` in the name of whoever sends them."""

from gausdo.modules.communications.contract import Attachment, Letter, LetterDraft
from gausdo.modules.sales.quote_tables import QuoteLetterRow, QuoteRow
from gausdo.modules.sales.quotes import SEND, file_of
from gausdo.modules.sales.service import SalesService
from gausdo.platform.db import Tx
from gausdo.platform.drain import Work, drain

LINK = "{link}"


async def send_letters(service: SalesService) -> None:
    async def send(row: QuoteLetterRow) -> Letter:
        return await _send(service, row)

    await drain(service.db, Work(QuoteLetterRow, SEND, send, _sent))


async def _send(service: SalesService, row: QuoteLetterRow) -> Letter:
    """One that is sent again after a kill has the same key, and so is the same letter."""
    actor = await service.identity.actor(row.by_id)
    async with service.db.begin() as tx:
        quote = await tx.session.get_one(QuoteRow, row.quote_id)
    file = await file_of(service.db, quote)
    url = service.links.url(quote.id)
    body = row.body if LINK in row.body else f"{row.body.rstrip()}\n\n{LINK}\n"
    draft = LetterDraft(
        subject=row.subject,
        body=body.replace(LINK, url),
        to=row.to,
        to_name=row.to_name,
        attachments=[Attachment(name=file.name, type="application/pdf", content=file.content)],
        about_kind="deal",
        about_id=row.deal_id,
    )
    return await service.communications().send(actor, draft, f"quote-letter:{row.id}")


async def _sent(tx: Tx, row: QuoteLetterRow, _: Letter) -> None:
    """Its text is the letter's from now on."""
    await tx.session.delete(row)
