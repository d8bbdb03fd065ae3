"""The one entry point: API, live updates, documentation, the SPA's files."""

from asyncio import Lock
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import structlog
from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from gausdo import __version__
from gausdo.gateway.gate import GRAPHQL, SCIM
from gausdo.gateway.identify import COOKIE
from gausdo.kernel.errors import Malformed, NotFound, Problem
from gausdo.platform.http import Routes, problem_response
from gausdo.platform.http.document import completed
from gausdo.platform.http.problems import from_validation, refused
from gausdo.platform.http.routes import word_of

PREFIX = "/api/v1"

log = structlog.get_logger()


class Broken(Problem, code="broken", status=500):
    """A bug of ours. The trace id finds it in the logs."""


def api(
    routes: Sequence[Routes],
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
    live: Callable[[WebSocket], Any] | None = None,
) -> FastAPI:
    """The API alone."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # ours is around it
    )
    app.add_route(f"{PREFIX}/openapi.json", Document(routes).answer)
    app.add_exception_handler(Problem, _refuse)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)
    if live is not None:
        app.add_api_websocket_route(f"{PREFIX}/live", live)
    app.router.middleware_stack = _ByWord(app.router, routes)
    return app


class Document:
    """The OpenAPI document of these routes; nothing needs to run for it."""

    def __init__(self, modules: Sequence[Routes]) -> None:
        self._modules = modules
        self._text = b""
        self._making = Lock()

    def made(self) -> dict[str, Any]:
        app = FastAPI(title="Gausdo", version=__version__, openapi_url=None)
        for module in self._modules:
            module.mount(app.router, PREFIX)
        return completed(app.openapi(), cookie=COOKIE)

    async def answer(self, _request: Request) -> Response:
        """Made in seconds when it is first asked for, beside those who ask for something else;
        once, however many ask at a time.
        """
        async with self._making:
            self._text = self._text or await to_thread.run_sync(self._written)
        return Response(self._text, media_type="application/json")

    def _written(self) -> bytes:
        return to_json(self.made())


class _ByWord:
    """Asks only the routes of the path's first word after the prefix whether they are meant.

    The router asks one after the other, hundreds, which costs more than many an answer. A word's
    routes are made when it is first asked for: all of them take half a second of a start.
    """

    def __init__(self, router: APIRouter, modules: Sequence[Routes]) -> None:
        self._others = router.app
        self._modules = modules
        self._words = {word_of(route.path) for module in modules for route in module.declared}
        self._of: dict[str, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        word = word_of(scope.get("path", "").removeprefix(PREFIX))
        await (self._of.get(word) or self._made(word))(scope, receive, send)

    def _made(self, word: str) -> ASGIApp:
        if word not in self._words:
            return self._others
        narrow = APIRouter(redirect_slashes=False)
        for module in self._modules:
            module.mount(narrow, PREFIX, word)
        self._of[word] = narrow.app
        return narrow.app


class Entrance:
    """`/api/…`, `/graphql`, `/health` and `/metrics` to their applications, the rest to the SPA."""

    def __init__(self, api: ASGIApp, inner: dict[str, ASGIApp], spa: ASGIApp | None) -> None:
        self._api, self._inner, self._spa = api, inner, spa

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path in self._inner and (scope["type"] == "http" or path == GRAPHQL):
            scope["endpoint"] = self._inner[path]
            await self._inner[path](scope, receive, send)
        elif scope["type"] == "http" and path.startswith(SCIM) and SCIM in self._inner:
            await self._inner[SCIM](scope, receive, send)
        elif scope["type"] != "http" or path.startswith("/api/"):
            await self._api(scope, receive, send)
        elif self._spa is not None:
            await self._spa(scope, receive, send)
        else:
            answer = problem_response(NotFound("There is nothing here. The API is at /api/v1."))
            await answer(scope, receive, send)


async def _refuse(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Problem)
    return refused(request.scope, refusal)


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return refused(request.scope, from_validation(error.errors()))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal: Problem = Malformed(str(error.detail))
    if error.status_code == 404:  # noqa: PLR2004 - HTTP's own number
        refusal = NotFound("There is nothing at this address.")
    refusal.status = error.status_code  # type: ignore[misc]
    request.scope["gausdo.refusal"] = refusal
    return problem_response(refusal, dict(error.headers or {}))


async def _broken(_: Request, error: Exception) -> Response:
    log.error("request failed", exc_info=error)
    return problem_response(Broken("Something broke on our side. It has been written down."))
