"""What was offered, as stored."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from sqlalchemy import CHAR, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import new_id, now
from gausdo.modules.sales.quotes_contract import (
    Quote,
    QuoteSending,
    QuoteStatus,
    QuoteTold,
)
from gausdo.modules.sales.tables import DealRow, schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.worklist import WAITING, Pending

OPEN = frozenset({QuoteStatus.DRAFT, QuoteStatus.SENT})
"""Of what is stored: the others can be answered no more."""


class QuoteNumberRow(schema.Base):  # type: ignore[name-defined,misc]
    """The last number given in a year: locked until the quote is kept, so none is left out."""

    __tablename__ = "quote_number"

    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last: Mapped[int]


class QuoteRow(schema.Base):  # type: ignore[name-defined,misc]
    """`told` is a `QuoteTold` and is not changed, but for a person who is forgotten."""

    __tablename__ = "quote"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_quote_deal", "deal_id", text("id desc")),
        Index("ix_quote_link", "link", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("sales.deal.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int]
    state: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str] = mapped_column(CHAR(3))
    payable: Mapped[Decimal]
    valid_until: Mapped[date]
    told: Mapped[dict[str, Any]]
    link: Mapped[bytes] = mapped_column(LargeBinary)  # a hash
    made_at: Mapped[datetime] = mapped_column(TIME)
    made_by: Mapped[UUID]
    sent_at: Mapped[datetime | None] = mapped_column(TIME)
    sent_to: Mapped[str | None]
    opened_at: Mapped[datetime | None] = mapped_column(TIME)
    opened_last_at: Mapped[datetime | None] = mapped_column(TIME)
    opened: Mapped[int] = mapped_column(server_default="0")
    answered_at: Mapped[datetime | None] = mapped_column(TIME)
    answered_by: Mapped[str | None]
    answered_from: Mapped[str | None]
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")

    @classmethod
    def make(
        cls, id: UUID, deal: DealRow, number: int, told: QuoteTold, link: bytes, actor: Actor
    ) -> Self:
        return cls(
            id=id,
            deal_id=deal.id,
            year=told.made_on.year,
            number=number,
            state=QuoteStatus.DRAFT,
            locale=told.locale,
            currency=told.currency,
            payable=told.payable,
            valid_until=told.valid_until,
            told=told.model_dump(mode="json"),
            link=link,
            made_at=now(),
            made_by=actor.id,
            opened=0,
            version=1,
        )

    def status(self, today: date) -> QuoteStatus:
        """What it is by now: nobody has to be there when it runs out."""
        state = QuoteStatus(self.state)
        if state in OPEN and self.valid_until < today:
            return QuoteStatus.EXPIRED
        if state is QuoteStatus.SENT and self.opened_at is not None:
            return QuoteStatus.OPENED
        return state

    def send(self, to: str | None) -> bool:
        """Whether it was a draft until now."""
        first = self.state == QuoteStatus.DRAFT
        self.state = QuoteStatus.SENT
        self.sent_at = self.sent_at or now()
        self.sent_to = to or self.sent_to
        self.version += 1
        return first

    def supersede(self) -> None:
        self.state = QuoteStatus.SUPERSEDED
        self.version += 1

    def open(self) -> bool:
        """Somebody looks at it; whether for the first time."""
        first = self.opened_at is None
        self.opened_last_at = now()
        self.opened_at = self.opened_at or self.opened_last_at
        self.opened += 1
        self.version += 1
        return first

    def answer(
        self, state: QuoteStatus, by: str | None, address: str, reason: str | None = None
    ) -> None:
        self.state, self.answered_at = state, now()
        self.answered_by, self.answered_from, self.reason = by, address, reason
        self.opened_at = self.opened_at or self.answered_at
        self.version += 1

    def as_told(self) -> QuoteTold:
        return QuoteTold.model_validate(self.told)

    @property
    def name(self) -> str:
        return f"{self.year}-{self.number:04}"

    def facts(self, deal: DealRow) -> dict[str, Any]:
        """What every fact of it tells."""
        told = (
            "pipeline_id stage_id kind probability owner_id team_id amount currency "
            "company_id contact_id expected_on created_at"
        )
        return {
            **{name: getattr(deal, name) for name in told.split()},
            "quote_id": self.id,
            "version": self.version,
            "deal_id": deal.id,
            "payable": self.payable,
        }

    def shown(self, today: date, *, hidden: bool) -> Quote:
        names = Quote.model_fields.keys() - {"number", "status", "payable"}
        return Quote(
            number=self.name,
            status=self.status(today),
            payable=None if hidden else self.payable,
            **{name: getattr(self, name) for name in names},
        )


class QuoteFileRow(schema.Base):  # type: ignore[name-defined,misc]
    """A quote as PDF, as it was made; without the row it is made anew of what it tells."""

    __tablename__ = "quote_file"

    quote_id: Mapped[UUID] = mapped_column(ForeignKey("sales.quote.id"), primary_key=True)
    deal_id: Mapped[UUID] = mapped_column(index=True)  # what goes with the deal
    content: Mapped[bytes] = mapped_column(LargeBinary)


class QuoteLetterRow(Pending, schema.Base):  # type: ignore[name-defined,misc]
    """A letter with a quote, until `communications` has it; in the name of `by_id`."""

    __tablename__ = "quote_letter"
    __table_args__ = (
        Index("ix_quote_letter_due", "due_at", postgresql_where=text(f"state = '{WAITING}'")),
    )

    quote_id: Mapped[UUID] = mapped_column(ForeignKey("sales.quote.id"), index=True)
    deal_id: Mapped[UUID] = mapped_column(index=True)
    by_id: Mapped[UUID]
    to: Mapped[str]
    to_name: Mapped[str | None]
    subject: Mapped[str]
    body: Mapped[str]
    at: Mapped[datetime] = mapped_column(TIME)

    @classmethod
    def write(cls, quote: QuoteRow, sending: QuoteSending, actor: Actor) -> Self:
        return cls(
            id=new_id(),
            quote_id=quote.id,
            deal_id=quote.deal_id,
            by_id=actor.id,
            at=now(),
            due_at=now(),
            **sending.model_dump(exclude={"version"}),
        )
