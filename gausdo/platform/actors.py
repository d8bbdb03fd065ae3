"""People as actors, kept from one request or effect to the next by the epoch of their rights."""

import time
from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor

FRESH = 60
"""Seconds an actor is kept at most; a change of rights replaces it at once by its epoch."""
MANY = 10_000


class Identity(Protocol):
    """What is needed of the module that knows people."""

    async def actor(self, id: UUID, /) -> Actor: ...


class Actors:
    """The actors a process has met."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._kept: dict[tuple[UUID, str], tuple[float, Actor]] = {}

    async def of(self, id: UUID, epoch: str) -> Actor:
        """Somebody as of this epoch. Raises NotFound when the account is closed."""
        kept = self._kept.get((id, epoch))
        if kept is None or kept[0] < time.monotonic():
            actor = await self._identity.actor(id)
            if len(self._kept) >= MANY:
                self._kept.clear()
            kept = self._kept[id, epoch] = (time.monotonic() + FRESH, actor)
        return kept[1]
