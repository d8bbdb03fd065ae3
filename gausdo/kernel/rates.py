"""What other currencies are worth in the base currency of an installation, day by day."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, PlainSerializer, StringConstraints, WithJsonSchema

from gausdo.kernel.actor import Actor
from gausdo.kernel.events import Subject
from gausdo.kernel.values import Amount, Change, Currency, Draft, Money, Time, Value

CENT = Decimal("0.01")
EXACT = 80
"""Digits that hold the product of any sum and any rate."""

RateValue = Annotated[
    Decimal,
    Field(gt=0, max_digits=20, decimal_places=10, allow_inf_nan=False),
    PlainSerializer(lambda value: f"{value:f}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "decimal", "examples": ["30.9436"]}),
]
Units = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Day = Annotated[date, Field(ge=date(1901, 1, 1), lt=date(2200, 1, 1))]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=500)]


class RateSource(StrEnum):
    TYPED = "typed"
    BANK = "bank"  # a central bank


class RateDraft(Draft):
    """`units` of a currency are worth `value` in the base currency, from this day on."""

    currency: Currency
    day: Day
    units: Units = 1
    value: RateValue


class RateQuery(Draft):
    """The rates in force on a day, today unless told; or, of one currency, its latest until it."""

    day: Day | None = None
    currency: Currency | None = None


class Rate(Value):
    """Of its day and of every day after it that has none of its own."""

    id: UUID
    currency: Currency
    day: date
    units: int
    value: RateValue
    source: RateSource


class RatesFile(Draft):
    """The Bank of Russia's daily XML (`XML_daily.asp`), in base64: its encoding is its own."""

    content: Annotated[str, StringConstraints(max_length=700_000)]


class RatesRead(Value):
    """What became of the rates of a file; `kept` are those that somebody had typed."""

    day: date
    added: int
    changed: int
    same: int
    kept: int


class RatesFeed(Value):
    """From where rates are fetched every day, and what came of it.

    `day` is that of the rates read last; `trouble` says by code why the last try read none.
    """

    url: str | None
    tried_at: Time | None
    read_at: Time | None
    day: date | None
    trouble: str | None
    version: int


class RatesFeedChange(Change):
    url: Url | None = None


class BaseSum(Value):
    """Of a stage of the board, in the base currency: each currency's sum at its rate.

    Of those in `without_rate` it holds nothing.
    """

    sum: Amount
    weighted: Amount
    without_rate: list[Currency]


class DealInBase(Value):
    """A deal's worth in the base currency; no `base` without a rate, or without a sum to be seen.

    Open deals count at the rate of today, closed ones at that of the day they were closed, which
    is `kept` whatever becomes of the rates.
    """

    worth: Money | None
    base: Money | None
    day: date | None
    units: int | None
    value: RateValue | None
    kept: bool


class OfRates(Value):
    """A fact about the rates of a day, or without one about where they are fetched from."""

    book_id: UUID
    day: date | None
    version: int

    def subject(self) -> Subject:
        return Subject(kind="rates", id=self.book_id)

    def subject_version(self) -> int:
        return self.version


class KeepsRates(Protocol):
    """Whoever sees deals reads them; days are the installation's."""

    async def rates(
        self, actor: Actor, day: Day | None = None, currency: Currency | None = None
    ) -> list[Rate]:
        """As a `RateQuery` says: by currency, or newest first, the latest 400."""
        ...

    async def set_rate(self, actor: Actor, draft: RateDraft, key: str | None = None) -> Rate:
        """The only one of its currency and day: it replaces what was there.

        Raises Forbidden, Invalid for the base currency itself.
        """
        ...

    async def remove_rate(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        """Raises Forbidden, NotFound."""
        ...

    async def import_rates(
        self, actor: Actor, file: RatesFile, key: str | None = None
    ) -> RatesRead:
        """A typed rate stays. Raises Forbidden, Invalid, by code `rates-…`."""
        ...

    async def rates_feed(self, actor: Actor) -> RatesFeed:
        """Raises Forbidden."""
        ...

    async def change_rates_feed(
        self, actor: Actor, change: RatesFeedChange, key: str | None = None
    ) -> RatesFeed:
        """Raises Forbidden, Stale, Invalid for an address that may not be called."""
        ...

    async def fetch_rates(self, actor: Actor, key: str | None = None) -> RatesFeed:
        """Now, as the daily job does it; the answer says what came of it.

        Raises Forbidden, Invalid without an address.
        """
        ...

    async def deal_in_base(self, actor: Actor, id: UUID) -> DealInBase:
        """Raises NotFound."""
        ...


def in_base(amount: Decimal, units: int, value: Decimal) -> Decimal:
    """Exact, then rounded once to the hundredth, halves away from zero."""
    with localcontext(prec=EXACT):
        return (amount * value / units).quantize(CENT, ROUND_HALF_UP)
