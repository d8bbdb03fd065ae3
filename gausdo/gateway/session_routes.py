"""Signing in and out: authentication knows who may, the gateway keeps the sessions."""

from uuid import UUID

from fastapi import Request, Response

from gausdo.gateway.door import Door, Entering, bound_to, visitor_of
from gausdo.gateway.federated_sessions import FederatedSessions
from gausdo.gateway.identify import (
    API,
    COOKIE,
    Caller,
    cookie,
    cookie_header,
)
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.values import Value
from gausdo.modules.authentication.contract import PasskeyProof, PasskeyQuestion, Proof, Way
from gausdo.modules.identity.contract import Credentials, Me
from gausdo.platform.http import (
    OWN,
    Authority,
    CurrentActor,
    Routes,
)
from gausdo.platform.sessions import Level, Need
from gausdo.platform.tokens import ACCESS

LIFETIME = 600


class Token(Value):
    """For API clients: `Authorization: Bearer …`; `expires_in` seconds."""

    token: str
    expires_in: int


class SessionState(Value):
    """Whose session it is, and what it lacks: nothing (empty), `factor` or `enrolment`.

    `ways` are what the person can prove with who they are, the usual one first; `provider_id` is
    where the session began, where they can prove it, too.
    """

    name: str
    email: str
    level: Level
    need: Need
    ways: list[Way]
    provider_id: UUID | None


class SignedOut(Value):
    """`leave` is where the browser goes to be signed out at the identity provider, too."""

    leave: str | None


def _passkeys(api: Routes, door: Door) -> None:
    @api.post("/session/passkey/question", authority=Authority.PUBLIC)
    async def ask_any_passkey(request: Request, response: Response) -> PasskeyQuestion:
        """For a sign-in by a passkey alone; the answer is good once, by the same browser."""
        return await door.ask(request, response)

    @api.post("/session/passkey", authority=Authority.PUBLIC)
    async def sign_in_by_passkey(proof: PasskeyProof, request: Request, response: Response) -> Me:
        """A new session in a cookie. The passkey has made sure of the person: it is two factors."""
        return await door.by_passkey(proof, request, response)

    @api.post("/session/proof/question", authority=Authority.ENTERING)
    async def ask_own_passkey(caller: Entering) -> PasskeyQuestion:
        """For a proof by a passkey of the person; the answer is good once, in this session."""
        return await door.authentication.ask_for_passkey(caller.actor, bound_to(caller))


def routes(door: Door, federated: FederatedSessions) -> Routes:
    api = Routes("session")
    identity, authentication, identify = door.identity, door.authentication, door.identify

    @api.post("/session", authority=Authority.PUBLIC)
    async def sign_in(credentials: Credentials, request: Request, response: Response) -> Me:
        """A new session in a cookie; one that was open before is closed.

        Where a second factor is needed the answer is 403 `authentication.factor-needed`, and the
        session of its cookie may do no more than prove it.
        """
        return await door.by_password(credentials, request, response)

    @api.get("/session", authority=Authority.PUBLIC)
    async def session_state(request: Request) -> SessionState | None:
        """What the session of the cookie lacks, and by what it can be proved; null without one."""
        caller: Caller | None = request.scope.get("gausdo.caller")
        if caller is None or caller.session is None:
            return None
        standing = await authentication.standing(caller.actor)
        me = await identity.me(caller.actor)
        return SessionState(
            name=me.user.name,
            email=me.user.email,
            level=caller.session.level,
            need=caller.session.need if caller.half else Need.NOTHING,
            ways=standing.ways,
            provider_id=await federated.provider_of(caller.session),
        )

    @api.post("/session/proof", authority=Authority.ENTERING)
    async def prove(proof: Proof, caller: Entering, request: Request, response: Response) -> Me:
        """The second factor at sign-in, or a new proof before something dangerous."""
        visitor = visitor_of(request)
        way = await authentication.prove(caller.actor, proof, visitor, bound_to(caller))
        return await door.let_in(request, response, caller, way)

    @api.get("/session/proof", status=204, right=OWN, step_up=True)
    async def proof_is_fresh(_: CurrentActor) -> None:
        """Asked before a download, which the browser makes itself: a refusal asks for a proof."""

    @api.delete("/session", authority=Authority.PUBLIC)
    async def sign_out(request: Request, response: Response) -> SignedOut:
        caller: Caller | None = request.scope.get("gausdo.caller")
        session = caller.session if caller else None
        leave = await federated.farewell(session) if session else None
        if token := cookie(request.headers):
            await identify.sessions.close(token)
        response.headers.append("set-cookie", cookie_header(COOKIE, "", 0))
        return SignedOut(leave=leave)

    @api.post("/session/token", right=OWN)
    async def token(actor: CurrentActor, request: Request) -> Token:
        """A short token with the same rights, for scripts and API clients.

        Asked for by a session, and ends with it: a token makes no further ones.
        """
        caller: Caller = request.scope["gausdo.caller"]
        if caller.session is None:
            raise Forbidden("A token cannot be renewed by itself. Sign in for a new one.")
        told = identify.tokens.issue(
            str(actor.id),
            API,
            ACCESS,
            LIFETIME,
            sid=str(caller.session.id),
            auth_time=caller.proved,
        )
        return Token(token=told, expires_in=LIFETIME)

    _passkeys(api, door)
    return api
