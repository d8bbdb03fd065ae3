"""Rates of currencies: told by hand, read from a file or fetched, and what deals are worth by them.

A typed rate is somebody's word and stays when a bank's file has another. What a closed deal was
counted at is kept beside it, so that no later rate changes what was won.
"""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import Invalid, NotFound, invalid
from gausdo.kernel.rates import (
    Day,
    DealInBase,
    Rate,
    RateDraft,
    RatesFeed,
    RatesFeedChange,
    RatesFile,
    RateSource,
    RatesRead,
    in_base,
)
from gausdo.kernel.values import Currency, Money, now
from gausdo.modules.sales import access, bank_xml
from gausdo.modules.sales.contract import Deal
from gausdo.modules.sales.rate_tables import BOOK, Base, KeptRateRow, RateRow, RatesBookRow
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Database, Tx
from gausdo.platform.outbound import Blocked, Outbound, Unreachable

LATEST = 400
"""Rates of one currency in one answer."""
OK = 200
SECONDS = 4.0
"""What fetching may take while somebody waits for it."""

Allowed = Sequence[str]


@dataclass(frozen=True)
class RateBook:
    """`allowed` and `only` are the hosts that may be called, as `Outbound` has them."""

    db: Database
    base: Base
    allowed: Allowed
    only: Allowed

    async def rates(
        self, actor: Actor, day: Day | None = None, currency: Currency | None = None
    ) -> list[Rate]:
        actor.demand(access.READ)
        until = RateRow.day <= (day or self.base.today())
        query = select(RateRow).where(RateRow.base == self.base.currency, until)
        if currency is not None:
            latest = RateRow.day.desc()
            query = query.where(RateRow.currency == currency).order_by(latest).limit(LATEST)
        else:
            query = query.order_by(RateRow.currency, RateRow.day.desc())
            query = query.ext(distinct_on(RateRow.currency))
        async with self.db.begin(actor) as tx:
            return [row.shown() for row in await tx.session.scalars(query)]

    async def set_rate(self, actor: Actor, draft: RateDraft, key: str | None = None) -> Rate:
        actor.demand(access.EDIT_RATES)
        if draft.currency == self.base.currency:
            told = "This is the base currency: others are told in it."
            raise invalid("currency", "rates-base", told)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                book = await _book(tx)
                row, changes = await self._set(tx, draft, RateSource.TYPED)
                if changes is not None:
                    tx.publish(book.changed(draft.day), changes={draft.currency: changes})
                tx.tell(row.shown())
            return tx.answer(Rate)

    async def remove_rate(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        actor.demand(access.EDIT_RATES)
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                book = await _book(tx)
                row = await tx.session.get(RateRow, id)
                if row is None:
                    raise NotFound("There is no such rate.")
                tx.publish(book.changed(row.day), changes={row.currency: (row.worth(), None)})
                await tx.session.delete(row)
                tx.tell(None)

    async def import_rates(
        self, actor: Actor, file: RatesFile, key: str | None = None
    ) -> RatesRead:
        actor.demand(access.EDIT_RATES)
        drafts = self._read(_content(file))
        async with self.db.begin(actor, key, file) as tx:
            if not tx.told:
                tx.tell(await self._take(tx, await _book(tx), drafts))
            return tx.answer(RatesRead)

    async def rates_feed(self, actor: Actor) -> RatesFeed:
        actor.demand(access.EDIT_RATES)
        return await self._feed(actor)

    async def change_rates_feed(
        self, actor: Actor, change: RatesFeedChange, key: str | None = None
    ) -> RatesFeed:
        actor.demand(access.EDIT_RATES)
        if change.url is not None:
            await self._demand_possible(change.url)
        async with self.db.begin(actor, key, change) as tx:
            if not tx.told:
                book = await _book(tx)
                await tx.fresh(book, change.version)
                if "url" in change.named() and (changes := book.lead(change.url)):
                    tx.publish(book.changed(), changes=changes)
                tx.tell(book.shown())
            return tx.answer(RatesFeed)

    async def fetch_rates(self, actor: Actor, key: str | None = None) -> RatesFeed:
        actor.demand(access.EDIT_RATES)
        return await self._fetch(actor, key, SECONDS)

    async def _feed(self, actor: Actor) -> RatesFeed:
        async with self.db.begin(actor) as tx:
            row = await tx.session.get(RatesBookRow, BOOK)
            return (row or RatesBookRow.start()).shown()

    async def _fetch(self, actor: Actor, key: str | None, seconds: float | None) -> RatesFeed:
        feed = await self._feed(actor)
        if feed.url is None:
            raise invalid("url", "missing", "Tell first where rates are to be fetched from.")
        drafts, trouble = await self._fetched(feed.url, seconds)
        async with self.db.begin(actor, key, "fetch") as tx:
            if not tx.told:
                book = await _book(tx)
                if book.url == feed.url:
                    book.tried_at, book.trouble = now(), trouble
                    if drafts:
                        await self._take(tx, book, drafts)
                        book.read_at, book.day = book.tried_at, drafts[0].day
                tx.tell(book.shown())
            return tx.answer(RatesFeed)

    async def fetch_daily(self) -> None:
        """Until it has come to something once a day."""
        feed = await self._feed(SYSTEM)
        done = feed.read_at is not None and self.base.day(feed.read_at) == self.base.today()
        if feed.url is not None and not done:
            await self._fetch(SYSTEM, None, None)

    async def in_base(self, actor: Actor, deal: Deal) -> DealInBase:
        async with self.db.begin(actor) as tx:
            return await self._counted(tx, deal)

    async def keep_rate(self, tx: Tx, deal: DealRow) -> None:
        """Of a deal that is closed, by now or still: what it is counted at from now on."""
        currency, closed_at = deal.currency, deal.closed_at
        if closed_at is None or currency in {None, self.base.currency}:
            return
        kept = await tx.session.get(KeptRateRow, deal.id)
        if kept is not None and self._holds(kept, deal):
            return
        rate = await self._rate(tx, str(currency), self.base.day(closed_at))
        if rate is None:
            return
        told = {"day": rate.day, "units": rate.units, "value": rate.value}
        told |= {"base": self.base.currency, "currency": currency, "closed_at": closed_at}
        made = insert(KeptRateRow).values(deal_id=deal.id, **told)
        await tx.session.execute(made.on_conflict_do_update(index_elements=["deal_id"], set_=told))

    async def _counted(self, tx: Tx, deal: Deal) -> DealInBase:
        worth, nothing = deal.worth, {"base": None, "day": None, "units": None, "value": None}
        if worth is None:
            return DealInBase(worth=None, kept=False, **nothing)
        if worth.currency == self.base.currency:
            return DealInBase(worth=worth, kept=False, **{**nothing, "base": worth})
        rate: KeptRateRow | RateRow | None = None
        if deal.closed_at is not None:
            row = await tx.session.get(KeptRateRow, deal.id)
            rate = row if row is not None and self._holds(row, deal) else None
        kept = rate is not None
        if rate is None:
            rate = await self._rate(tx, worth.currency, self.base.day(deal.closed_at or now()))
        if rate is None:
            return DealInBase(worth=worth, kept=False, **nothing)
        amount = in_base(worth.amount, rate.units, rate.value)
        base = Money.model_construct(amount=amount, currency=self.base.currency)
        return DealInBase(
            worth=worth, base=base, day=rate.day, units=rate.units, value=rate.value, kept=kept
        )

    def _holds(self, kept: KeptRateRow, deal: DealRow | Deal) -> bool:
        worth = deal.worth
        asked = deal.closed_at, self.base.currency, worth and worth.currency
        return (kept.closed_at, kept.base, kept.currency) == asked

    async def _rate(self, tx: Tx, currency: str, day: date) -> RateRow | None:
        """The latest on or before a day."""
        mine = RateRow.base == self.base.currency, RateRow.currency == currency
        query = select(RateRow).where(*mine, RateRow.day <= day).order_by(RateRow.day.desc())
        row: RateRow | None = await tx.session.scalar(query.limit(1))
        return row

    async def _set(
        self, tx: Tx, draft: RateDraft, source: RateSource, there: RateRow | None = None
    ) -> tuple[RateRow, tuple[Any, Any] | None]:
        """The row, and before and after where something changes."""
        if there is None:
            mine = RateRow.base == self.base.currency, RateRow.currency == draft.currency
            there = await tx.session.scalar(select(RateRow).where(*mine, RateRow.day == draft.day))
        if there is None:
            row = RateRow.write(self.base.currency, draft, source)
            tx.add(row)
            return row, (None, row.worth())
        before = there.worth()
        there.set(draft, source)
        after = there.worth()
        return there, None if before == after else (before, after)

    async def _take(self, tx: Tx, book: RatesBookRow, drafts: Sequence[RateDraft]) -> RatesRead:
        """A bank's rates of one day, as one fact."""
        day = drafts[0].day
        mine = RateRow.base == self.base.currency, RateRow.day == day
        there = {
            row.currency: row for row in await tx.session.scalars(select(RateRow).where(*mine))
        }
        changed: dict[str, tuple[Any, Any]] = {}
        kept = 0
        for draft in drafts:
            row = there.get(draft.currency)
            if row is not None and row.source == RateSource.TYPED:
                kept += 1
                continue
            _, changes = await self._set(tx, draft, RateSource.BANK, row)
            if changes is not None:
                changed[draft.currency] = changes
        if changed:
            tx.publish(book.changed(day), changes=changed)
        added = sum(before is None for before, _ in changed.values())
        same = len(drafts) - kept - len(changed)
        return RatesRead(day=day, added=added, changed=len(changed) - added, same=same, kept=kept)

    def _read(self, content: bytes) -> list[RateDraft]:
        """Raises Invalid."""
        if self.base.currency != bank_xml.BASE:
            told = (
                f"The bank tells rates in {bank_xml.BASE}; here they are told in another currency."
            )
            raise invalid("content", "rates-other-base", told)
        return bank_xml.read_daily(content)

    async def _fetched(self, url: str, seconds: float | None) -> tuple[list[RateDraft], str | None]:
        """The rates, or none and by code why."""
        try:
            async with asyncio.timeout(seconds), self._outbound() as outbound:
                answer = await outbound.get(
                    url, {"accept": "application/xml, text/xml"}, bank_xml.LARGEST + 1
                )
        except Blocked:
            return [], "blocked"
        except (Unreachable, TimeoutError):
            return [], "unreachable"
        if answer.status != OK:
            return [], "refused"
        try:
            return self._read(answer.body), None
        except Invalid as refusal:
            return [], refusal.errors[0].code

    async def _demand_possible(self, url: str) -> None:
        """Raise Invalid for an address that may not be called."""
        try:
            async with self._outbound() as outbound:
                await outbound.judge(url)
        except Blocked as refusal:
            raise invalid("url", "forbidden-address", str(refusal)) from refusal

    def _outbound(self) -> Outbound:
        """Made for a call a day: at rest it would hold memory."""
        return Outbound(self.allowed, only=self.only)


async def _book(tx: Tx) -> RatesBookRow:
    """Locked, so that nobody else changes rates meanwhile."""
    start = insert(RatesBookRow).values(id=BOOK, version=1)
    await tx.session.execute(start.on_conflict_do_nothing())
    return await tx.session.get_one(RatesBookRow, BOOK, with_for_update=True)


def _content(file: RatesFile) -> bytes:
    """Raises Invalid."""
    try:
        return base64.b64decode(file.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("content", "base64", "This is not base64.") from error
