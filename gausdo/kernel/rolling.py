"""Fields that are rolled up: counts, sums and the like over the records that are linked to one.

Whoever keeps the linked records works the values out; whoever keeps the record keeps them there.
"""

from enum import StrEnum
from typing import Annotated, Protocol, Self
from uuid import UUID

from pydantic import JsonValue, StringConstraints, model_validator

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Currency, Draft, Value


class Over(StrEnum):
    """The kind of the linked records."""

    DEAL = "deal"
    PERSON = "person"
    TASK = "task"


class Only(StrEnum):
    """Those alone are counted that are so."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    DONE = "done"


OF_KIND: dict[Over, frozenset[Only]] = {
    Over.DEAL: frozenset({Only.OPEN, Only.WON, Only.LOST}),
    Over.PERSON: frozenset(),
    Over.TASK: frozenset({Only.OPEN, Only.DONE}),
}
UNDER: dict[str, tuple[Over, ...]] = {
    "company": (Over.DEAL, Over.PERSON, Over.TASK),
    "person": (Over.DEAL, Over.TASK),
    "deal": (Over.TASK,),
}
"""What is linked to a record of each kind."""
FieldName = Annotated[str, StringConstraints(pattern=r"^(custom\.)?[a-z][a-z0-9_]{0,59}$")]


class Measure(StrEnum):
    COUNT = "count"
    SUM = "sum"
    LEAST = "least"
    GREATEST = "greatest"  # of days and times the latest
    NEWEST = "newest"  # the value in the linked record that was made last, of those that have one


class _Rolled(Draft):
    over: Over
    measure: Measure
    of: FieldName | None = None
    currency: Currency | None = None
    only: Only | None = None


class RollUpDraft(_Rolled):
    """`measure` of the field `of` over the linked records, or of those alone that are `only`;
    a sum of money is of those in one currency.
    """

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.measure is Measure.COUNT) is (self.of is not None):
            raise ValueError("Records are counted; all else is of a field of theirs.")
        if self.only is not None and self.only not in OF_KIND[self.over]:
            raise ValueError("Records of this kind are never so.")
        return self


class RollUp(Value):
    over: Over
    measure: Measure
    of: str | None
    currency: Currency | None
    only: Only | None


class Rollable(Value):
    """A field of linked records that can be rolled up."""

    name: str
    type: str  # as fields that were added have it


class Part(Value):
    """Whoever is linked to `part` is linked to `id`: the same, or merged into it."""

    id: UUID
    part: UUID


class Rolled(Value):
    """What came of each that was asked, for one record."""

    id: UUID
    values: tuple[JsonValue, ...]


class RollsUp(Protocol):
    """A module whose records are linked to others'."""

    async def rollable(self, actor: Actor, over: Over) -> list[Rollable]: ...

    async def rolled(
        self, actor: Actor, over: Over, under: str, parts: list[Part], asked: list[RollUp]
    ) -> list[Rolled]:
        """Over those linked to records of the kind `under`, for each of the `parts`, as all of them
        are now, whoever may see them. For Gausdo alone. Raises Forbidden.
        """
        ...
