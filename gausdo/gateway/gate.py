"""What every request passes: id, limits of size, text that no text may have, actor, headers."""

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gausdo.gateway.identify import Caller, Identify, Place, session_cookie
from gausdo.gateway.witness import Witness
from gausdo.kernel.errors import (
    Busy,
    FieldError,
    Forbidden,
    Invalid,
    Late,
    Malformed,
    Problem,
    TooLarge,
)
from gausdo.platform.deadline import answered_within
from gausdo.platform.http import problem_response

BODY = 1_000_000
UPLOAD = 21_000_000
"""Bytes a body may have, and one of an import."""
SLOW = 30.0
"""Seconds a body may take to arrive."""
UNDER_WAY, UPLOADS = 300, 4
"""Requests one process answers at once, imports among them: each has its body in memory."""
IMPORTED = 600.0
"""Seconds an import or an export may take."""

FILES, SENDING = re.compile(r"/api/v1/((deal|company|person|consent)-)?files"), 20
"""Where files to keep are sent to, and how many at once: they pass through portion by portion."""
GRAPHQL, SCIM, OAUTH = "/graphql", "/scim/", "/oauth2/"
UPLOADED = re.compile(r"/api/v1/(imports/[a-z]+(/files)?|configuration/.*)")
"""Where files are sent to."""
LONG = ("/export", "/system-health")
"""Answers that may take as long as an import."""

_REQUEST_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
_ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")
_HALF = re.compile("[\ud800-\udfff]")
_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


