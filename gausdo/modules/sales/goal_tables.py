"""What people and teams are to win in a month, as stored."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.values import Money
from gausdo.modules.sales.goals_contract import Goal, GoalDraft, GoalSet
from gausdo.modules.sales.tables import schema
from gausdo.platform.history import Changes


class GoalRow(schema.Base):  # type: ignore[name-defined,misc]
    """Of a person, or of a team as a whole; without either number it is none."""

    __tablename__ = "goal"
    __table_args__ = (
        UniqueConstraint("month", "user_id", "team_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("(user_id is null) <> (team_id is null)", "whose"),
        CheckConstraint("(amount is null) = (currency is null)", "amount_currency"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[date]
    user_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(CHAR(3))
    deals: Mapped[int | None]
    version: Mapped[int]

    def set(self, draft: GoalDraft) -> Changes:
        before = self.worth, self.deals
        self.amount = draft.worth.amount if draft.worth else None
        self.currency = draft.worth.currency if draft.worth else None
        self.deals = draft.deals
        pairs = zip(("worth", "deals"), before, (draft.worth, draft.deals), strict=True)
        changes: Changes = {name: (was, now) for name, was, now in pairs if was != now}
        if changes:
            self.version += 1
        return changes

    @property
    def worth(self) -> Money | None:
        if self.amount is None or self.currency is None:
            return None
        return Money.model_construct(amount=self.amount, currency=self.currency)

    def event(self) -> GoalSet:
        return GoalSet(
            goal_id=self.id,
            month=self.month,
            user_id=self.user_id,
            team_id=self.team_id,
            amount=self.amount,
            currency=self.currency,
            deals=self.deals,
            version=self.version,
        )

    def shown(self, *, editable: bool) -> Goal:
        return Goal(
            id=self.id,
            month=self.month,
            user_id=self.user_id,
            team_id=self.team_id,
            worth=self.worth,
            deals=self.deals,
            version=self.version,
            editable=editable,
        )
