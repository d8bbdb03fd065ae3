"""Runs operations: limits first, then strawberry; every refusal is told as a problem."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError, OperationType
from pydantic_core import to_json
from starlette.websockets import WebSocket
from strawberry import Info
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.asgi import GraphQL as View
from strawberry.extensions import SchemaExtension, ValidationCache
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError

from gausdo.gateway.graphql.application import GREETING, Operation
from gausdo.gateway.graphql.asked import Asked, Record
from gausdo.gateway.graphql.limits import admitted
from gausdo.gateway.graphql.schema import composed
from gausdo.gateway.live import Live
from gausdo.gateway.web import Broken
from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Forbidden, Malformed, Problem
from gausdo.platform.graph import Graph, Method
from gausdo.platform.http.problems import problem_details

ONCE = frozenset({OperationType.QUERY, OperationType.MUTATION})
FOLLOWED = frozenset({OperationType.SUBSCRIPTION})
SUBSCRIPTIONS = 10
"""What one socket may follow at once."""

log = structlog.get_logger()


class Execution:
    """The schema of what is answered here, and its operations."""

    def __init__(
        self, graphs: Mapping[type, Graph], contracts: Mapping[type, Any], live: Live
    ) -> None:
        self._live = live
        self._schema = composed(
            list(graphs.values()), self._changed, _Schema, [_Parsed, ValidationCache]
        )
        # The protocol's handler asks its view for JSON; nothing is served by it.
        self._view: View[Any, None] = View(self._schema)
        self._answerers = {
            method: contracts[contract]
            for contract, graph in graphs.items()
            for method in graph.methods()
        }

    async def run(self, actor: Actor, operation: Operation) -> tuple[int, bytes, Forbidden | None]:
        """The status and the answer of a query or a mutation, and what of it was forbidden."""
        variables = operation.variables or {}
        told: dict[str, Any]
        try:
            document = admitted(operation.query, variables, operation.operation_name, ONCE)
        except Problem as problem:
            told = {"data": None, "errors": [_told(problem).formatted]}
            return problem.status, to_json(told), None
        result = await self._schema.execute(
            operation.query,
            variable_values=variables,
            operation_name=operation.operation_name,
            context_value=Asked(actor, self._answering, document),
        )
        told = {"data": result.data}
        if result.errors:
            told["errors"] = [refused(error).formatted for error in result.errors]
        reasons = (_reason(error) for error in result.errors or ())
        forbidden = next((one for one in reasons if isinstance(one, Forbidden)), None)
        return 400 if isinstance(result, PreExecutionError) else 200, to_json(told), forbidden

    async def follow(self, websocket: WebSocket, actor: Actor) -> None:
        """An accepted socket, until it goes away."""
        await BaseGraphQLTransportWSHandler[Any, None](
            view=self._view,
            websocket=ASGIWebSocketAdapter(self._view, websocket, websocket),
            context=Asked(actor, self._answering),
            root_value=None,
            schema=self._schema,
            connection_init_wait_timeout=timedelta(seconds=GREETING),
            max_subscriptions_per_connection=SUBSCRIPTIONS,
        ).handle()

    def _answering(self, method: Method) -> Method:
        answer: Method = getattr(self._answerers[method], method.__name__)
        return answer

    async def _changed(
        self, _: None, info: Info[Asked], kinds: list[str] | None = None
    ) -> AsyncIterator[Record]:
        """What has changed, each record read anew; ends when the rights have changed."""
        asked = info.context
        async with self._live.hearing(asked.actor) as ear:
            while True:
                told = await ear.next()
                if kinds and told.kind not in {*kinds, "all"}:
                    continue
                if not await self._fresh(asked.actor):
                    return
                asked.forget()
                yield {**vars(told), "id": told.id and str(told.id)}

    async def _fresh(self, actor: Actor) -> bool:
        try:
            return await self._live.fresh(actor)
        except Problem:  # nothing is told unchecked
            return False


class _Schema(strawberry.Schema):
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """`refused` writes down what is a bug; the rest is no news."""

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[Any] | None = None,
    ) -> AsyncGenerator[Any, None]:
        """A subscription over a socket."""
        try:
            admitted(query or "", variable_values or {}, operation_name, FOLLOWED)
        except Problem as problem:
            return _only(PreExecutionError(data=None, errors=[_told(problem)]))
        results = await super().stream(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            operation_extensions,
            allowed_operation_types,
        )
        return _refusing(results)


async def _only(result: ExecutionResult) -> AsyncGenerator[Any, None]:
    yield result


async def _refusing(results: Any) -> AsyncGenerator[Any, None]:
    try:
        async for result in results:
            result.errors = [refused(error) for error in result.errors or ()] or None
            yield result
    finally:
        await results.aclose()


class _Parsed(SchemaExtension):
    """The document has been parsed to be weighed: not again."""

    def on_parse(self) -> Iterator[None]:
        self.execution_context.graphql_document = self.execution_context.context.document
        yield


def refused(error: GraphQLError) -> GraphQLError:
    """An error as the problem it is: a refusal, a wrong document, or a bug, which is not told."""
    reason = _reason(error)
    if isinstance(reason, Problem):
        problem = reason
    elif isinstance(reason, GraphQLError) and error.path is None:
        problem = Malformed(error.message)
    else:
        log.error("request failed", exc_info=reason)
        problem = Broken("Something broke on our side. It has been written down.")
    return _told(problem, error)


def _reason(error: GraphQLError) -> BaseException:
    reason: BaseException = error
    while isinstance(reason, GraphQLError) and reason.original_error is not None:
        reason = reason.original_error
    return reason


def _told(problem: Problem, at: GraphQLError | None = None) -> GraphQLError:
    return GraphQLError(
        problem.detail,
        nodes=at.nodes if at else None,
        path=at.path if at else None,
        extensions=problem_details(problem).model_dump(mode="json"),
    )
