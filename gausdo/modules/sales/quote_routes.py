"""Quotes of deals over HTTP; what the link of one shows stands in `routes`."""

from uuid import UUID

from gausdo.modules.sales.contract import Sales
from gausdo.modules.sales.quotes_contract import (
    Quote,
    QuoteDraft,
    QuoteLetter,
    QuoteLink,
    QuoteSending,
)
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def quote_routes(api: Routes, sales: Sales) -> None:
    @api.get("/deals/{id}/quotes", right="sales.deal.read")
    async def deal_quotes(id: UUID, actor: CurrentActor) -> list[Quote]:
        return await sales.deal_quotes(actor, id)

    @api.post("/deals/{id}/quotes", status=201, right="sales.deal.edit")
    async def make_quote(
        id: UUID, draft: QuoteDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Quote:
        """Of the deal's lines as they are now; nothing changes it afterwards."""
        return await sales.make_quote(actor, id, draft, key)

    @api.get("/quotes/{id}", right="sales.deal.read")
    async def quote(id: UUID, actor: CurrentActor) -> Quote:
        return await sales.quote(actor, id)

    @api.get("/quotes/{id}/letter", right="sales.deal.read")
    async def quote_letter(id: UUID, actor: CurrentActor) -> QuoteLetter:
        """What a letter with it may say."""
        return await sales.quote_letter(actor, id)

    @api.post("/quotes/{id}/send", right="sales.deal.edit")
    async def send_quote(
        id: UUID, sending: QuoteSending, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Quote:
        return await sales.send_quote(actor, id, sending, key)

    @api.post("/quotes/{id}/link", right="sales.deal.edit")
    async def share_quote(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> QuoteLink:
        """The link to tell in another way; the quote is sent by that."""
        return await sales.share_quote(actor, id, key)
