"""What every way in ends with: a session, its cookie, and the person who is let in."""

import secrets
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from gausdo.gateway.identify import (
    Caller,
    Identify,
    cookie,
    cookie_header,
    same_origin,
    session_cookie,
)
from gausdo.kernel.errors import Unknown
from gausdo.modules.authentication.contract import (
    Authentication,
    PasskeyProof,
    PasskeyQuestion,
    Visitor,
    Way,
)
from gausdo.modules.identity.contract import Credentials, Identity, Me
from gausdo.platform.http import factor_needed, problem_response
from gausdo.platform.sessions import ALIAS, Level, Need, Opening, Session

DEVICE = "__Host-gausdo-device"
ASKED = "__Host-gausdo-asked"
"""What a browser has whose passkeys were asked before anybody is known."""
REMEMBERED = 180 * 24 * 3600
"""Seconds a browser keeps by what it is known."""
ASKED_FOR = 3600
"""Seconds a browser keeps what its answers are bound to; a question is over before that."""


def visitor_of(request: Request) -> Visitor:
    return Visitor(
        address=request.scope["gausdo.address"],
        agent=request.headers.get("user-agent", ""),
        device=cookie(request.headers, DEVICE),
    )


async def _entering(request: Request) -> Caller:
    """Whoever has a session of a browser, however little it has proved. Raises Unknown."""
    caller: Caller | None = request.scope.get("gausdo.caller")
    if caller is None or caller.session is None:
        raise Unknown("Sign in first.")
    return caller


Entering = Annotated[Caller, Depends(_entering)]


def bound_to(caller: Caller) -> str:
    """What only this session has."""
    return str(caller.session_id)


class Door:
    """Lets in whoever has proved who they are."""

    def __init__(
        self, identity: Identity, authentication: Authentication, identify: Identify
    ) -> None:
        self.identity, self.authentication, self.identify = identity, authentication, identify

    async def by_password(
        self, credentials: Credentials, request: Request, response: Response
    ) -> Me:
        """A new session; the answer is a refusal with its cookie where it lacks a second factor."""
        same_origin(request.headers)
        told = credentials.email, credentials.password, visitor_of(request)
        found = await self.authentication.enter(*told)
        session = await self.open(request, response, found.user_id, Way.PASSWORD)
        if session.half:
            refusal = problem_response(factor_needed(session.need))
            refusal.raw_headers.extend(
                (name, value) for name, value in response.raw_headers if name == b"set-cookie"
            )
            return refusal  # type: ignore[return-value]  # the framework hands a response on as it is
        return await self.identity.me(await self.identity.actor(found.user_id))

    async def ask(self, request: Request, response: Response) -> PasskeyQuestion:
        """A question to the passkeys of a browser by which nobody is signed in yet."""
        same_origin(request.headers)
        bound = cookie(request.headers, ASKED) or secrets.token_urlsafe(32)
        response.headers.append(
            "set-cookie", cookie_header(ASKED, bound, ASKED_FOR, samesite="strict")
        )
        return await self.authentication.ask_any_passkey(bound)

    async def by_passkey(self, proof: PasskeyProof, request: Request, response: Response) -> Me:
        """A new session, whole: the passkey is two factors."""
        same_origin(request.headers)
        bound = cookie(request.headers, ASKED) or ""
        visitor = visitor_of(request)
        found = await self.authentication.enter_by_passkey(proof, bound, visitor)
        await self.open(request, response, found.user_id, Way.PASSKEY)
        return await self.identity.me(await self.identity.actor(found.user_id))

    async def open(
        self,
        request: Request,
        response: Response,
        user_id: UUID,
        way: Way,
        told: Opening | None = None,
    ) -> Session:
        """A new session in a cookie, whole or half; one that was open before is closed.

        `told` is what is known of how well, when and where else the person has proved it.
        """
        told = told or Opening()
        visitor, sessions = visitor_of(request), self.identify.sessions
        await self.identify.demand_admitted(user_id, request.scope["gausdo.place"])
        actor = await self.identity.actor(user_id)
        if before := cookie(request.headers):
            await sessions.close(before)
        need = Need((await self.authentication.standing(actor)).need)
        level = Level.FACTOR if way is Way.PASSKEY else told.level
        opening = replace(
            told,
            way=way,
            level=level,
            need=need,
            address=visitor.address,
            agent=visitor.agent,
        )
        token, session = await sessions.begin(user_id, opening)
        response.headers.append("set-cookie", session_cookie(token))
        if not session.half:
            await self.welcome(request, response, Caller(actor, session, session.id, 0), way)
        return session

    async def let_in(self, request: Request, response: Response, caller: Caller, way: Way) -> Me:
        """The session has just proved who it is, by `way`: it goes on under a new token."""
        assert caller.session is not None
        strong = way is not Way.PASSWORD
        level = Level.FACTOR if strong else caller.session.level
        await self.renew(request, response, caller, replace(caller.session, level=level), way)
        if caller.half:
            await self.welcome(request, response, caller, way)
        return await self.identity.me(caller.actor)

    async def renew(
        self, request: Request, response: Response, caller: Caller, session: Session, way: Way
    ) -> None:
        """Of a session that could do nothing yet, the old token ends at once."""
        token = await self.identify.sessions.renew(
            cookie(request.headers) or "",
            session,
            await self.identify.sessions.epoch(session.user_id),
            way=way,
            alias=0 if caller.half else ALIAS,
        )
        if token is None:
            raise Unknown("This session has just ended. Sign in again.")
        response.headers.append("set-cookie", session_cookie(token))

    async def welcome(self, request: Request, response: Response, caller: Caller, way: Way) -> None:
        """Signed in, whole: it is told, and the browser is known from now on."""
        device = await self.authentication.entered(caller.actor, way, visitor_of(request))
        response.headers.append(
            "set-cookie", cookie_header(DEVICE, device, REMEMBERED, samesite="strict")
        )
