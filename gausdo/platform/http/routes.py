"""Routes as modules declare them, mounted by the gateway.

`get`, `post`, `patch`, `put` and `delete` are ordinary routes of the framework. `hot` is a read
whose answer PostgreSQL has built: it goes around the framework (docs/decisions/0003 says what that
saves) but stands in the OpenAPI document like any other.
"""

import inspect
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, TypeAdapter, ValidationError, WithJsonSchema
from starlette.responses import Response
from starlette.routing import Route, compile_path
from starlette.types import Receive, Scope, Send

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.errors import FactorNeeded, Forbidden, Problem, StepUpNeeded, Unknown
from gausdo.kernel.rights import declared_right
from gausdo.kernel.values import Json
from gausdo.platform.http.document import SIGNED_IN, refusals
from gausdo.platform.http.problems import from_validation, refused

Endpoint = Callable[..., Awaitable[Any]]
E = TypeVar("E", bound=Endpoint)


class Authority(StrEnum):
    """What a route takes as proof of who calls. Only a cookie needs a CSRF check."""

    SESSION = "session"  # the session cookie or a bearer token
    ENTERING = "entering"  # a session cookie that may still lack its second factor
    PUBLIC = "public"
    SIGNATURE = (
        "signature"  # what is sent is signed, or has a token of its own; nobody is looked for
    )


STEP_UP = 300
"""Seconds a proof of who one is counts for what is dangerous."""
_NEEDS = {
    "factor": "Prove your second factor first.",
    "enrolment": "Your role asks for a second factor. Add one first.",
}
OWN = "own"
"""Of a route that needs no right: it is about the caller alone, or shows what their rights show."""

_RIGHTS: dict[Endpoint | None, tuple[Right, ...]] = {}
"""What one needs to have at all, any of it, to call an endpoint: how far it reaches the service
says. Who may only read such records learns there whether this one is theirs to see.
"""
_PERSONAL: set[Endpoint | None] = set()
"""What is about the person themselves, their sessions and factors: no program's business."""


def actor_of(scope: Scope, endpoint: Endpoint | None = None) -> Actor:
    """The actor the gateway has found, who has the right the endpoint declares.

    Raises Unknown when nobody is signed in, FactorNeeded when only half, Forbidden.
    """
    actor = cast(Actor | None, scope.get("gausdo.actor"))
    if actor is None:
        if (need := scope.get("gausdo.need")) is not None:
            raise factor_needed(need)
        raise Unknown("Sign in first.")
    endpoint = endpoint or scope.get("endpoint")
    rights = _RIGHTS.get(endpoint, ())
    if rights and not any(actor.may(right) for right in rights):
        actor.demand(rights[0])
    if endpoint in _PERSONAL:
        demand_person(actor)
    return actor


def factor_needed(need: str) -> FactorNeeded:
    """`need` is `factor` or `enrolment`."""
    return FactorNeeded(_NEEDS[need], data={"need": need})


def demand_proof(scope: Scope) -> None:
    """Raise StepUpNeeded unless the person has just proved who they are, as well as they can.

    A program proves nothing: Forbidden.
    """
    demand_person(actor_of(scope))
    if time.time() - scope.get("gausdo.proved", 0) > STEP_UP:
        raise StepUpNeeded("Prove once more that it is you.")


def demand_person(actor: Actor) -> None:
    """Raise Forbidden for a program, whatever its key may."""
    if actor.is_program:
        raise Forbidden("No key may do this: a person does it, who has signed in.")


async def _recently_proved(request: Request) -> None:
    demand_proof(request.scope)


async def _current_actor(request: Request) -> Actor:
    """As a coroutine: anything else the framework would run in a thread, at thrice the cost."""
    return actor_of(request.scope)


CurrentActor = Annotated[Actor, Depends(_current_actor)]
KEY = r"^[\x21-\x7e]+$"
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=100,
        pattern=KEY,
        description="The same key and body get the first answer; another body is a conflict.",
    ),
    WithJsonSchema({"type": "string", "minLength": 8, "maxLength": 100, "pattern": KEY}),
]


@dataclass(frozen=True)
class Declared:
    method: str
    path: str
    endpoint: Endpoint
    status: int
    authority: Authority
    hot: bool
    answer: Any
    takes: str | None
    right: str | None
    media: tuple[str, ...]
    step_up: bool


