"""What people and teams are to win, month by month; `contract` hands it on."""

from datetime import date
from typing import Annotated, Protocol, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from gausdo.kernel.actor import Actor
from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.pages import MAX_PAGE, Limit, Listed
from gausdo.kernel.rates import Day
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Amount, Currency, Draft, Money, Value

GOALS = guarded("sales.goal", "read", "edit", owned=True)


def _first(day: date) -> date:
    if day.day != 1:
        raise ValueError("A month is told by its first day.")
    return day


Month = Annotated[Day, AfterValidator(_first)]
"""Its first day."""
MONTHS = 24


class GoalQuery(Draft):
    """Of so many months, beginning with this one; today's unless told."""

    month: Month | None = None
    months: Annotated[int, Field(ge=1, le=MONTHS)] = 6
    after: Annotated[str, StringConstraints(max_length=1000)] | None = None
    limit: Limit = MAX_PAGE


class GoalDraft(Draft):
    """Of one person or one team: the sum and the number of deals to be won; without both there is
    no goal. `version`: of the goal that was seen, None where there was none.
    """

    month: Month
    user_id: UUID | None = None
    team_id: UUID | None = None
    worth: Money | None = None
    deals: int | None = Field(None, strict=True, ge=1, le=1_000_000)
    version: int | None = Field(None, strict=True, ge=1, le=2**53)

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if (self.user_id is None) == (self.team_id is None):
            raise ValueError("A goal is of one person, or of one team.")
        if self.worth is not None and self.worth.amount < 0:
            raise ValueError("The sum cannot be negative.")
        return self


class Goal(Value):
    id: UUID
    month: date
    user_id: UUID | None
    team_id: UUID | None
    worth: Money | None
    deals: int | None
    version: int
    editable: bool


class GoalSet(Event, name="sales.goal-set.v1"):
    """Without a sum and a number of deals it is no goal any more."""

    goal_id: UUID
    month: date
    user_id: UUID | None
    team_id: UUID | None
    amount: Amount | None
    currency: Currency | None
    deals: int | None
    version: int

    def subject(self) -> Subject:
        return Subject(kind="goal", id=self.goal_id)

    def subject_version(self) -> int:
        return self.version

    def seen_by(self) -> Seen:
        return Seen(
            owners=frozenset({self.user_id} if self.user_id else ()),
            teams=frozenset({self.team_id} if self.team_id else ()),
        )


class KeepsGoals(Protocol):
    """A person's goals are of the team the person is in now."""

    async def goals(self, actor: Actor, query: GoalQuery) -> Listed[Goal]:
        """Those the actor may see, by month."""
        ...

    async def set_goal(self, actor: Actor, draft: GoalDraft, key: str | None = None) -> Goal:
        """The only one of its month and person or team. Raises Forbidden, Invalid, Stale."""
        ...
