"""What one can do with quotes: made of a deal's lines, sent, and followed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden, NotFound, Problem
from gausdo.kernel.values import new_id
from gausdo.modules.communications.contract import LETTERS
from gausdo.modules.customers.contract import Customers
from gausdo.modules.sales import access, queries, quote_pdf, quote_words
from gausdo.modules.sales.contract import (
    Deal,
    QuoteMade,
    QuoteSent,
    QuoteSuperseded,
)
from gausdo.modules.sales.lines import WORTH, lines_of
from gausdo.modules.sales.lines_contract import DealLines
from gausdo.modules.sales.product_tables import SellerRow
from gausdo.modules.sales.products import SELLER, seller_of
from gausdo.modules.sales.products_contract import Seller
from gausdo.modules.sales.quote_tables import (
    OPEN,
    QuoteFileRow,
    QuoteLetterRow,
    QuoteNumberRow,
    QuoteRow,
)
from gausdo.modules.sales.quotes_contract import (
    QUOTES,
    NothingToQuote,
    Quote,
    QuoteCustomer,
    QuoteDraft,
    QuoteFile,
    QuoteLetter,
    QuoteLink,
    QuoteOver,
    QuoteSeller,
    QuoteSending,
    QuoteTold,
    TooManyQuotes,
)
from gausdo.modules.sales.rate_tables import Base
from gausdo.modules.sales.tables import DealRow
from gausdo.platform.db import Database, Tx
from gausdo.platform.links import hashed, token_of

SEND = "sales.send-quotes"
"""The job that hands letters with quotes to `communications`."""
NO_QUOTE = "There is no such quote, or its deal is not yours to see."
_WRITE = LETTERS.right("create")


@dataclass(frozen=True)
class Links:
    """Where links of quotes lead, and the key they are made with."""

    site: str
    key: str

    def token(self, id: UUID) -> str:
        return token_of(self.key, id)

    def url(self, id: UUID) -> str:
        return f"{self.site}/q/{self.token(id)}"


@dataclass(frozen=True)
class Quotes:
    """The part of `SalesService` that knows what was offered."""

    db: Database
    base: Base
    customers: Customers
    links: Links

    if TYPE_CHECKING:

        async def deal(self, actor: Actor, id: UUID) -> Deal: ...

    async def deal_quotes(self, actor: Actor, id: UUID) -> list[Quote]:
        deal = await self.deal(actor, id)
        query = select(QuoteRow).where(QuoteRow.deal_id == id).order_by(QuoteRow.id.desc())
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(query.limit(QUOTES))
            return [self._shown(row, deal) for row in rows]

    async def quote(self, actor: Actor, id: UUID) -> Quote:
        row, deal = await self._of(actor, id)
        return self._shown(row, deal)

    async def make_quote(
        self, actor: Actor, id: UUID, draft: QuoteDraft, key: str | None = None
    ) -> Quote:
        customer = await self._customer(actor, await self.deal(actor, id))
        async with self.db.begin(actor, key, (id, draft)) as tx:
            if not tx.told:
                deal = await access.deal(tx, actor, id, access.EDIT, [WORTH])
                await tx.fresh(deal, draft.version, queries.deal(actor, id))
                await _demand_room(tx, id)
                lines = await lines_of(tx, id, deal.version)
                seller = seller_of(await tx.session.get(SellerRow, SELLER))
                today = self.base.today()
                number = await _next_number(tx, today.year)
                told = _told(draft, lines, seller, customer, today, number)
                row_id = new_id()
                link = hashed(self.links.token(row_id))
                row = QuoteRow.make(row_id, deal, number, told, link, actor)
                tx.add(row)
                await tx.session.flush()
                content = await quote_pdf.pdf(told)
                tx.add(QuoteFileRow(quote_id=row.id, deal_id=id, content=content))
                tx.publish(QuoteMade(**row.facts(deal)))
                note(tx, deal, "quote_made", row)
                tx.tell(row.shown(today, hidden=False))
            return tx.answer(Quote)

    async def quote_file(self, actor: Actor, id: UUID) -> QuoteFile:
        row, deal = await self._of(actor, id)
        if WORTH in deal.hidden:
            raise Forbidden("Your role does not show what deals are worth.")
        return await file_of(self.db, row)

    async def quote_letter(self, actor: Actor, id: UUID) -> QuoteLetter:
        actor.demand(_WRITE)
        row, deal = await self._of(actor, id)
        name = address = None
        if deal.contact is not None:
            try:
                person = await self.customers.person(actor, deal.contact.id)
                name = person.name
                address = person.emails[0].normal if person.emails else None
            except Problem:  # it is not theirs to see: they tell whom they mean
                name = address = None
        told = row.as_told()
        by = told.seller.signer or told.seller.name or actor.name
        subject, body = quote_words.letter(row.locale, row.name, row.valid_until, name, by)
        return QuoteLetter(to=address, to_name=name, subject=subject, body=body)

    async def send_quote(
        self, actor: Actor, id: UUID, sending: QuoteSending, key: str | None = None
    ) -> Quote:
        actor.demand(_WRITE)
        async with self.db.begin(actor, key, (id, sending)) as tx:
            if not tx.told:
                row, deal = await self._locked(tx, actor, id)
                await tx.fresh(row, sending.version, lambda: self._plain(row))
                await self._send(tx, row, deal, sending.to)
                tx.add(QuoteLetterRow.write(row, sending, actor))
                await tx.enqueue(SEND, once=True)
                tx.tell(self._plain(row))
            return tx.answer(Quote)

    async def share_quote(self, actor: Actor, id: UUID, key: str | None = None) -> QuoteLink:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                row, deal = await self._locked(tx, actor, id)
                await self._send(tx, row, deal, None)
                tx.tell(self._plain(row))
            quote = tx.answer(Quote)
        return QuoteLink(url=self.links.url(id), quote=quote)

    async def _send(self, tx: Tx, row: QuoteRow, deal: DealRow, to: str | None) -> None:
        """The earlier ones of the deal are over by that. Raises QuoteOver."""
        demand_open(row, self.base.today())
        if row.send(to):
            tx.publish(QuoteSent(**row.facts(deal)))
            note(tx, deal, "quote_sent", row)
        earlier = select(QuoteRow).where(
            QuoteRow.deal_id == deal.id, QuoteRow.id < row.id, QuoteRow.state.in_(OPEN)
        )
        for older in await tx.session.scalars(earlier.order_by(QuoteRow.id).with_for_update()):
            older.supersede()
            tx.publish(QuoteSuperseded(**older.facts(deal)))

    async def _locked(self, tx: Tx, actor: Actor, id: UUID) -> tuple[QuoteRow, DealRow]:
        """A quote, and its deal, which may be changed. Raises NotFound, Forbidden."""
        deal_id = await tx.session.scalar(select(QuoteRow.deal_id).where(QuoteRow.id == id))
        if deal_id is None:
            raise NotFound(NO_QUOTE)
        try:
            deal = await access.deal(tx, actor, deal_id, access.EDIT, [WORTH])
        except NotFound as gone:
            raise NotFound(NO_QUOTE) from gone
        return await tx.session.get_one(QuoteRow, id, with_for_update=True), deal

    async def _of(self, actor: Actor, id: UUID) -> tuple[QuoteRow, Deal]:
        """A quote to be read, and its deal. Raises NotFound."""
        async with self.db.begin(actor) as tx:
            row = await tx.session.get(QuoteRow, id)
        if row is None:
            raise NotFound(NO_QUOTE)
        try:
            return row, await self.deal(actor, row.deal_id)
        except NotFound as gone:
            raise NotFound(NO_QUOTE) from gone

    async def _customer(self, actor: Actor, deal: Deal) -> QuoteCustomer:
        """Whom it is for, as far as the actor may see them."""
        person = deal.contact and deal.contact.name
        if deal.company is None:
            return QuoteCustomer(name=person)
        try:
            company = await self.customers.company(actor, deal.company.id)
        except NotFound:
            return QuoteCustomer(name=deal.company.name, person=person)
        return QuoteCustomer(
            name=company.legal_name or company.name,
            inn=company.inn,
            kpp=company.kpp,
            ogrn=company.ogrn,
            address=company.address,
            person=person,
        )

    def _shown(self, row: QuoteRow, deal: Deal) -> Quote:
        return row.shown(self.base.today(), hidden=WORTH in deal.hidden)

    def _plain(self, row: QuoteRow) -> Quote:
        """For who may change its deal's sum, and so see it."""
        return row.shown(self.base.today(), hidden=False)


