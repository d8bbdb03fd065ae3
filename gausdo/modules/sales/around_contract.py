"""What deals tell of the companies and people they are with: a part of the contract."""

from decimal import Decimal
from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Time, Value


class DealsAround(Value):
    """Of the deals of one company or person: how many, in which `pipelines` there are open ones,
    and the largest amounts, each in its own currency.
    """

    id: UUID
    open: int
    won: int
    lost: int
    pipelines: tuple[UUID, ...]
    largest_open: Decimal | None
    largest_won: Decimal | None
    last_won_at: Time | None


class DealSegments(Value):
    id: UUID
    segments: frozenset[UUID]


class TellsOfDeals(Protocol):
    async def deals_around(self, actor: Actor, ids: list[UUID]) -> list[DealsAround]:
        """Of those of these (≤ 1000) companies and people that have any; asked by Gausdo alone."""
        ...

    async def segments_of_deals(self, actor: Actor, ids: list[UUID]) -> list[DealSegments]:
        """Of those of these (≤ 200) deals that are in any: whose company, main contact or another
        contact is in it; asked by Gausdo alone.
        """
        ...
