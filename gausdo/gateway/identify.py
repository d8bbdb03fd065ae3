"""From a cookie or a bearer token to who asks: an Actor, and how well they have proved it."""

from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from uuid import UUID

from starlette.datastructures import Headers

from gausdo.gateway.admission import Admission
from gausdo.gateway.programs import Programs
from gausdo.gateway.witness import Witness
from gausdo.kernel.actor import Actor, Origin
from gausdo.kernel.errors import AddressRefused, Forbidden, NotFound, TooMany, Unknown
from gausdo.kernel.networks import admitted
from gausdo.modules.authentication.contract import Authentication
from gausdo.modules.identity.contract import Identity
from gausdo.platform.actors import Actors
from gausdo.platform.sessions import ABSOLUTE, ALIAS, Need, Session, Sessions, Visit
from gausdo.platform.tokens import ACCESS, Tokens

COOKIE = "__Host-gausdo"
API = "gausdo-api"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PREFIX = "gsd_"
"""What an API key begins with."""
STRANGE = "This token is not valid here, or no longer."


class Place(NamedTuple):
    """Where a request comes from: the address itself, and what is counted as one (`gate.place`)."""

    exact: str
    counted: str


@dataclass(frozen=True)
class Caller:
    """Who asks, by a session or by a token (`session` is None); `proved` as `Session.proved`.

    `renewed` is the token that the answer has to hand to the browser instead of the one it sent.
    """

    actor: Actor
    session: Session | None
    session_id: UUID | None
    proved: int
    until: float | None = None
    renewed: str | None = None

    @property
    def half(self) -> bool:
        return self.session is not None and self.session.half


