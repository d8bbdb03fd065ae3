"""Rates of currencies as they are stored, and those that closed deals were counted at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.rates import Rate, RateDraft, RatesFeed, RateSource
from gausdo.kernel.values import new_id, now
from gausdo.modules.sales.contract import RatesChanged
from gausdo.modules.sales.tables import schema
from gausdo.platform.db.schema import TIME

BOOK = UUID("01900000-0000-7000-8000-0000000000c1")
"""There is one."""


@dataclass(frozen=True)
class Base:
    """The base currency, and the zone in which the installation's days begin."""

    currency: str
    time_zone: str

    def day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def today(self) -> date:
        return self.day(now())


class RateRow(schema.Base):  # type: ignore[name-defined,misc]
    """`base` is what the value is told in: an installation may change its own."""

    __tablename__ = "rate"
    __table_args__ = (
        UniqueConstraint("base", "currency", "day"),
        CheckConstraint("value > 0 and units > 0", "positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    base: Mapped[str]
    currency: Mapped[str]
    day: Mapped[date]
    units: Mapped[int]
    value: Mapped[Decimal] = mapped_column(Numeric)
    source: Mapped[str]

    @classmethod
    def write(cls, base: str, draft: RateDraft, source: RateSource) -> Self:
        return cls(id=new_id(), base=base, source=source, **draft.model_dump())

    def set(self, draft: RateDraft, source: RateSource) -> None:
        self.units, self.value, self.source = draft.units, draft.value, source

    def worth(self) -> str:
        """As the history has it."""
        units = f" / {self.units}" if self.units != 1 else ""
        return f"{self.value:f}{units} ({self.source})"

    def shown(self) -> Rate:
        return Rate.model_validate(self, from_attributes=True)


class KeptRateRow(schema.Base):  # type: ignore[name-defined,misc]
    """What a closed deal is counted at, for good.

    It holds for the closing and the currency it names: closed anew, a deal is counted anew.
    """

    __tablename__ = "kept_rate"

    deal_id: Mapped[UUID] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime] = mapped_column(TIME)
    base: Mapped[str]
    currency: Mapped[str]
    day: Mapped[date]
    units: Mapped[int]
    value: Mapped[Decimal] = mapped_column(Numeric)


class RatesBookRow(schema.Base):  # type: ignore[name-defined,misc]
    """From where rates are fetched; whoever changes rates has it locked."""

    __tablename__ = "rates_book"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str | None]
    tried_at: Mapped[datetime | None] = mapped_column(TIME)
    read_at: Mapped[datetime | None] = mapped_column(TIME)
    day: Mapped[date | None]
    trouble: Mapped[str | None]
    version: Mapped[int]

    @classmethod
    def start(cls) -> Self:
        """As it is until somebody changes it."""
        return cls(id=BOOK, version=1)

    def lead(self, url: str | None) -> Mapping[str, tuple[Any, Any]]:
        """To another address, of which nothing is known yet."""
        if url == self.url:
            return {}
        changes = {"url": (self.url, url)}
        self.url, self.tried_at, self.read_at, self.trouble = url, None, None, None
        self.version += 1
        return changes

    def changed(self, day: date | None = None) -> RatesChanged:
        return RatesChanged(book_id=self.id, day=day, version=self.version)

    def shown(self) -> RatesFeed:
        return RatesFeed.model_validate(self, from_attributes=True)
