"""From a cookie or a bearer token to an Actor."""

from http.cookies import CookieError, SimpleCookie
from uuid import UUID

from starlette.datastructures import Headers

from gausdo.gateway.sessions import Sessions, Visit
from gausdo.gateway.witness import Witness
from gausdo.kernel.actor import Actor, Origin
from gausdo.kernel.errors import Forbidden, NotFound, TooMany, Unknown
from gausdo.modules.identity.contract import Identity
from gausdo.platform.actors import Actors
from gausdo.platform.tokens import Tokens

COOKIE = "__Host-gausdo"
API = "gausdo-api"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Identify:
    """Finds the actor of a request."""

    def __init__(
        self,
        sessions: Sessions,
        tokens: Tokens,
        identity: Identity,
        limit: int,
        witness: Witness,
    ) -> None:
        self.sessions = sessions
        self.tokens = tokens
        self._actors = Actors(identity)
        self._limit = limit
        self._witness = witness

    async def actor(self, headers: Headers, method: str, address: str) -> Actor | None:
        """None when nobody is signed in.

        Raises Unknown (a bad token), Forbidden (a cookie from another site), TooMany.
        """
        bearer = headers.get("authorization", "")
        if bearer[:7].lower() == "bearer ":
            user_id = self._subject(bearer[7:].strip(), address)
            epoch, requests = await self.sessions.visit(str(user_id))
            origin = Origin(address=address, session="token")
            return await self._live(Visit(user_id, epoch, requests), "token", origin)
        token = cookie(headers)
        visit = await self.sessions.touch(token) if token else None
        if visit is None:
            await self.count(address)
            return None
        if method not in SAFE:
            same_origin(headers)
        return await self._live(visit, "person", Origin(address=address, session="session"))

    async def count(self, address: str) -> None:
        """One more request from an address, by nobody we know. Raises TooMany."""
        _, requests = await self.sessions.visit(address)
        self._within(requests)

    async def _live(self, visit: Visit, via: str, origin: Origin) -> Actor:
        self._within(visit.requests)
        try:
            actor = await self._actors.of(visit.user_id, visit.epoch)
        except NotFound as gone:
            raise Unknown("This account is closed. Ask an administrator.") from gone
        return actor.model_copy(update={"via": via, "origin": origin})

    def _subject(self, token: str, address: str) -> UUID:
        """Whose token it is. Raises Unknown, the same of every one that is none of ours."""
        try:
            return UUID(self.tokens.claims(token, API, "at+jwt")["sub"])
        except (Unknown, ValueError, AttributeError) as error:
            self._witness.rejected(address)
            raise Unknown("This token is not valid here, or no longer.") from error

    def _within(self, requests: int) -> None:
        if requests > self._limit:
            raise TooMany("Too many requests. Wait a minute and go on.", data={"retry_after": 60})


def cookie(headers: Headers) -> str | None:
    return named_cookie(headers, COOKIE)


def named_cookie(headers: Headers, name: str) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return found.value if found else None


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