class Identify:
    """Finds who asks."""

    def __init__(
        self,
        sessions: Sessions,
        tokens: Tokens,
        identity: Identity,
        authentication: Authentication,
        limit: int,
        witness: Witness,
        programs: Programs,
        admission: Admission,
    ) -> None:
        self.sessions = sessions
        self.tokens = tokens
        self._authentication = authentication
        self._actors = Actors(identity)
        self._limit = limit
        self._witness = witness
        self._programs, self._admission = programs, admission

    async def caller(
        self, headers: Headers, method: str, place: Place, *, renewing: bool = True
    ) -> Caller | None:
        """None when nobody is signed in, or another site reads. Without `renewing` the cookie
        stays as it is.

        Raises Unknown (a bad token), Forbidden (a cookie from another site), AddressRefused,
        TooMany.
        """
        bearer, address = headers.get("authorization", ""), place.counted
        if bearer[:7].lower() == "bearer ":
            told = bearer[7:].strip()
            if told.startswith(PREFIX):
                return await self.program(told, place)
            return await self._by_token(told, place)
        token = cookie(headers)
        visit = await self.sessions.touch(token, address) if token else None
        if token is None or visit is None or visit.session is None or foreign(headers, method):
            await self.count(place)
            return None
        if method not in SAFE:
            same_origin(headers)
        actor = await self._live(visit, "person", "session", place)
        session, renewed = visit.session, None
        if visit.stale:
            standing = await self._authentication.standing(actor)
            session = replace(session, need=Need(standing.need))
            if renewing:
                renewed = await self.sessions.renew(token, session, actor.epoch, alias=ALIAS)
        return Caller(actor, session, session.id, session.proved, renewed=renewed)

    async def _by_token(self, bearer: str, place: Place) -> Caller:
        address = place.counted
        claims = self._claims(bearer, address)
        if "client_id" in claims:
            return await self.program(UUID(claims["client_id"]), place, claims["exp"])
        user_id = UUID(claims["sub"])
        session_id = UUID(claims["sid"]) if "sid" in claims else None
        found = await self.sessions.visit(str(user_id), str(session_id or ""))
        if found is None:
            raise Unknown(STRANGE)
        actor = await self._live(Visit(user_id, *found), "token", "token", place)
        proved = int(claims.get("auth_time", 0))
        return Caller(actor, None, session_id, proved, claims["exp"])

    async def program(
        self, secret: str | UUID, place: Place, until: float = float("inf")
    ) -> Caller:
        """A program with an API key, or with a token that it got by one: `secret` is the key's id.

        Raises Unknown, AddressRefused, TooMany.
        """
        programs, address = self._programs, place.counted
        try:
            if (program := programs.known(secret)) is None:
                await self.count(place)
                program = await programs.as_it_is(secret, address)
            counted = f"key:{program.id}"
            found = await self.sessions.visit(str(program.person_id), counted=counted)
            epoch, requests = found or ("", 0)
            program = await programs.of(secret, epoch, address)
        except Unknown as error:
            self._witness.rejected(address)
            raise Unknown(STRANGE) from error
        self._within(requests, program.limit)
        origin = Origin(address=address, session=counted)
        actor = (await self._person(program.person_id, epoch)).narrowed(program.grants)
        actor = actor.model_copy(update={"via": "key", "origin": origin})
        lets_in = await self._admission.of_roles(place.exact, epoch, program.roles)
        if not lets_in or not admitted(place.exact, program.networks):
            raise self._turned_away(actor, place)
        return Caller(actor, None, None, 0, min(until, program.expires_at.timestamp()))

    def _turned_away(self, actor: Actor | None, place: Place) -> AddressRefused:
        self._witness.turned_away(actor, place.counted)
        return AddressRefused(
            f"Nobody is let in like this from your address, {place.exact}. Ask an administrator.",
            data={"address": place.exact},
        )

    async def count(self, place: Place) -> None:
        """One more request from an address, by nobody we know. Raises AddressRefused, TooMany."""
        epoch, requests = await self.sessions.visit(place.counted) or ("", 0)
        self._within(requests)
        if not await self._admission.of_anybody(place.exact, epoch):
            raise self._turned_away(None, place)

    async def demand_admitted(self, id: UUID, place: Place) -> None:
        """Whoever signs in may come from there with their roles. Raises AddressRefused."""
        epoch = await self.sessions.epoch(id)
        if not await self._admission.of_person(place.exact, epoch, id):
            person = await self._person(id, epoch)
            origin = Origin(address=place.counted, session="session")
            raise self._turned_away(person.model_copy(update={"origin": origin}), place)

    async def _live(self, visit: Visit, via: str, session: str, place: Place) -> Actor:
        self._within(visit.requests)
        actor = await self._person(visit.user_id, visit.epoch)
        origin = Origin(address=place.counted, session=session)
        actor = actor.model_copy(update={"via": via, "origin": origin})
        if not await self._admission.of_person(place.exact, visit.epoch, visit.user_id):
            raise self._turned_away(actor, place)
        return actor

    async def _person(self, id: UUID, epoch: str) -> Actor:
        try:
            return await self._actors.of(id, epoch)
        except NotFound as gone:
            await self.sessions.end(id)  # who comes back signs in anew
            raise Unknown("This account is closed. Ask an administrator.") from gone

    def _claims(self, token: str, address: str) -> dict[str, Any]:
        """What a token says. Raises Unknown, the same of every one that is none of ours."""
        try:
            claims = self.tokens.claims(token, API, ACCESS)
            for name in ("sub", "sid", "client_id"):
                UUID(claims.get(name, claims["sub"]))
        except (Unknown, ValueError, AttributeError) as error:
            self._witness.rejected(address)
            raise Unknown(STRANGE) from error
        return claims

    def _within(self, requests: int, limit: int | None = None) -> None:
        if requests > min(limit or self._limit, self._limit):
            raise TooMany("Too many requests. Wait a minute and go on.", data={"retry_after": 60})


def cookie(headers: Headers, name: str = COOKIE) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return found.value if found else None


def cookie_header(name: str, value: str, seconds: int, *, samesite: str = "lax") -> str:
    """A `Set-Cookie` for this host alone, which no script reads; 0 seconds takes it back."""
    told: SimpleCookie = SimpleCookie({name: value})
    attributes: dict[str, Any] = {
        "path": "/", "secure": True, "httponly": True, "samesite": samesite, "max-age": seconds,
    }  # fmt: skip
    told[name].update(attributes)
    return told[name].OutputString()


def session_cookie(token: str) -> str:
    return cookie_header(COOKIE, token, ABSOLUTE)


def foreign(headers: Headers, method: str) -> bool:
    """Whether another site, or a sibling, has the browser read: an export, or what tells by how
    long it takes. A change is refused instead.
    """
    return method in SAFE and headers.get("sec-fetch-site") in {"cross-site", "same-site"}


def same_origin(headers: Headers) -> None:
    """Raise Forbidden unless the browser says that our own page asks (CSRF).

    `Sec-Fetch-Site` first, `Origin` for browsers without it; a form on a sibling origin carries
    even `SameSite=Strict` cookies, so the cookie alone proves nothing.
    """
    site = headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    origin = headers.get("origin", "")
    if site is None and origin.partition("://")[2] == headers.get("host", "-"):
        return
    raise Forbidden("This request came from another site. Open Gausdo itself and try again.")