@dataclass
class Routes:
    """The routes of one module; `tag` groups them in the documentation."""

    tag: str
    declared: list[Declared] = field(default_factory=list)

    def get(self, path: str, **told: Any) -> Callable[[E], E]:
        return self._declare("GET", path, **told)

    def post(self, path: str, **told: Any) -> Callable[[E], E]:
        return self._declare("POST", path, **told)

    def put(self, path: str, **told: Any) -> Callable[[E], E]:
        return self._declare("PUT", path, **told)

    def patch(self, path: str, **told: Any) -> Callable[[E], E]:
        return self._declare("PATCH", path, **told)

    def delete(self, path: str, **told: Any) -> Callable[[E], E]:
        return self._declare("DELETE", path, **told)

    def hot(self, path: str, answer: Any, right: str) -> Callable[[E], E]:
        """A read that returns `Json`; `answer` documents the shape of its bytes.

        The endpoint takes `actor`, path parameters as `UUID`, and at most one query model
        declared as `Annotated[Model, Query()]`.
        """
        return self._declare("GET", path, hot=True, answer=answer, right=right)

    def _declare(
        self,
        method: str,
        path: str,
        *,
        status: int = 200,
        authority: Authority = Authority.SESSION,
        hot: bool = False,
        answer: Any = None,
        takes: str | None = None,
        right: str | None = None,
        media: tuple[str, ...] = (),
        step_up: bool = False,
    ) -> Callable[[E], E]:
        """`takes` is the media type of a body that the endpoint reads itself; `right` what one
        needs to call it (`sales.deal.read`), or `OWN`; `media` those of an answer that is a file;
        `step_up` says that it is dangerous, so the person proves anew who they are (`STEP_UP`).
        Raises ValueError unless a right is told.
        """
        if (right is None) != (authority is not Authority.SESSION):
            raise ValueError(f"Say which right {method} {path} needs, or that it is public.")

        def remember(endpoint: E) -> E:
            self.declared.append(
                Declared(
                    method,
                    path,
                    endpoint,
                    status,
                    authority,
                    hot,
                    answer,
                    takes,
                    right,
                    media,
                    step_up,
                )
            )
            if right is not None and right != OWN:
                _RIGHTS[endpoint] = _enough(right, of_a_record="{" in path)
            elif right == OWN and (method != "GET" or path.startswith("/me/")):
                _PERSONAL.add(endpoint)
            return endpoint

        return remember

    def signed(self, prefix: str) -> list[re.Pattern[str]]:
        """The paths where a signature alone says who calls."""
        told = (one.path for one in self.declared if one.authority is Authority.SIGNATURE)
        return [compile_path(prefix + path)[0] for path in told]

    def mount(self, router: APIRouter, prefix: str, word: str | None = None) -> None:
        """All of them, or those whose path begins with a word."""
        for route in self.declared:
            if word not in (None, word_of(route.path)):
                continue
            path = prefix + route.path
            if route.hot:
                router.routes.append(Route(path, _Hot(route.endpoint), methods=["GET"]))
            router.add_api_route(
                path,
                route.endpoint,
                methods=[route.method],
                status_code=route.status,
                tags=[self.tag],
                operation_id=route.endpoint.__name__,
                openapi_extra=_extra(route),
                dependencies=[Depends(_recently_proved)] if route.step_up else [],
                responses=refusals(
                    route.method, path, route.endpoint, takes_body=_takes_body(route)
                ),
                **_answers(route),
            )


def word_of(path: str) -> str:
    """The first word of a path."""
    return path.partition("/")[2].partition("/")[0]


def _enough(told: str, *, of_a_record: bool) -> tuple[Right, ...]:
    """The right of this name and, for a route of one record, the right to read it."""
    right = declared_right(told)
    read = f"{right.object}.read"
    return (right, declared_right(read)) if of_a_record and _declared(read) else (right,)


def _declared(told: str) -> bool:
    try:
        declared_right(told)
    except KeyError:
        return False
    return True


def _answers(route: Declared) -> dict[str, Any]:
    """What the framework makes of what the endpoint returns, unless it is to find out itself."""
    told: dict[str, Any] = {}
    if route.answer is not None:
        told["response_model"] = route.answer
    if route.media:
        told["response_class"] = Response
    return told


def _extra(route: Declared) -> dict[str, Any]:
    """Who may call, and a body that the endpoint reads itself, as OpenAPI 3.1 tells them."""
    extra: dict[str, Any] = {}
    if route.authority is Authority.SESSION:
        extra["security"] = SIGNED_IN
        extra["x-right"] = route.right
    if route.media:
        files = {media: {"schema": {"type": "string"}} for media in route.media}
        extra["responses"] = {str(route.status): {"content": files}}
    if route.authority is Authority.ENTERING:
        extra["security"] = SIGNED_IN[:1]
    if route.takes is not None:
        file = {} if route.takes.startswith("text/") else {"format": "binary"}
        content = {route.takes: {"schema": {"type": "string", **file}}}
        extra["requestBody"] = {"required": True, "content": content}
    return extra


def _takes_body(route: Declared) -> bool:
    hints = get_type_hints(route.endpoint)
    return route.takes is not None or any(
        isinstance(hint, type) and issubclass(hint, BaseModel) and hint is not Actor
        for name, hint in hints.items()
        if name != "return"
    )


class _Hot:
    """The endpoint of a hot read as a bare ASGI application."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._query: tuple[str, type[BaseModel]] | None = None
        self._path: dict[str, TypeAdapter[Any]] = {}
        hints = get_type_hints(endpoint, include_extras=True)
        for name in inspect.signature(endpoint).parameters:
            hint = hints[name]
            kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
            if kind is Actor:
                continue
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                self._query = (name, kind)
            else:
                self._path[name] = TypeAdapter(UUID if kind is UUID else kind)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self._endpoint(**self._arguments(scope))
        except ValidationError as error:
            await refused(scope, from_validation(error.errors()))(scope, receive, send)
            return
        except Problem as problem:
            await refused(scope, problem)(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": _headers(body)})
        await send({"type": "http.response.body", "body": body})

    def _arguments(self, scope: Scope) -> dict[str, Any]:
        arguments: dict[str, Any] = {"actor": actor_of(scope, self._endpoint)}
        for name, adapter in self._path.items():
            try:
                arguments[name] = adapter.validate_python(scope["path_params"][name])
            except ValidationError as error:
                raise from_validation([{**e, "loc": (name,)} for e in error.errors()]) from None
        if self._query is not None:
            name, model = self._query
            pairs = parse_qsl(
                scope["query_string"].decode("ascii", "replace"), keep_blank_values=True
            )
            arguments[name] = model.model_validate(dict(pairs))
        return arguments


def _headers(body: Json) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]


__all__ = [
    "OWN",
    "Authority",
    "CurrentActor",
    "IdempotencyKey",
    "Response",
    "Routes",
    "actor_of",
    "demand_proof",
    "factor_needed",
]
