"""Valkey (or Redis): sessions, limits, epochs. When it does not answer, so do we: 503."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from gausdo.kernel.errors import Unavailable
from gausdo.platform.deadline import left

WAIT = 2.0
"""Seconds an answer may take, waiting for a connection and tries included."""


class Cache:
    """One client; every failure of the server is `Unavailable`."""

    def __init__(self, url: str) -> None:
        self.redis: Redis = Redis.from_pool(
            BlockingConnectionPool.from_url(
                url,
                socket_timeout=WAIT,
                socket_connect_timeout=WAIT,
                max_connections=50,
                timeout=WAIT,
                # A connection may have died while it lay idle.
                retry=Retry(ConstantBackoff(0.05), 1),
            )
        )

        self._scripts: dict[str, AsyncScript] = {}

    async def script(self, source: str, keys: list[str], args: list[Any]) -> Any:
        """Run a Lua script, by its hash once the server knows it."""
        if source not in self._scripts:
            self._scripts[source] = self.redis.register_script(source)
        async with told_kindly():
            return await self._scripts[source](keys=keys, args=args)

    async def close(self) -> None:
        await self.redis.aclose()


@asynccontextmanager
async def told_kindly() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(left(WAIT)):
            yield
    except (RedisError, OSError) as error:  # TimeoutError among them
        raise Unavailable(
            "Sign-in and limits are not available just now. Try again in a moment."
        ) from error