def note(tx: Tx, deal: DealRow, what: str, row: QuoteRow) -> None:
    """The deal's page tells of it, and the deal is not forgotten."""
    deal.touch()
    changes: dict[str, tuple[Any, Any]] = {what: (None, row.name)}
    tx.publish(deal.changed(changes, deal.owner_id, deal.team_id), changes=changes)


def demand_open(row: QuoteRow, today: date) -> None:
    """Raise QuoteOver where it cannot be sent or answered any more."""
    if row.state not in OPEN or row.valid_until < today:
        status = row.status(today)
        raise QuoteOver(f"This quote is {status}.", data={"status": status})


async def file_of(db: Database, row: QuoteRow) -> QuoteFile:
    """As it was made; made anew where somebody it named was forgotten."""
    async with db.begin() as tx:
        kept = await tx.session.get(QuoteFileRow, row.id)
    content = kept.content if kept is not None else await quote_pdf.pdf(row.as_told())
    return QuoteFile(name=quote_words.WORDS[row.locale]["file"].format(row.name), content=content)


async def _demand_room(tx: Tx, deal_id: UUID) -> None:
    there = select(QuoteRow.id).where(QuoteRow.deal_id == deal_id).limit(QUOTES)
    if len((await tx.session.scalars(there)).all()) >= QUOTES:
        raise TooManyQuotes(f"A deal has at most {QUOTES} quotes.")


