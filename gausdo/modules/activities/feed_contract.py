"""One's calendar as other programs read it (RFC 5545), at a secret address."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Time, Value

NO_FEED = "There is no calendar at this address, or no longer."


class Feed(Value):
    """Where one's calendar is read; nowhere without `url`."""

    url: str | None
    made_at: Time | None


class FeedFile(Value):
    """`content` is None where the reader has it already."""

    etag: str
    content: str | None


class HasFeeds(Protocol):
    async def feed(self, actor: Actor) -> Feed: ...

    async def make_feed(self, actor: Actor, key: str | None = None) -> Feed:
        """A new address; one from before leads nowhere from then on."""
        ...

    async def end_feed(self, actor: Actor, key: str | None = None) -> None: ...

    async def feed_of(self, token: str) -> UUID:
        """Whose calendar an address leads to. Raises NotFound."""
        ...

    async def feed_file(self, actor: Actor, known: str | None = None) -> FeedFile:
        """The actor's own meetings and open tasks, with their rights as of now; `known` is the
        `etag` of what the reader has.
        """
        ...
