"""GraphQL over HTTP (POST, one operation) and WebSocket (graphql-transport-ws, live updates)."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from gausdo.gateway.live import OVER, Live
from gausdo.kernel.errors import Problem, TooLarge
from gausdo.platform.graph import Graph
from gausdo.platform.http import problem_response
from gausdo.platform.http.problems import from_validation
from gausdo.platform.http.routes import actor_of

if TYPE_CHECKING:
    from gausdo.gateway.graphql.execution import Execution

BODY = 200_000
"""Bytes of a request, and characters of a message over a socket."""
SOCKETS = 10
"""Sockets one person may have open in one process."""
PROTOCOL = "graphql-transport-ws"
GREETING = 10.0
"""Seconds a socket may take to say its first word."""
TOO_MANY, SILENT, TOO_LONG = 4429, 4408, 1009
"""Codes that close a socket."""


class OnlyPost(Problem, code="graphql.only-post", status=405): ...


class OnlyJson(Problem, code="graphql.only-json", status=415): ...


class Operation(BaseModel):
    """A request as every client sends it; one at a time."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = Field(None, alias="operationName")


class GraphQL:
    """ASGI application for `/graphql`, behind the gate.

    The schema is made when the first request comes, in a thread: it takes half a second and ten
    megabytes, which a process that is never asked does not spend.
    """

    def __init__(
        self, graphs: Mapping[type, Graph], contracts: Mapping[type, Any], live: Live
    ) -> None:
        """`graphs`: contract → what of it is shown, for every contract that `contracts` answers."""
        self._graphs, self._contracts, self._live = graphs, contracts, live
        self._execution: Execution | None = None
        self._making = asyncio.Lock()
        self._open: Counter[UUID] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            messages = _Messages(receive)
            websocket = WebSocket(scope, messages, send)
            await self._follow(websocket)
            if messages.ended is not None:
                await websocket.close(messages.ended)
            return
        try:
            answer = await self._answer(Request(scope, receive))
        except Problem as problem:
            answer = problem_response(problem)
        await answer(scope, receive, send)

    async def execution(self) -> "Execution":
        async with self._making:
            if self._execution is None:
                self._execution = await asyncio.to_thread(self._make)
        return self._execution

    def _make(self) -> "Execution":
        from gausdo.gateway.graphql.execution import Execution

        return Execution(self._graphs, self._contracts, self._live)

    async def _answer(self, request: Request) -> Response:
        if request.method != "POST":
            raise OnlyPost("Send the operation as JSON by POST.")
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise OnlyJson("Send the operation as application/json.")
        actor = actor_of(request.scope)
        body = await request.body()
        if len(body) > BODY:
            raise TooLarge(f"An operation has at most {BODY // 1000} kB, its variables included.")
        try:
            operation = Operation.model_validate_json(body)
        except ValidationError as error:
            raise from_validation(error.errors()) from error
        status, told, refusal = await (await self.execution()).run(actor, operation)
        if refusal is not None:
            request.scope["gausdo.refusal"] = refusal
        return Response(told, status, {"cache-control": "no-store"}, media_type="application/json")

    async def _follow(self, websocket: WebSocket) -> None:
        """One socket, until it goes away or its session, token or rights end."""
        caller = await self._live.caller(websocket)
        if caller is None or self._open[caller.actor.id] >= SOCKETS:
            await websocket.close(OVER if caller is None else TOO_MANY)
            return
        actor = caller.actor
        if PROTOCOL not in websocket.scope.get("subprotocols", ()):
            await websocket.close(4406)
            return
        execution = await self.execution()
        await websocket.accept(PROTOCOL)
        self._open[actor.id] += 1
        try:
            following = execution.follow(websocket, actor)
            await self._live.while_allowed(websocket, caller, following)
        finally:
            self._open[actor.id] -= 1
            if not self._open[actor.id]:
                del self._open[actor.id]


class _Messages:
    """What a socket says, for as long as it keeps to the limits; `ended` is the code if it did not.

    The protocol's own timer closes a silent socket while it is being read, which granian does not
    pass on.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._greeted = False
        self.ended: int | None = None

    async def __call__(self) -> Message:
        try:
            async with asyncio.timeout(None if self._greeted else GREETING):
                message = await self._receive()
        except TimeoutError:
            return self._end(SILENT)
        self._greeted |= message["type"] == "websocket.receive"
        told = message.get("text") or message.get("bytes") or ""
        return self._end(TOO_LONG) if len(told) > BODY else message

    def _end(self, code: int) -> Message:
        self.ended = code
        return {"type": "websocket.disconnect", "code": code}
