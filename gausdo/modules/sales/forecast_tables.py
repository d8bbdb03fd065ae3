"""What deals were at any time, as stored: triggers keep it, whatever changes a deal."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.modules.sales.tables import schema
from gausdo.platform.db.schema import TIME


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
