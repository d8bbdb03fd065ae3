"""Valkey (or Redis): sessions, limits, epochs. When it does not answer, so do we: 503."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from gausdo.kernel.errors import Unavailable

WAIT = 5.0
"""Seconds a request waits for a connection."""


class Cache:
    """One client; every failure of the server is `Unavailable`."""

    def __init__(self, url: str) -> None:
        self.redis: Redis = Redis.from_pool(
            BlockingConnectionPool.from_url(
                url, socket_timeout=2, socket_connect_timeout=2, max_connections=50, timeout=WAIT
            )
        )

    async def script(self, source: str, keys: list[str], args: list[Any]) -> Any:
        """Run a Lua script, by its hash once the server knows it."""
        async with told_kindly():
            return await self.redis.register_script(source)(keys=keys, args=args)

    async def close(self) -> None:
        await self.redis.aclose()


@asynccontextmanager
async def told_kindly() -> AsyncIterator[None]:
    try:
        yield
    except RedisError as error:
        raise Unavailable(
            "Sign-in and limits are not available just now. Try again in a moment."
        ) from error
