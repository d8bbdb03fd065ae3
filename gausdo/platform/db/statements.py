"""A span for each SQL statement inside the span of whatever asks: its text, never its values."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from opentelemetry.trace import SpanKind
from sqlalchemy import Engine, event

from gausdo.platform.telemetry import traces

LONGEST = 2000


def statement(schema: str, sql: str) -> AbstractContextManager[Any]:
    """Around a statement that goes to the driver as it is."""
    return traces.inner(*_told(schema, sql)) if traces.kept() else nullcontext()


def _told(schema: str, sql: str) -> tuple[str, SpanKind, dict[str, str]]:
    """Named as OpenTelemetry's conventions for databases have it."""
    told = {"db.system.name": "postgresql", "db.namespace": schema, "db.query.text": sql[:LONGEST]}
    return f"{schema}: {sql.split(maxsplit=1)[0].lower()}", SpanKind.CLIENT, told


def watch_statements(engine: Engine, schema: str) -> None:
    """Have the statements of an engine traced, where traces are kept at all."""
    if not traces.kept():
        return

    @event.listens_for(engine, "before_cursor_execute")
    def before(_: Any, __: Any, sql: str, ___: Any, context: Any, ____: bool) -> None:
        context.gausdo_span = traces.started(*_told(schema, sql))

    @event.listens_for(engine, "after_cursor_execute")
    def after(_: Any, __: Any, ___: str, ____: Any, context: Any, _____: bool) -> None:
        context.gausdo_span.end()

    @event.listens_for(engine, "handle_error")
    def broken(told: Any) -> None:
        span = getattr(told.execution_context, "gausdo_span", None)
        if span is not None:
            traces.failed(span, type(told.original_exception).__name__)
            span.end()
