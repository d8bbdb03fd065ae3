"""A receiver of OTLP over HTTP: what is sent is decoded and kept in memory."""

import asyncio
import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    service: str
    name: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    told: dict[str, Any]
    failed: str


@dataclass(frozen=True)
class Line:
    service: str
    text: str
    level: str
    trace: str
    told: dict[str, Any]


@dataclass
class Collector:
    spans: list[Span] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    async def trace(
        self, id: str, complete: Callable[[set[str]], bool], seconds: float
    ) -> list[Span]:
        """The spans of a trace, once their names are `complete`; TimeoutError names them."""
        deadline = time.monotonic() + seconds
        while True:
            found = [span for span in [*self.spans] if span.trace == id]
            names = {f"{span.service} {span.name}" for span in found}
            if complete(names):
                return found
            if time.monotonic() > deadline:
                failed = [f"{span.name} has failed: {span.failed}" for span in found if span.failed]
                raise TimeoutError("\n".join([*sorted(names), *failed]))
            await asyncio.sleep(0.1)

    def take(self, path: str, body: bytes) -> None:
        if path == "/v1/traces":
            self._take_spans(ExportTraceServiceRequest.FromString(body))
        else:
            self._take_lines(ExportLogsServiceRequest.FromString(body))

    def _take_spans(self, told: ExportTraceServiceRequest) -> None:
        for resource in told.resource_spans:
            service = _told(resource.resource.attributes)["service.name"]
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                self.spans.append(
                    Span(
                        service,
                        span.name,
                        span.trace_id.hex(),
                        span.span_id.hex(),
                        span.parent_span_id.hex(),
                        tuple(link.trace_id.hex() for link in span.links),
                        _told(span.attributes),
                        span.status.message if span.status.code == 2 else "",
                    )
                )

    def _take_lines(self, told: ExportLogsServiceRequest) -> None:
        for resource in told.resource_logs:
            service = _told(resource.resource.attributes)["service.name"]
            for line in (line for scope in resource.scope_logs for line in scope.log_records):
                self.lines.append(
                    Line(
                        service,
                        line.body.string_value,
                        line.severity_text,
                        line.trace_id.hex(),
                        _told(line.attributes),
                    )
                )


def _told(attributes: Any) -> dict[str, Any]:
    return {
        one.key: getattr(one.value, one.value.WhichOneof("value") or "string_value")
        for one in attributes
    }


def _handler(collector: Collector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            collector.take(self.path, body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
