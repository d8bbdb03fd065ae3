"""Sessions: an opaque token in the cookie, its SHA-256 as the key in Valkey.

`token:<hash>` leads to `session:<id>`, which holds who it is and how they have proved it;
`sessions:<person>` are the ids of one person. A session keeps its id for as long as it lives; its
token is exchanged at every change of what it may do. The one before leads to it, with no more proof
than it had, until the new one has come and a few seconds more: other tabs have sent it already, and
an answer that is lost on its way signs nobody out.

One Lua call a request answers who it is, the epochs of the rights and how many requests this
person has made in the last minute.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from gausdo.kernel.values import new_id, now
from gausdo.platform.cache import Cache
from gausdo.platform.epochs import Epochs
from gausdo.platform.sessions_lua import ALIVE, END, LIST, OPEN, RENEW, TOUCH, VISIT

IDLE = 8 * 3600
ABSOLUTE = 7 * 24 * 3600
"""Seconds without a request, and at all, after which one signs in again."""
ALIAS = 10
"""Seconds a token that was exchanged still leads to its session once its successor has come."""
OF_ONE = 50
"""Sessions of one person; one more ends the oldest."""
TOKEN = 43
"""Characters of a token: 32 random bytes in base64url."""
AGENT = 300
"""Characters of a browser's name that are kept."""


class Level(StrEnum):
    """How well a session knows who it is."""

    PASSWORD = "password"  # noqa: S105 - or whatever else is one factor
    FACTOR = "factor"  # a second factor, or a passkey, which is two


class Need(StrEnum):
    """What a session lacks before it may do anything."""

    NOTHING = ""
    FACTOR = "factor"  # the second factor that the person has
    ENROLMENT = "enrolment"  # a second factor, which they have to add first


@dataclass(frozen=True)
class Session:
    """`proved` is the time of the last proof that is as strong as the person can give."""

    id: UUID
    user_id: UUID
    level: Level
    need: Need
    proved: int

    @property
    def half(self) -> bool:
        """Signed in by a password alone where that is not enough."""
        return self.need is not Need.NOTHING and self.level is Level.PASSWORD


@dataclass(frozen=True)
class Visit:
    """Who asks, the epoch of their rights, and their requests within the last minute.

    `stale`: the rights are others than those the session was judged by.
    """

    user_id: UUID
    epoch: str
    requests: int
    session: Session | None = None
    stale: bool = False


@dataclass(frozen=True)
class Opening:
    """How a session begins: `way` names how the person signed in, `facts` what else is kept.

    `proved` is when they did, where that was not just now.
    """

    way: str = "password"
    level: Level = Level.PASSWORD
    need: Need = Need.NOTHING
    address: str = ""
    agent: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    proved: int | None = None


@dataclass(frozen=True)
class Listed:
    """A session as its person sees it."""

    id: UUID
    way: str
    level: Level
    opened_at: datetime
    seen_at: datetime
    address: str
    agent: str
    facts: dict[str, str]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _new_token() -> str:
    return secrets.token_urlsafe(32)


class Sessions:
    """The sessions of an installation. Every method raises Unavailable without Valkey."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def open(self, user_id: UUID, opening: Opening | None = None) -> str:
        """A new session's token."""
        return (await self.begin(user_id, opening or Opening()))[0]

    async def begin(self, user_id: UUID, told: Opening) -> tuple[str, Session]:
        """A new session and its token. A token that a client brings is never adopted."""
        id, token, at = new_id(), _new_token(), int(now().timestamp())
        proved = at if told.proved is None else min(at, told.proved)
        kept = {
            "uid": str(user_id),
            "until": at + ABSOLUTE,
            "token": _hash(token),
            "opened": at,
            "seen": at,
            "proved": proved,
            "way": told.way,
            "level": told.level,
            "need": told.need,
            "judged": await self.epoch(user_id),
            "address": told.address,
            "agent": told.agent[:AGENT],
            **{f"fact.{name}": value for name, value in told.facts.items()},
        }
        flat = [part for pair in kept.items() for part in pair]
        await self._cache.script(OPEN, [], [str(id), IDLE, OF_ONE, *flat])
        return token, Session(id, user_id, told.level, told.need, proved)

    async def touch(self, token: str, address: str = "") -> Visit | None:
        """The visit of a live session, which lives on; None when there is none."""
        if len(token) != TOKEN:
            return None
        found = await self._cache.script(TOUCH, [f"token:{_hash(token)}"], [IDLE, address, ALIAS])
        if not found:
            return None
        uid, epoch, requests, sid, level, need, proved, judged = found
        session = Session(
            UUID(sid.decode()),
            UUID(uid.decode()),
            Level(level.decode()),
            Need(need.decode()),
            int(proved),
        )
        told = epoch.decode()
        return Visit(session.user_id, told, int(requests), session, judged.decode() != told)

    async def visit(
        self, who: str, session_id: str = "", counted: str = ""
    ) -> tuple[str, int] | None:
        """Epoch and requests of somebody without a cookie: a token's subject, an address.

        `counted` has requests of its own, as an API key has. None when the session that the token
        was made by has ended.
        """
        found = await self._cache.script(VISIT, [], [who, session_id, counted])
        return (found[0].decode(), int(found[1])) if found else None

    async def renew(
        self, token: str, session: Session, epoch: str, *, way: str | None = None, alias: int = 0
    ) -> str | None:
        """Exchange a token for a new one, with what the session now is.

        `way` is what the person has just proved it by; without one the proof stays as old as it
        is. None when somebody has exchanged the token already.
        """
        new = _new_token()
        done = await self._cache.script(
            RENEW,
            [f"token:{_hash(token)}", f"token:{_hash(new)}"],
            [session.level, session.need, epoch, way or "", alias, IDLE],
        )
        return new if done else None

    async def epoch(self, user_id: UUID) -> str:
        """The epoch of somebody's rights, without counting a request."""
        return await Epochs(self._cache).of(user_id)

    async def of(self, user_id: UUID) -> list[Listed]:
        """The live sessions of a person, the last seen first."""
        found = await self._cache.script(LIST, [], [str(user_id)])
        told = [_listed(one) for one in found]
        return sorted(told, key=lambda one: one.seen_at, reverse=True)

    async def close(self, token: str) -> None:
        """End the session of a token; nothing happens when there is none."""
        await self._cache.script(END, [f"token:{_hash(token)}"], [])

    async def end(self, user_id: UUID, *, only: UUID | None = None, but: UUID | None = None) -> int:
        """End all sessions of a person, one of them, or all but one; answers how many."""
        told = [str(user_id), str(only or ""), str(but or "")]
        return int(await self._cache.script(END, [], told))

    async def alive(self, asked: Sequence[tuple[UUID, UUID | None]]) -> list[str | None]:
        """The epoch of each person's rights now, or None when their session has ended."""
        told = [part for user, session in asked for part in (str(user), str(session or ""))]
        found = await self._cache.script(ALIVE, [], told)
        return [one.decode() or None for one in found]


def _listed(pairs: Sequence[bytes]) -> Listed:
    texts = [part.decode() for part in pairs]
    told = dict(zip(texts[::2], texts[1::2], strict=True))
    return Listed(
        id=UUID(told["id"]),
        way=told["way"],
        level=Level(told["level"]),
        opened_at=datetime.fromtimestamp(int(told["opened"]), UTC),
        seen_at=datetime.fromtimestamp(int(told["seen"]), UTC),
        address=told["address"],
        agent=told["agent"],
        facts={
            name.removeprefix("fact."): value
            for name, value in told.items()
            if name.startswith("fact.")
        },
    )
