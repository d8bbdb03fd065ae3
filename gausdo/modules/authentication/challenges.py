"""Challenges of passkeys: random, good once, for a few minutes, for one purpose and one browser."""

import hashlib
import secrets

from gausdo.platform.cache import Cache, told_kindly

LIFE = 300
"""Seconds."""


class Challenges:
    """Kept in Valkey; every method raises Unavailable without it."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def ask(self, purpose: str, bound: str) -> str:
        """A new one, in base64url. `bound` is what only one browser or session has."""
        challenge = secrets.token_urlsafe(32)
        async with told_kindly():
            await self._cache.redis.set(_key(purpose, bound, challenge), 1, ex=LIFE)
        return challenge

    async def take(self, purpose: str, bound: str, challenge: str) -> bool:
        """Whether it was asked for this purpose and of this browser; from now on it is not."""
        async with told_kindly():
            return bool(await self._cache.redis.delete(_key(purpose, bound, challenge)))


def _key(purpose: str, bound: str, challenge: str) -> str:
    told = f"{bound}\0{challenge}".encode()
    return f"challenge:{purpose}:{hashlib.sha256(told).hexdigest()}"
