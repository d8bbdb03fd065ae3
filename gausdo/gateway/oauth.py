"""OAuth 2.0 for programs: client credentials (RFC 6749, 4.4) for a short access token (RFC 9068).

A client is an API key: its id is the client's id, and its secret the client's secret. What the
token may is what the key may, looked up at each request; revoked, the key ends its tokens, too.
Errors are those of RFC 6749, 5.2; where everything is, is told by RFC 8414 and RFC 7517.
"""

import base64
import binascii
import secrets
import time
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gausdo.gateway.identify import API, Caller, Identify
from gausdo.kernel.errors import AddressRefused, Unknown
from gausdo.platform.tokens import ACCESS, Tokens

TOKEN = "/oauth2/token"  # noqa: S105 - a path
JWKS = "/.well-known/jwks.json"
METADATA = "/.well-known/oauth-authorization-server"
LIFETIME = 300
"""Seconds of an access token."""
FIELDS = 20
FORM = "application/x-www-form-urlencoded"
PUBLISHED = {"cache-control": "public, max-age=300"}
UNKEPT = {"cache-control": "no-store", "pragma": "no-cache"}


class Refused(Exception):
    """`error` is a code of RFC 6749, 5.2."""

    def __init__(self, error: str, told: str) -> None:
        super().__init__(told)
        self.error, self.told = error, told

    def answer(self) -> JSONResponse:
        known = self.error != "invalid_client"
        headers = {**UNKEPT}
        if not known:
            headers["www-authenticate"] = 'Basic realm="Gausdo", charset="UTF-8"'
        body = {"error": self.error, "error_description": self.told}
        return JSONResponse(body, 400 if known else 401, headers)


def oauth(identify: Identify) -> dict[str, ASGIApp]:
    """The applications, by their paths."""
    tokens = identify.tokens
    return {
        TOKEN: _token(identify),
        JWKS: _published(lambda: {"keys": tokens.published()}),
        METADATA: _published(lambda: _metadata(tokens)),
    }


def _published(told: Any) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            refusal = JSONResponse({"error": "invalid_request"}, 405, {"allow": "GET"})
            await refusal(scope, receive, send)
            return
        await JSONResponse(told(), headers=PUBLISHED)(scope, receive, send)

    return answer


def _metadata(tokens: Tokens) -> dict[str, Any]:
    return {
        "issuer": tokens.issuer,
        "token_endpoint": f"{tokens.issuer}{TOKEN}",
        "jwks_uri": f"{tokens.issuer}{JWKS}",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }


def _token(identify: Identify) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            reply = JSONResponse(await _issued(identify, request), headers=UNKEPT)
        except Refused as refused:
            reply = refused.answer()
        if request.method != "POST":
            reply.status_code = 405
            reply.headers["allow"] = "POST"
        await reply(scope, receive, send)

    return answer


async def _issued(identify: Identify, request: Request) -> dict[str, Any]:
    """Raises Refused, TooMany."""
    form = await _form(request)
    id, secret = _credentials(request, form)
    caller = await _client(identify, request, id, secret)
    if "grant_type" not in form:
        raise Refused("invalid_request", "grant_type is missing.")
    if form["grant_type"] != "client_credentials":
        raise Refused("unsupported_grant_type", "Only client_credentials is supported.")
    if form.get("scope", "").strip():
        raise Refused("invalid_scope", "There are no scopes: what a client may is in its roles.")
    lifetime = min(LIFETIME, int((caller.until or 0) - time.time()))
    told = identify.tokens.issue(
        id, API, ACCESS, lifetime, client_id=id, jti=secrets.token_urlsafe(16)
    )
    return {"access_token": told, "token_type": "Bearer", "expires_in": lifetime}


async def _form(request: Request) -> dict[str, str]:
    if request.method != "POST":
        raise Refused("invalid_request", "Send the request by POST.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Refused("invalid_request", f"Send the request as {FORM}.")
    try:
        pairs = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=FIELDS
        )
    except ValueError:
        raise Refused("invalid_request", "The body could not be read.") from None
    if any(count > 1 for count in Counter(name for name, _ in pairs).values()):
        raise Refused("invalid_request", "A parameter is repeated.")
    return dict(pairs)


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Id and secret, from the `Authorization` header or from the body (RFC 6749, 2.3.1)."""
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        if "client_id" not in form or "client_secret" not in form:
            raise _strange()
        return form["client_id"], form["client_secret"]
    if "client_secret" in form:
        raise Refused("invalid_request", "Authenticate in one way, not in two.")
    try:
        plain = base64.b64decode(told.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        plain = ""
    id, colon, secret = plain.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise _strange()
    return unquote_plus(id), unquote_plus(secret)


async def _client(identify: Identify, request: Request, id: str, secret: str) -> Caller:
    try:
        caller = await identify.program(secret, request.scope["gausdo.place"])
    except (Unknown, AddressRefused) as error:
        raise _strange() from error
    origin = caller.actor.origin
    if origin is None or str(origin.key_id) != id.lower():
        raise _strange()
    return caller


def _strange() -> Refused:
    return Refused("invalid_client", "The client is not known here, or no longer.")
