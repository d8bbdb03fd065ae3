"""Traces: one from a click to everything that follows from it.

A trace is named by W3C Trace Context: the browser sends a `traceparent`, an event keeps it, and so
do the letters, webhooks and effects that follow from the event. Spans go over OTLP/HTTP when an
endpoint is told; without one only the ids travel, into logs and refusals, at the cost of a few
microseconds a request.
"""

import inspect
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from opentelemetry import context, trace
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.util.types import AttributeValue

FOLLOWED = 100
"""Events of one batch that get a span in their own trace, and a link from the batch's."""
_FORM = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")

_kept = False
_tracer = trace.get_tracer("gausdo")

S = TypeVar("S")
Told: TypeAlias = Mapping[str, AttributeValue] | None
"""Attributes of a span."""


def keep(endpoint: str, service: str, share: float) -> None:
    """Send spans to `endpoint`/v1/traces from now on.

    Which traces are sent is read from their ids, so that every process keeps the same ones whole:
    `share` (0 to 1) of all, whatever the caller's flag says.
    """
    global _kept  # noqa: PLW0603 - one per process is the point
    from gausdo.platform.telemetry.otlp import spans_exported  # noqa: PLC0415 - slow

    trace.set_tracer_provider(spans_exported(endpoint, service, share))
    _kept = True


def kept() -> bool:
    """Whether this process sends its spans anywhere."""
    return _kept


def read(traceparent: str | None) -> SpanContext | None:
    """A `traceparent` (https://www.w3.org/TR/trace-context/); None when it is none."""
    found = _FORM.fullmatch(traceparent or "")
    if found is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    told = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return told if told.is_valid else None


def written(told: SpanContext) -> str:
    """The `traceparent` that `read` reads."""
    return f"00-{told.trace_id:032x}-{told.span_id:016x}-{int(told.trace_flags):02x}"


def current(leading: str | None = None) -> str | None:
    """The traceparent of what is happening now, to be kept beside what will follow from it.

    `leading` is that of the event being followed: it holds when a whole batch is happening now.
    """
    now = trace.get_current_span().get_span_context()
    followed = read(leading)
    if not now.is_valid or (followed is not None and followed.trace_id != now.trace_id):
        return leading
    return written(now)


def trace_id() -> str | None:
    """The id of the current trace, as people see it in logs and refusals."""
    now = trace.get_current_span().get_span_context()
    return f"{now.trace_id:032x}" if now.is_valid else None


@contextmanager
def request(name: str, traceparent: str | None) -> Iterator[trace.Span]:
    """The span around a request; its trace is the caller's, or a new one."""
    told = read(traceparent)
    if _kept:
        parent = _within(told) if told else context.Context()
        with _tracer.start_as_current_span(name, parent, SpanKind.SERVER) as span:
            yield span
        return
    if told is None:
        told = SpanContext(secrets.randbits(128) or 1, secrets.randbits(64) or 1, is_remote=False)
    with _carried(told) as span:
        yield span


@contextmanager
def following(
    traceparent: str | None, name: str, kind: SpanKind = SpanKind.CONSUMER, told: Told = None
) -> Iterator[trace.Span]:
    """A span that continues the trace in which something was decided; a new one without it."""
    parent = read(traceparent)
    if _kept:
        within = _within(parent) if parent else context.Context()
        with _tracer.start_as_current_span(name, within, kind, attributes=told) as span:
            yield span
    elif parent:
        with _carried(parent) as span:
            yield span
    else:
        yield trace.INVALID_SPAN


@contextmanager
def following_many(
    what: str, events: Sequence[tuple[str, str | None]], told: Told = None
) -> Iterator[trace.Span]:
    """Around work on a batch of (name, traceparent).

    Events of one trace are followed as one. Of several, the batch has a trace of its own with
    links to theirs, and in each of theirs stands how long the batch took.
    """
    if len(set(events)) == 1:
        name, traceparent = events[0]
        with following(traceparent, f"{what} {name}", told=told) as span:
            yield span
        return
    if not _kept:
        yield trace.INVALID_SPAN
        return
    followed = [(name, found) for name, each in events[:FOLLOWED] if (found := read(each))]
    begun = time.time_ns()
    with _tracer.start_as_current_span(
        f"{what} {len(events)} events", context.Context(), SpanKind.CONSUMER,
        attributes=told, links=[trace.Link(found) for _, found in followed],
    ) as batch:  # fmt: skip
        yield batch
    link = trace.Link(batch.get_span_context())
    for name, found in followed:
        _tracer.start_span(
            f"{what} {name}", _within(found), SpanKind.CONSUMER, told, [link], begun
        ).end()


def published(module: str, events: Sequence[tuple[str, str | None]], begun: int) -> None:
    """Tell each event's trace that it was published; `begun` as of `time.time_ns()`."""
    if not _kept:
        return
    for name, traceparent in events[:FOLLOWED]:
        if found := read(traceparent):
            _tracer.start_span(
                f"{module}: publish {name}", _within(found), SpanKind.PRODUCER, start_time=begun
            ).end()


def started(name: str, kind: SpanKind = SpanKind.INTERNAL, told: Told = None) -> trace.Span:
    """A span inside the current one, to be ended by the caller.

    Nothing is kept where there is no current one, so that polling leaves no traces.
    """
    if not _kept or not trace.get_current_span().is_recording():
        return trace.INVALID_SPAN
    return _tracer.start_span(name, kind=kind, attributes=told)


@contextmanager
def inner(name: str, kind: SpanKind = SpanKind.INTERNAL, told: Told = None) -> Iterator[trace.Span]:
    """As `started`, current within the block and ended with it."""
    span = started(name, kind, told)
    if not span.is_recording():
        yield span
        return
    with trace.use_span(span, end_on_exit=True):
        yield span


def failed(span: trace.Span, because: str) -> None:
    """The work of a span has failed, though nothing was raised."""
    span.set_status(trace.StatusCode.ERROR, because)


class _UseCases:
    """A service whose methods have a span each."""

    def __init__(self, module: str, service: object) -> None:
        self._module, self._service = module, service

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._service, name)

        async def use(*args: Any, **told: Any) -> Any:
            with inner(f"{self._module}: {name}"):
                return await found(*args, **told)

        if inspect.iscoroutinefunction(found) and not name.startswith("_"):
            setattr(self, name, use)
            return use
        return found


def use_cases(module: str, service: S) -> S:
    """The service, with a span around each of its use cases where traces are kept."""
    told: Any = _UseCases(module, service)
    return told if _kept else service


def _within(parent: SpanContext) -> context.Context:
    return trace.set_span_in_context(trace.NonRecordingSpan(parent), context.Context())


@contextmanager
def _carried(told: SpanContext) -> Iterator[trace.Span]:
    """The ids alone."""
    span = trace.NonRecordingSpan(told)
    token = context.attach(trace.set_span_in_context(span))
    try:
        yield span
    finally:
        context.detach(token)
