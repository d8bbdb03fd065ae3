"""Sign-ins under way: in Valkey, each for one browser, ten minutes, once."""

import hashlib
import json
import secrets
from uuid import UUID

from pydantic import ValidationError

from gausdo.kernel.values import Value, now
from gausdo.modules.federation.doubt import Doubt
from gausdo.platform.cache import Cache, told_kindly

LASTS = 600
KEPT = 7 * 24 * 3600
"""Seconds a sign-in may take, and seconds what went wrong last is remembered."""


class Begun(Value):
    """One sign-in: who asked whom, and what only the two of them know."""

    provider_id: UUID
    browser: str
    back: str
    nonce: str = ""
    verifier: str = ""
    request_id: str = ""


class Trouble(Value):
    """The last sign-in that failed."""

    at: str
    why: str
    told: str


class Pending:
    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def begin(self, state: str, begun: Begun) -> None:
        async with told_kindly():
            await self._cache.redis.set(_key(state), begun.model_dump_json(), ex=LASTS)

    async def take(self, state: str, provider_id: UUID, browser: str) -> Begun | None:
        """The sign-in of this state, for the browser that began it; there is no second time."""
        async with told_kindly():
            found = await self._cache.redis.getdel(_key(state))
        if found is None:
            return None
        begun = Begun.model_validate_json(found)
        same = secrets.compare_digest(begun.browser, fingerprint(browser))
        return begun if same and begun.provider_id == provider_id else None

    async def once(self, provider_id: UUID, what: str, seconds: int) -> None:
        """Raises Doubt `replay` when the provider has said this before."""
        async with told_kindly():
            new = await self._cache.redis.set(
                _key(f"{provider_id} {what}"), "1", ex=max(1, seconds), nx=True
            )
        if not new:
            raise Doubt("replay", what)

    async def remember(self, provider_id: UUID, doubt: Doubt) -> None:
        trouble = Trouble(at=now().isoformat(), why=doubt.why, told=doubt.told)
        async with told_kindly():
            await self._cache.redis.set(
                f"federation:trouble:{provider_id}", trouble.model_dump_json(), ex=KEPT
            )

    async def forget(self, provider_id: UUID) -> None:
        async with told_kindly():
            await self._cache.redis.delete(f"federation:trouble:{provider_id}")

    async def trouble(self, provider_id: UUID) -> Trouble | None:
        async with told_kindly():
            found = await self._cache.redis.get(f"federation:trouble:{provider_id}")
        try:
            return Trouble.model_validate_json(found) if found else None
        except (ValidationError, json.JSONDecodeError):
            return None


def fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(state: str) -> str:
    return f"federation:{fingerprint(state)}"
