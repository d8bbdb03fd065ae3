"""What a module listens to."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from opentelemetry import propagate, trace

from gausdo.kernel.events import Envelope, Event
from gausdo.platform.db.tx import Tx

Handler: TypeAlias = Callable[[Any, Envelope, Tx], Awaitable[None]]
BatchHandler: TypeAlias = Callable[[Any, list[Envelope], Any, Tx], Awaitable[None]]
Prepare: TypeAlias = Callable[[Any, list[Envelope]], Awaitable[Any]]
H = TypeVar("H", bound=Handler)
B = TypeVar("B", bound=BatchHandler)

_tracer = trace.get_tracer("gausdo.bus")


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
                    with _following(envelope):
                        await handler(service, envelope, tx)
                    await tx.session.flush()

            self.append(Subscription(_names(events), each))
            return handler

        return remember

    def batch(self, *events: type[Event], prepare: Prepare | None = None) -> Callable[[B], B]:
        def remember(handler: B) -> B:
            self.append(Subscription(_names(events), handler, prepare))
            return handler

        return remember

    @property
    def sources(self) -> frozenset[str]:
        """The modules whose events are wanted: the name of an event begins with its module's."""
        return frozenset(name.partition(".")[0] for wanted in self for name in wanted.names)


def _following(envelope: Envelope) -> AbstractContextManager[trace.Span]:
    """A span that continues the trace in which the event happened."""
    carrier = {"traceparent": envelope.trace} if envelope.trace else {}
    return _tracer.start_as_current_span(
        envelope.name, context=propagate.extract(carrier), kind=trace.SpanKind.CONSUMER
    )


def _names(events: tuple[type[Event], ...]) -> frozenset[str]:
    if not events:
        raise TypeError("Name the events to listen to: @on(DealMoved)")
    return frozenset(event.name for event in events)
