"""How often one may try to sign in: per account and address, and per address."""

from gausdo.modules.identity.contract import TooManyTries
from gausdo.platform.cache import Cache, told_kindly

WINDOW = 900
"""Seconds."""
PER_PAIR, PER_ADDRESS = 10, 100

_COUNT = """
local left = 0
for i, key in ipairs(KEYS) do
    local count = redis.call('INCR', key)
    if count == 1 then redis.call('EXPIRE', key, ARGV[1]) end
    if count > tonumber(ARGV[i + 1]) then left = math.max(left, redis.call('TTL', key)) end
end
return left
"""


class Tries:
    """An account cannot be locked for its owner: what counts is the pair with the address."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def count(self, email: str, address: str) -> None:
        """Raises TooManyTries, saying for how long."""
        keys = [f"tries:{address}:{email}", f"tries:{address}"]
        left = int(await self._cache.script(_COUNT, keys, [WINDOW, PER_PAIR, PER_ADDRESS]))
        if left:
            raise TooManyTries(
                f"Too many tries. Try again in {left // 60 + 1} min.", data={"retry_after": left}
            )

    async def forget(self, email: str, address: str) -> None:
        async with told_kindly():
            await self._cache.redis.delete(f"tries:{address}:{email}")
