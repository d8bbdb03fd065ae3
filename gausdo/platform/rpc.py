"""Any contract, near or far: the same Protocol, the same values, the same errors.

A far call carries a token signed for its callee, in the name of the actor (subject, audience,
epoch, at most 60 s), from which the callee rebuilds the Actor with live rights. Problems travel
whole. Reads, and changes with a key, are tried again when the connection fails.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast, get_type_hints
from uuid import UUID

import httpx2
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gausdo.kernel.actor import Actor, Cause, Origin
from gausdo.kernel.errors import FieldError, Problem, Unavailable, Unknown
from gausdo.kernel.values import Json
from gausdo.platform.deadline import left
from gausdo.platform.http.problems import from_validation, problem_response
from gausdo.platform.telemetry import traces
from gausdo.platform.tokens import Tokens

C = TypeVar("C")
KIND = "service+jwt"
LIFETIME = 60
DEADLINE = 10.0
"""Seconds a call may take in all, tries included."""
TRIES = 3

_WHOLE = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
"""A file is bytes, in whatever encoding."""

Rebuild = Callable[[UUID, Cause | None, Origin | None], Awaitable[Actor]]
"""Who acts, why, and from where: somebody with a key has no more rights than the key."""


@dataclass(frozen=True)
class _Method:
    """One method of a contract: its arguments without the actor, and its answer."""

    name: str
    takes_actor: bool
    arguments: type[BaseModel]
    answer: TypeAdapter[Any]
    raw: bool  # answers `Json`, which travels untouched

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self.arguments.model_fields)


def _methods(contract: type) -> dict[str, _Method]:
    found = {}
    for name, function in inspect.getmembers(contract, inspect.isfunction):
        if name.startswith("_"):
            continue
        hints = get_type_hints(function, include_extras=True)
        answer = hints.pop("return")
        takes_actor = hints.pop("actor", None) is not None
        parameters = inspect.signature(function).parameters
        fields: Any = {
            key: (hint, ... if parameters[key].default is inspect.Parameter.empty
                  else parameters[key].default)
            for key, hint in hints.items()
        }  # fmt: skip
        arguments = create_model(name, __config__=_WHOLE, **fields)
        found[name] = _Method(name, takes_actor, arguments, TypeAdapter(answer), answer is Json)
    return found


def expose(contract: type, service: object, tokens: Tokens, rebuild: Rebuild) -> list[Route]:
    """Routes that answer a contract to other Gausdo processes; no gateway leads to them."""
    return [
        Route(
            f"/rpc/{contract.__name__}/{method.name}",
            _endpoint(contract, method, getattr(service, method.name), tokens, rebuild),
            methods=["POST"],
        )
        for method in _methods(contract).values()
    ]


def _endpoint(
    contract: type,
    method: _Method,
    call: Callable[..., Awaitable[Any]],
    tokens: Tokens,
    rebuild: Rebuild,
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
            claims = tokens.claims(bearer, contract.__name__, KIND)
            sent = method.arguments.model_validate_json(await request.body())
            arguments = {name: getattr(sent, name) for name in method.names}
            if method.takes_actor:
                arguments["actor"] = await _actor(claims, rebuild)
            told = await call(**arguments)
        except Problem as problem:
            return problem_response(problem)
        except ValidationError as error:
            return problem_response(from_validation(error.errors()))
        body = told if method.raw else method.answer.dump_json(told)
        return Response(body, media_type="application/json")

    return endpoint


async def _actor(claims: dict[str, Any], rebuild: Rebuild) -> Actor:
    cause = Cause.model_validate(claims["cause"]) if claims.get("cause") else None
    origin = Origin.model_validate(claims["origin"]) if claims.get("origin") else None
    actor = await rebuild(UUID(claims["sub"]), cause, origin)
    if actor.epoch != claims.get("epoch", actor.epoch):
        raise Unknown("Your rights have just changed. Try again.")
    return actor.model_copy(update={"via": claims.get("via", actor.via), "origin": origin})


class _Far:
    """A contract answered by another process."""

    def __init__(self, contract: type, http: httpx2.AsyncClient, tokens: Tokens) -> None:
        self._contract = contract
        self._http = http
        self._tokens = tokens
        self._methods = _methods(contract)

    def __getattr__(self, name: str) -> Any:
        method = self._methods.get(name)
        if method is None:
            raise AttributeError(name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            told = (("actor",) if method.takes_actor else ()) + method.names
            given = {**dict(zip(told, args, strict=False)), **kwargs}
            actor = given.pop("actor", None)
            sent = method.arguments.model_construct(**given)
            again = method.raw or "key" not in method.names or given.get("key") is not None
            return await self._ask(method, sent, actor, TRIES if again else 1)

        return call

    async def _ask(self, method: _Method, sent: BaseModel, actor: Actor | None, tries: int) -> Any:
        headers = {"authorization": f"Bearer {self._token(actor)}"}
        if (told := traces.current()) is not None:
            headers["traceparent"] = told
        path = f"/rpc/{self._contract.__name__}/{method.name}"
        body = sent.model_dump_json(exclude_unset=True)
        try:
            async with asyncio.timeout(left(DEADLINE)):
                for more in reversed(range(tries)):
                    try:
                        reply = await self._http.post(path, content=body, headers=headers)
                        break
                    except httpx2.TransportError:
                        if not more:
                            raise
                        await asyncio.sleep(0.1 * 2 ** (tries - more))
        except (httpx2.TransportError, TimeoutError) as error:
            raise Unavailable(
                f"The service “{self._contract.__name__}” does not answer. Try again in a moment."
            ) from error
        if reply.is_success:
            return Json(reply.content) if method.raw else method.answer.validate_json(reply.content)
        raise _problem(reply)

    def _token(self, actor: Actor | None) -> str:
        claims: dict[str, Any] = {}
        if actor is not None:
            claims = {"epoch": actor.epoch, "via": actor.via}
            if actor.origin is not None:
                claims["origin"] = actor.origin.model_dump(mode="json")
            if actor.cause is not None:
                claims["cause"] = actor.cause.model_dump(mode="json")
        subject = str(actor.id) if actor else "nobody"
        return self._tokens.issue(subject, self._contract.__name__, KIND, LIFETIME, **claims)


def _problem(reply: httpx2.Response) -> Problem:
    try:
        told = from_json(reply.content)
        errors = [FieldError.model_validate(error) for error in told["errors"]]
        kind = Problem.catalogue.get(told["code"], Unavailable)
        return kind(told["detail"], errors=errors, data=told["data"])
    except (ValueError, KeyError, TypeError):
        return Unavailable(f"A neighbour answered {reply.status_code}. Try again in a moment.")


def connect(contract: type[C], http: httpx2.AsyncClient, tokens: Tokens) -> C:
    """The same contract, answered by the process behind `http`."""
    return cast(C, _Far(contract, http, tokens))
