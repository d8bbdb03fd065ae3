"""What is offered to a customer, and what they answer; `contract` hands it on."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict, NotFound
from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.values import (
    Amount,
    Currency,
    Draft,
    Email,
    Line,
    Locale,
    LongLine,
    Text,
    Time,
    Value,
)
from gausdo.modules.sales.lines_contract import DealLine, VatSum
from gausdo.modules.sales.products_contract import Requisites

QUOTES = 100
"""Of one deal."""


class QuoteStatus(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    OPENED = "opened"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"  # a newer one of the deal was sent


class QuoteDraft(Draft):
    """Made of the deal's lines as they are at its `version`. What is left out of the terms and
    the days it holds is what the seller's requisites say.
    """

    version: int = Field(strict=True, ge=1, le=2**53)
    locale: Locale = "ru"
    introduction: Text | None = None
    terms: Text | None = None
    valid_days: Annotated[int, Field(strict=True, ge=1, le=365)] | None = None


class QuoteSeller(Requisites):
    """The requisites as they were."""


class QuoteCustomer(Value):
    name: str | None
    inn: str | None = None
    kpp: str | None = None
    ogrn: str | None = None
    address: str | None = None
    person: str | None = None


class QuoteTold(Value):
    """What a quote says, for ever: nothing that happens to the deal changes it."""

    number: str
    made_on: date
    valid_until: date
    locale: Locale
    seller: QuoteSeller
    customer: QuoteCustomer
    introduction: str | None
    terms: str | None
    currency: Currency
    with_vat: bool
    lines: list[DealLine]
    before: Amount
    discount: Amount
    vat: list[VatSum]
    payable: Amount


class Quote(Value):
    """`payable` is None where the reader may not see what the deal is worth."""

    id: UUID
    deal_id: UUID
    number: str
    status: QuoteStatus
    locale: Locale
    currency: Currency
    payable: Amount | None
    valid_until: date
    made_at: Time
    made_by: UUID
    sent_at: Time | None
    sent_to: str | None
    opened_at: Time | None  # for the first time
    opened_last_at: Time | None
    opened: int  # how many times
    answered_at: Time | None
    answered_by: str | None  # as they have called themselves
    answered_from: str | None  # the address in the network
    reason: str | None  # why it was declined
    version: int


class QuoteLetter(Value):
    """What a letter with the quote begins with; `{link}` is where the link will stand."""

    to: str | None
    to_name: str | None
    subject: str
    body: str


class QuoteSending(Draft):
    """`{link}` in the body becomes the link of the quote; without it, it comes last."""

    version: int = Field(strict=True, ge=1, le=2**53)
    to: Email
    to_name: Line | None = None
    subject: Line
    body: Annotated[Text, StringConstraints(min_length=1)]


class QuoteLink(Value):
    url: str
    quote: Quote


class QuoteFile(Value):
    name: str
    content: bytes


class Offer(Value):
    """A quote as its customer sees it."""

    told: QuoteTold
    status: QuoteStatus
    answered_at: Time | None
    answered_by: str | None


class Acceptance(Draft):
    name: Line
    agreed: Literal[True]


class Refusal(Draft):
    reason: LongLine
    name: Line | None = None


class _QuoteEvent(Event, name="sales.quote-event"):
    """With the deal's state, as every fact of a deal tells it."""

    quote_id: UUID
    version: int
    deal_id: UUID
    payable: Amount
    pipeline_id: UUID
    stage_id: UUID
    kind: str
    probability: int
    owner_id: UUID
    team_id: UUID | None
    amount: Decimal | None
    currency: Currency | None
    company_id: UUID | None
    contact_id: UUID | None
    expected_on: date | None
    created_at: datetime

    def subject(self) -> Subject:
        return Subject(kind="quote", id=self.quote_id)

    def subject_version(self) -> int:
        return self.version

    def seen_by(self) -> Seen:
        return Seen(
            owners=frozenset({self.owner_id}),
            teams=frozenset({self.team_id} if self.team_id else ()),
        )


class QuoteMade(_QuoteEvent, name="sales.quote-made.v1"): ...


class QuoteSent(_QuoteEvent, name="sales.quote-sent.v1"):
    """By a letter, or by a link that somebody was given."""


class QuoteOpened(_QuoteEvent, name="sales.quote-opened.v1"):
    """By the customer, for the first time."""


class QuoteAccepted(_QuoteEvent, name="sales.quote-accepted.v1"): ...


class QuoteDeclined(_QuoteEvent, name="sales.quote-declined.v1"): ...


class QuoteSuperseded(_QuoteEvent, name="sales.quote-superseded.v1"):
    """A newer one was sent: this can be accepted no more."""


class NothingToQuote(Conflict, code="sales.nothing-to-quote", status=409):
    """The deal has no lines."""


class TooManyQuotes(Conflict, code="sales.too-many-quotes", status=409): ...


class QuoteOver(Conflict, code="sales.quote-over", status=409):
    """It can be sent, accepted or declined no more. `data`: `status`."""


class NoOffer(NotFound, code="sales.no-offer", status=404):
    """The link leads nowhere, or its deal is no more."""


class KeepsQuotes(Protocol):
    """The part of `sales` that knows what was offered."""

    async def deal_quotes(self, actor: Actor, id: UUID) -> list[Quote]:
        """The newest first, at most a hundred. Raises NotFound."""
        ...

    async def make_quote(
        self, actor: Actor, id: UUID, draft: QuoteDraft, key: str | None = None
    ) -> Quote:
        """Of a deal. Raises NotFound, Forbidden, Stale, NothingToQuote, TooManyQuotes."""
        ...

    async def quote(self, actor: Actor, id: UUID) -> Quote:
        """Raises NotFound, also when the actor may not see its deal."""
        ...

    async def quote_file(self, actor: Actor, id: UUID) -> QuoteFile:
        """As PDF. Raises NotFound, Forbidden where the deal's sum is hidden."""
        ...

    async def quote_letter(self, actor: Actor, id: UUID) -> QuoteLetter:
        """What a letter may say, in the quote's language. Raises NotFound, Forbidden."""
        ...

    async def send_quote(
        self, actor: Actor, id: UUID, sending: QuoteSending, key: str | None = None
    ) -> Quote:
        """By letter, the PDF with it; earlier ones of the deal are superseded. Raises NotFound,
        Forbidden, Stale, QuoteOver, Invalid.
        """
        ...

    async def share_quote(self, actor: Actor, id: UUID, key: str | None = None) -> QuoteLink:
        """The link, to be told in another way; it is sent by that. Raises NotFound, Forbidden,
        QuoteOver.
        """
        ...

    async def offer(self, token: str) -> Offer:
        """What the link of a quote shows. Raises NoOffer."""
        ...

    async def offer_file(self, token: str) -> QuoteFile:
        """Raises NoOffer."""
        ...

    async def offer_opened(self, token: str) -> None:
        """Somebody looks at it; a program that only follows links does not say so."""
        ...

    async def accept_offer(self, token: str, acceptance: Acceptance, address: str) -> Offer:
        """Once more is as if once. Raises NoOffer, QuoteOver."""
        ...

    async def decline_offer(self, token: str, refusal: Refusal, address: str) -> Offer:
        """Once more is as if once. Raises NoOffer, QuoteOver."""
        ...
