"""What a request leaves behind: one span, one count, one time; and a line when it failed."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gausdo.platform.telemetry import traces
from gausdo.platform.telemetry.metrics import IN_FLIGHT, REQUESTS, SECONDS

QUIET = frozenset({"/health", "/ready", "/metrics"})
"""Asked by machines, every few seconds."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FAILED = 500

log = structlog.get_logger("gausdo.requests")


class Observed:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self.app(scope, receive, send)
            return
        status = FAILED
        began = time.perf_counter()
        told = next((value for name, value in scope["headers"] if name == b"traceparent"), b"")
        method = scope["method"] if scope["method"] in METHODS else "OTHER"

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        IN_FLIGHT.inc()
        with traces.request(method, told.decode("latin-1")) as span:
            try:
                await self.app(scope, receive, sending)
            finally:
                took = time.perf_counter() - began
                route = route_of(scope)
                IN_FLIGHT.dec()
                REQUESTS.labels(method, route, str(status)).inc()
                SECONDS.labels(method, route).observe(took)
                if span.is_recording():
                    span.update_name(f"{method} {route}")
                    span.set_attributes(
                        {
                            "http.request.method": method,
                            "http.route": route,
                            "http.response.status_code": status,
                        }
                    )
                if status >= FAILED:
                    traces.failed(span, f"answered with {status}")
                    log.warning(
                        "answered with an error", method=method, route=route, status=status,
                        seconds=round(took, 3),
                    )  # fmt: skip


def route_of(scope: Scope) -> str:
    """The pattern, not the path: ids would make a metric of every record."""
    if scope["path"] == "/graphql":
        return "/graphql"
    if "endpoint" not in scope and "route" not in scope:
        return "none" if scope["path"].startswith("/api/") else "files"
    names = {str(value): "{" + name + "}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(part, part) for part in scope["path"].split("/"))