class Gate:
    """ASGI middleware around the API. `scope["gausdo.actor"]` is the actor, or is not there.

    `scope["gausdo.caller"]` is who asks however little they have proved: a session that lacks its
    second factor is no actor.

    Who still waits for a server after `patience` seconds is refused. At paths that match one of
    `signed` nobody is looked for: neither a cookie nor a token of ours proves anything there.
    `secure`: people get here by https, and by nothing else from now on. `largest_file`: bytes of
    one that is sent to be kept.
    """

    def __init__(
        self,
        app: ASGIApp,
        identify: Identify,
        witness: Witness,
        proxies: Sequence[str],
        patience: float,
        signed: Sequence[re.Pattern[str]] = (),
        *,
        secure: bool = False,
        largest_file: int = BODY,
    ) -> None:
        self.app = app
        self._largest_file = largest_file
        self._signed = signed
        self._told = SECURITY | (HSTS if secure else {})
        self._identify = identify
        self._witness = witness
        self._proxies = [ip_network(proxy) for proxy in proxies]
        self._patience = patience
        self._all, self._uploads = _Places(UNDER_WAY), _Places(UPLOADS)
        self._sending = _Places(SENDING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.match(given) else secrets.token_hex(8)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        scope["gausdo.place"] = place_of(scope, headers, self._proxies)
        scope["gausdo.address"] = scope["gausdo.place"].counted
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        send = _with_headers(send, request_id, self._told)
        try:
            if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
                raise Malformed("The address has a NUL character.")
            if scope["path"].startswith(("/api/", SCIM, OAUTH)) or scope["path"] == GRAPHQL:
                await self._answer(scope, headers, receive, send)
            else:
                await self.app(scope, receive, send)
        except Problem as problem:
            self._witness.note(problem, scope)
            await problem_response(problem)(scope, receive, send)

    def _place(self, scope: Scope) -> AbstractContextManager[None]:
        """A place among those that send files, for who sends one."""
        if _is_file(scope):
            return self._sending.place()
        return self._uploads.place() if _is_upload(scope) else nullcontext()

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """Who it is before what they send: a stranger's body is not worth the memory."""
        with self._all.place(), self._place(scope):
            method, place = scope["method"], scope["gausdo.place"]
            with answered_within(self._patience):
                if any(path.match(scope["path"]) for path in self._signed):
                    caller = None
                    await self._identify.count(place)
                else:
                    caller = await self._identify.caller(headers, method, place)
            known = caller is not None and _let_in(scope, caller)
            if caller is not None and caller.renewed is not None:
                send = _with_cookie(send, session_cookie(caller.renewed))
            limit = UPLOAD if known and _is_upload(scope) else BODY
            if streamed := known and _is_file(scope):
                whole = _streamed(headers, receive, self._largest_file)
            else:
                whole = await _checked(scope, headers, receive, limit)
            long = streamed or limit == UPLOAD or scope["path"].endswith(LONG)
            with answered_within(IMPORTED if long else self._patience):
                await self.app(scope, whole, send)
            refusal = scope.get("gausdo.refusal")
            if refusal is not None:
                self._witness.note(refusal, scope, caller.actor if caller else None)
            if caller is not None and isinstance(refusal, Forbidden):
                self._witness.refused(caller.actor, refusal, scope)


def _is_file(scope: Scope) -> bool:
    return scope["method"] == "POST" and FILES.fullmatch(scope["path"]) is not None


def _streamed(headers: Headers, receive: Receive, limit: int) -> Receive:
    """The body as it comes, up to its limit; each part of it within a time."""
    _demand_plain(headers, limit)
    size = 0

    async def receiving() -> Message:
        nonlocal size
        try:
            async with asyncio.timeout(SLOW):
                message = await receive()
        except TimeoutError:
            raise Late(f"Nothing more of the file arrived within {SLOW:g} s.") from None
        if message["type"] == "http.disconnect":
            raise Malformed("The request ended early.")
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        return message

    return receiving


def _let_in(scope: Scope, caller: Caller) -> bool:
    """Tell who asks; whether as an actor."""
    scope["gausdo.caller"] = caller
    scope["gausdo.proved"] = caller.proved
    if caller.session is not None and caller.half:
        scope["gausdo.need"] = str(caller.session.need)
        return False
    scope["gausdo.actor"] = caller.actor
    return True


class _Places:
    """So many at once, and no more."""

    def __init__(self, free: int) -> None:
        self._free = free

    @contextmanager
    def place(self) -> Iterator[None]:
        """Raises Busy."""
        if not self._free:
            raise Busy("Too many requests are under way. Try again in a moment.")
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


def _is_upload(scope: Scope) -> bool:
    return UPLOADED.fullmatch(scope["path"]) is not None


def _with_cookie(send: Send, cookie: str) -> Send:
    """The cookie of a session, unless the answer has one that knows better."""
    named = cookie.partition("=")[0] + "="

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if not any(one.startswith(named) for one in headers.getlist("set-cookie")):
                headers.append("set-cookie", cookie)
        await send(message)

    return sending


def _with_headers(send: Send, request_id: str, told: Mapping[str, str]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = request_id
            for name, value in told.items():
                headers.setdefault(name, value)
            if (kind := headers.get("content-type", "")).endswith("xml"):
                headers["content-type"] = f"{kind}; charset=utf-8"
        await send(message)

    return sending


SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "content-security-policy": "default-src 'none'; object-src 'none'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "cache-control": "no-store",
}
HSTS = {"strict-transport-security": "max-age=31536000; includeSubDomains"}


async def _checked(scope: Scope, headers: Headers, receive: Receive, limit: int) -> Receive:
    """The body read whole, within its limit, and looked through for text that is none."""
    if scope["method"] in {"GET", "HEAD"}:
        return receive
    _demand_plain(headers, limit)
    try:
        async with asyncio.timeout(SLOW):
            body = await _whole(receive, limit)
    except TimeoutError:
        raise Late(f"The request did not arrive whole within {SLOW:g} s.") from None
    if limit == BODY:
        _whole_text(body)
    return _once(body, receive)


def _demand_plain(headers: Headers, limit: int) -> None:
    """Raise TooLarge by what is declared, Malformed for a body that is packed."""
    declared = headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > limit:
        raise _too_large(limit)
    if headers.get("content-encoding", "identity") != "identity":
        raise Malformed("Send the body as it is, without a content encoding.")


async def _whole(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("The request ended early.")
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _too_large(limit: int) -> TooLarge:
    most = limit // 1_000_000
    return TooLarge(f"At most {most} MB are taken at once.", data={"megabytes": most})


def _whole_text(body: bytes) -> None:
    """Raise Invalid for NUL, half a surrogate pair, or bytes that are no UTF-8."""
    try:
        body.decode()
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    if b"\x00" in body or (b"\\u" in body and _ESCAPED.search(_PAIR.sub(b"", body))):
        told = "The text has a NUL character or half of a character pair."
        raise Invalid(
            told,
            errors=[
                FieldError(field=".".join(path), code="text", message=told)
                for path in _bad_texts(body)
            ],
        )


def _bad_texts(body: bytes) -> Iterator[tuple[str, ...]]:
    """Where in a JSON document the texts are that no text may have; nothing in any other body."""

    def within(value: Any, *path: str) -> Iterator[tuple[str, ...]]:
        if isinstance(value, str) and ("\x00" in value or _HALF.search(value)):
            yield path or ("body",)
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield from within(inner, *path, name)
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                yield from within(inner, *path, str(number))

    try:
        yield from within(json.loads(body, strict=False))
    except (ValueError, RecursionError):
        return


def _once(body: bytes, receive: Callable[[], Awaitable[Message]]) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def place_of(scope: Scope, headers: Headers, proxies: Sequence[IPv4Network | IPv6Network]) -> Place:
    """Where the request comes from: the rightmost address that is no trusted proxy.

    Of IPv6 the first address of its /64 is counted, for that is what one subscriber has: whoever
    counts addresses would otherwise count one subscriber as very many.
    """
    client: Any = scope.get("client")
    seen = [client[0] if client else "unknown"]
    seen += [part.strip() for part in reversed(headers.get("x-forwarded-for", "").split(","))]
    for found in seen:
        try:
            ip = ip_address(found)
        except ValueError:
            break
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        if not any(ip in network for network in proxies):
            counted = _subscriber(ip) if isinstance(ip, IPv6Address) else ip
            return Place(str(ip), str(counted))
    return Place(seen[0], seen[0])


def _subscriber(ip: IPv6Address) -> IPv6Address:
    return IPv6Address(int(ip) >> 64 << 64)
