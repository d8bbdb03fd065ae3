"""What a customer does with a quote, by its link and without signing in."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from gausdo.kernel.values import now
from gausdo.modules.sales.contract import QuoteAccepted, QuoteDeclined, QuoteOpened
from gausdo.modules.sales.quote_tables import QuoteRow
from gausdo.modules.sales.quotes import Quotes, demand_open, file_of, note
from gausdo.modules.sales.quotes_contract import (
    Acceptance,
    NoOffer,
    Offer,
    QuoteFile,
    QuoteStatus,
    Refusal,
)
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Tx
from gausdo.platform.links import hashed

APART = timedelta(minutes=1)
"""Looked at again before this it is still the same look."""


@dataclass(frozen=True)
class Offers(Quotes):
    """The part of `SalesService` that customers reach."""

    async def offer(self, token: str) -> Offer:
        async with self.db.begin() as tx:
            return self._offer(await _by_link(tx, token))

    async def offer_file(self, token: str) -> QuoteFile:
        async with self.db.begin() as tx:
            row = await _by_link(tx, token)
        return await file_of(self.db, row)

    async def offer_opened(self, token: str) -> None:
        async with self.db.begin() as tx:
            row, deal = await _locked(tx, token)
            if row.state != QuoteStatus.SENT:
                return
            if row.opened_last_at is not None and now() - row.opened_last_at < APART:
                return
            if row.open():
                tx.publish(QuoteOpened(**row.facts(deal)))

    async def accept_offer(self, token: str, acceptance: Acceptance, address: str) -> Offer:
        async with self.db.begin() as tx:
            row, deal = await _locked(tx, token)
            if self._is_new(row, QuoteStatus.ACCEPTED):
                row.answer(QuoteStatus.ACCEPTED, acceptance.name, address)
                tx.publish(QuoteAccepted(**row.facts(deal)))
                note(tx, deal, "quote_accepted", row)
            return self._offer(row)

    async def decline_offer(self, token: str, refusal: Refusal, address: str) -> Offer:
        async with self.db.begin() as tx:
            row, deal = await _locked(tx, token)
            if self._is_new(row, QuoteStatus.DECLINED):
                row.answer(QuoteStatus.DECLINED, refusal.name, address, refusal.reason)
                tx.publish(QuoteDeclined(**row.facts(deal)))
                note(tx, deal, "quote_declined", row)
            return self._offer(row)

    def _is_new(self, row: QuoteRow, answer: QuoteStatus) -> bool:
        """False where just this was answered before. Raises QuoteOver."""
        if row.state == answer:
            return False
        demand_open(row, self.base.today())
        return True

    def _offer(self, row: QuoteRow) -> Offer:
        return Offer(
            told=row.as_told(),
            status=row.status(self.base.today()),
            answered_at=row.answered_at,
            answered_by=row.answered_by,
        )


async def _by_link(tx: Tx, token: str) -> QuoteRow:
    """Raises NoOffer, also of one that was never sent."""
    row: QuoteRow | None = await tx.session.scalar(
        select(QuoteRow).where(QuoteRow.link == hashed(token), QuoteRow.state != QuoteStatus.DRAFT)
    )
    if row is None:
        raise _no_offer()
    return row


async def _locked(tx: Tx, token: str) -> tuple[QuoteRow, DealRow]:
    """The deal first, as whoever works on it does. Raises NoOffer."""
    found = await _by_link(tx, token)
    deal: DealRow | None = await tx.session.get(DealRow, found.deal_id, with_for_update=True)
    if deal is None:
        raise _no_offer()
    await tx.session.refresh(found, with_for_update=True)
    return found, deal


def _no_offer() -> NoOffer:
    return NoOffer("There is nothing at this link. Ask whoever sent it for a new one.")
