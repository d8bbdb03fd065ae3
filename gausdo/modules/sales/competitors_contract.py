"""Whom a deal is sold against, and who won it instead; `contract` hands it on."""

from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, StrictBool

from gausdo.kernel.actor import Actor
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.values import Change, Draft, Line, Value

MOST_COMPETITORS = 20
"""Of one deal."""
MOST_NAMES = 1000
"""That are remembered."""


class Competitor(Value):
    """A name that is remembered; `retired`: it stays where it is and is offered no more."""

    id: UUID
    name: str
    retired: bool
    version: int


class CompetitorChange(Change):
    name: Line | None = None
    retired: StrictBool | None = None


class CompetitorTold(Draft):
    """By name, known or new. `won`: the deal was lost to them."""

    name: Line
    won: StrictBool = False


class DealCompetitorsDraft(Draft):
    """All of them, in their order; `version` is the deal's."""

    version: int = Field(strict=True, ge=1, le=2**53)
    competitors: Annotated[list[CompetitorTold], Field(max_length=MOST_COMPETITORS)]


class DealCompetitor(Value):
    id: UUID
    name: str
    won: bool


class DealCompetitors(Value):
    """Nobody has `won` for a reader who may not see why the deal was lost."""

    deal_id: UUID
    version: int
    competitors: list[DealCompetitor]


class CompetitorChanged(Event, name="sales.competitor-changed.v1"):
    """It is called something else, or is offered no more, or again."""

    competitor_id: UUID
    version: int

    def subject(self) -> Subject:
        return Subject(kind="competitor", id=self.competitor_id)

    def subject_version(self) -> int:
        return self.version


class KeepsCompetitors(Protocol):
    """The part of `sales` that knows whom a deal is sold against."""

    async def competitors(self, actor: Actor) -> list[Competitor]:
        """All names that are remembered, the retired ones last. Raises Forbidden."""
        ...

    async def change_competitor(
        self, actor: Actor, id: UUID, change: CompetitorChange, key: str | None = None
    ) -> Competitor:
        """Raises NotFound, Forbidden, Stale, Invalid (another one is called so)."""
        ...

    async def deal_competitors(self, actor: Actor, id: UUID) -> DealCompetitors:
        """Raises NotFound, also when the actor may not see the deal."""
        ...

    async def set_deal_competitors(
        self, actor: Actor, id: UUID, draft: DealCompetitorsDraft, key: str | None = None
    ) -> DealCompetitors:
        """Raises NotFound, Forbidden, Stale, Invalid (told twice, two winners, a winner of a deal
        that is not lost).
        """
        ...
