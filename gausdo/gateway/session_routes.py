"""Signing in and out: identity knows who may, the gateway keeps the sessions."""

import time

from fastapi import Request, Response

from gausdo.gateway.identify import API, COOKIE, Identify, cookie, same_origin
from gausdo.gateway.sessions import ABSOLUTE
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.values import Value
from gausdo.modules.identity.contract import Credentials, Identity, Me
from gausdo.platform.http import OWN, Authority, CurrentActor, Routes

LIFETIME = 600


class Token(Value):
    """For API clients: `Authorization: Bearer …`; `expires_in` seconds."""

    token: str
    expires_in: int


def routes(identity: Identity, identify: Identify) -> Routes:
    api = Routes("session")

    @api.post("/session", authority=Authority.PUBLIC)
    async def sign_in(credentials: Credentials, request: Request, response: Response) -> Me:
        """A new session in a cookie; one that was open before is closed."""
        same_origin(request.headers)
        user_id = await identity.sign_in(credentials, request.scope["gausdo.address"])
        actor = await identity.actor(user_id)
        before = cookie(request.headers)
        if before:
            await identify.sessions.close(before)
        token = await identify.sessions.open(user_id, int(time.time()))
        response.set_cookie(
            COOKIE, token, max_age=ABSOLUTE, secure=True, httponly=True, samesite="lax"
        )
        return await identity.me(actor)

    @api.delete("/session", status=204, authority=Authority.PUBLIC)
    async def sign_out(request: Request, response: Response) -> None:
        token = cookie(request.headers)
        if token:
            await identify.sessions.close(token)
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")

    @api.post("/session/token", right=OWN)
    async def token(actor: CurrentActor) -> Token:
        """A short token with the same rights, for scripts and API clients.

        Asked for by a session: a token makes no further ones, so it ends with its ten minutes.
        """
        if actor.via == "token":
            raise Forbidden("A token cannot be renewed by itself. Sign in for a new one.")
        told = identify.tokens.issue(str(actor.id), API, "at+jwt", LIFETIME)
        return Token(token=told, expires_in=LIFETIME)

    return api
