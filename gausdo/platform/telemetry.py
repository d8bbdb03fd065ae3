"""Logs as JSON with the trace in every line, traces over OTLP, metrics for Prometheus."""

import logging
import sys
import time
from typing import Any

import structlog
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gausdo.settings import Settings

REQUESTS = Counter("gausdo_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "gausdo_request_seconds",
    "Time to answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

WAITING = Gauge(
    "gausdo_events_waiting",
    "Events of a module that are committed and not yet published",
    ["module"],
    multiprocess_mode="livemostrecent",
)
LAG = Gauge(
    "gausdo_consumer_lag",
    "Published events that a consumer has not read yet",
    ["consumer", "source"],
    multiprocess_mode="livemostrecent",
)
PARKED = Gauge(
    "gausdo_events_parked",
    "Events that could not be applied, with those behind them",
    ["module"],
    multiprocess_mode="livemostrecent",
)

tracer = trace.get_tracer("gausdo")


def configure(settings: Settings, service: str) -> None:
    """Once per process: `service` is its name in logs and traces (web, worker, …)."""

    def traced(_: Any, __: str, event: Any) -> Any:
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            event["trace_id"] = f"{context.trace_id:032x}"
            event["span_id"] = f"{context.span_id:016x}"
        event["service"] = service
        return event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        traced,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    if settings.otlp_endpoint:
        provider = TracerProvider(resource=Resource.create({"service.name": f"gausdo-{service}"}))
        exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
        trace.set_tracer_provider(provider)


class Observed:
    """ASGI middleware: one span, one count and one time per request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()
        carrier = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in {b"traceparent", b"tracestate"}
        }

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"]
        with tracer.start_as_current_span(
            f"{method} request", context=propagate.extract(carrier), kind=trace.SpanKind.SERVER
        ) as span:
            try:
                await self.app(scope, receive, sending)
            finally:
                route = _route(scope)
                span.update_name(f"{method} {route}")
                span.set_attribute("http.response.status_code", status)
                REQUESTS.labels(method, route, str(status)).inc()
                SECONDS.labels(method, route).observe(time.perf_counter() - began)


def _route(scope: Scope) -> str:
    """The pattern, not the path: ids would make a metric of every record."""
    path: str = scope["path"]
    if not path.startswith("/api/"):
        return "files"
    for name, value in scope.get("path_params", {}).items():
        path = path.replace(str(value), "{" + name + "}")
    return path if "route" in scope or "endpoint" in scope else "none"


async def metrics(scope: Scope, receive: Receive, send: Send) -> None:
    """`/metrics` of all web workers (PROMETHEUS_MULTIPROC_DIR tells where they meet)."""
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    answer = Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
    await answer(scope, receive, send)