async def _next_number(tx: Tx, year: int) -> int:
    """Whoever takes one has it until the transaction ends: one that fails leaves no gap."""
    row = QuoteNumberRow
    made = insert(row).values(year=year, last=1)
    next = made.on_conflict_do_update(index_elements=["year"], set_={"last": row.last + 1})
    return int((await tx.session.execute(next.returning(row.last))).scalar_one())


def _told(
    draft: QuoteDraft,
    lines: DealLines,
    seller: Seller,
    customer: QuoteCustomer,
    today: date,
    number: int,
) -> QuoteTold:
    """Raises NothingToQuote."""
    currency, before, discount, payable = (
        lines.currency, lines.before, lines.discount, lines.payable,
    )  # fmt: skip
    if currency is None or before is None or discount is None or payable is None:
        raise NothingToQuote("The deal has no lines. Add what is offered first.")
    days = draft.valid_days or seller.valid_days
    terms = draft.terms if "terms" in draft.model_fields_set else seller.terms
    return QuoteTold(
        number=f"{today.year}-{number:04}",
        made_on=today,
        valid_until=today + timedelta(days=days),
        locale=draft.locale,
        seller=QuoteSeller.model_validate(
            seller.model_dump(exclude={"version", "terms", "valid_days", "vat_rates"})
        ),
        customer=customer,
        introduction=draft.introduction,
        terms=terms,
        currency=currency,
        with_vat=lines.with_vat,
        lines=[line.model_copy(update={"product_id": None}) for line in lines.lines],
        before=before,
        discount=discount,
        vat=lines.vat,
        payable=payable,
    )
