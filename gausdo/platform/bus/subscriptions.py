"""What a module listens to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from gausdo.kernel.events import Envelope, Event
from gausdo.platform.db.tx import Tx
from gausdo.platform.telemetry import traces

Handler: TypeAlias = Callable[[Any, Envelope, Tx], Awaitable[None]]
BatchHandler: TypeAlias = Callable[[Any, list[Envelope], Any, Tx], Awaitable[None]]
Prepare: TypeAlias = Callable[[Any, list[Envelope]], Awaitable[Any]]
H = TypeVar("H", bound=Handler)
B = TypeVar("B", bound=BatchHandler)


@dataclass(frozen=True, eq=False)
class Subscription:
    """A handler with the wire names of the events it wants, in the order they happened."""

    names: frozenset[str]
    batch: BatchHandler
    prepare: Prepare | None = None


class Subscriptions(list[Subscription]):
    """`@on(DealMoved)` above `async def handler(service, envelope, tx)`.

    `@on.batch(PersonAdded, PersonChanged, prepare=fetch)` is for handlers that are faster with
    many events at once, or that need something of another module: `fetch(service, envelopes)`
    runs before the transaction, `handler(service, envelopes, prepared, tx)` inside it. What was
    prepared may be for more envelopes than the handler is given in one call.
    """

    def __call__(self, *events: type[Event]) -> Callable[[H], H]:
        def remember(handler: H) -> H:
            async def each(service: Any, envelopes: list[Envelope], _prepared: Any, tx: Tx) -> None:
                for envelope in envelopes:
                    tx.follow(envelope)
                    with traces.following(
                        envelope.trace, f"{tx.schema.name}: handle {envelope.name}"
                    ):
                        await handler(service, envelope, tx)
                    await tx.session.flush()

            self.append(Subscription(_names(events), each))
            return handler

        return remember

    def batch(self, *events: type[Event], prepare: Prepare | None = None) -> Callable[[B], B]:
        def remember(handler: B) -> B:
            async def together(
                service: Any, envelopes: list[Envelope], prepared: Any, tx: Tx
            ) -> None:
                told = [(envelope.name, envelope.trace) for envelope in envelopes]
                with traces.following_many(f"{tx.schema.name}: handle", told):
                    await handler(service, envelopes, prepared, tx)

            self.append(Subscription(_names(events), together, prepare))
            return handler

        return remember

    @property
    def sources(self) -> frozenset[str]:
        """The modules whose events are wanted: the name of an event begins with its module's."""
        return frozenset(name.partition(".")[0] for wanted in self for name in wanted.names)


def _names(events: tuple[type[Event], ...]) -> frozenset[str]:
    if not events:
        raise TypeError("Name the events to listen to: @on(DealMoved)")
    return frozenset(event.name for event in events)
