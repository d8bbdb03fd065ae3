"""What deals, rates and chances were at any time, as stored: triggers keep the first two."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, Index, Numeric, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.modules.sales.tables import schema
from gausdo.platform.db.schema import TIME

_OPEN = text("until is null and state = 'open'")
_CLOSED = text("until is null and state <> 'open'")
_SUMMED = (
    *("deal_id", "since", "pipeline_id", "stage_id"),
    *("probability", "amount", "currency", "expected_on"),
)


class DealStateRow(schema.Base):  # type: ignore[name-defined,misc]
    """From `since` on until, and without, `until`: None is now.

    What has ended is not changed and not taken away: the database refuses it.
    """

    __tablename__ = "deal_state"
    __table_args__ = (
        CheckConstraint("until > since", "until"),
        Index("ix_deal_state_now", "deal_id", unique=True, postgresql_where=text("until is null")),
        Index("ix_deal_state_owner", "owner_id", "until"),
        Index("ix_deal_state_team", "team_id", "until"),
        # What is open comes from this index alone.
        Index(
            "ix_deal_state_open",
            *("team_id", "owner_id"),
            postgresql_include=_SUMMED,
            postgresql_where=_OPEN,
        ),
        Index("ix_deal_state_closed", "state", "closed_at", postgresql_where=_CLOSED),
        # What has changed since a day.
        Index("ix_deal_state_since", "since"),
        Index("ix_deal_state_until", "until", postgresql_where=text("until is not null")),
    )

    deal_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(TIME, primary_key=True)
    until: Mapped[datetime | None] = mapped_column(TIME)
    pipeline_id: Mapped[UUID]
    stage_id: Mapped[UUID]
    state: Mapped[str]
    probability: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(CHAR(3))
    expected_on: Mapped[date | None]
    owner_id: Mapped[UUID]
    team_id: Mapped[UUID | None]
    closed_at: Mapped[datetime | None] = mapped_column(TIME)


class RateStateRow(schema.Base):  # type: ignore[name-defined,misc]
    """What a rate was known to be, from `since` until `until`; None is now.

    A rate of before this was kept has no row until it is changed; what it was then is of ever.
    """

    __tablename__ = "rate_state"
    __table_args__ = (Index("ix_rate_state_base", "base", "day"),)

    rate_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(TIME, primary_key=True)
    until: Mapped[datetime | None] = mapped_column(TIME)
    base: Mapped[str]
    currency: Mapped[str]
    day: Mapped[date]
    units: Mapped[int]
    value: Mapped[Decimal] = mapped_column(Numeric)


class StageChanceRow(schema.Base):  # type: ignore[name-defined,misc]
    """As a day had it: of the deals closed in the year before, how many had been in a stage, and
    how many of these were won. Written once.
    """

    __tablename__ = "stage_chance"

    day: Mapped[date] = mapped_column(primary_key=True)
    stage_id: Mapped[UUID] = mapped_column(primary_key=True)
    passed: Mapped[int]
    won: Mapped[int]
