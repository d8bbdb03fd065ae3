"""Sessions: an opaque token in the cookie, its SHA-256 as the key in Valkey.

One Lua call a request answers who it is, the epochs of the rights and how many requests this
person has made in the last minute.
"""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from gausdo.platform.cache import Cache, told_kindly
from gausdo.platform.epochs import Epochs

IDLE = 8 * 3600
ABSOLUTE = 7 * 24 * 3600
"""Seconds without a request, and at all, after which one signs in again."""
TOKEN = 43
"""Characters of a token: 32 random bytes in base64url."""

_OPEN = """
redis.call('HSET', KEYS[1], 'uid', ARGV[1], 'until', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
# A sliding window counter: the last minute's count, weighted by how much of it is still in sight.
_COUNTED = """
local function counted(who, now)
    local window = math.floor(now / 60)
    local key = 'rate:' .. who .. ':' .. window
    local count = redis.call('INCR', key)
    if count == 1 then redis.call('EXPIRE', key, 130) end
    local before = tonumber(redis.call('GET', 'rate:' .. who .. ':' .. (window - 1)) or '0')
    return math.floor(count + before * (1 - (now % 60) / 60))
end
"""
_TOUCH = (
    _COUNTED
    + """
local now = tonumber(redis.call('TIME')[1])
local uid, till = unpack(redis.call('HMGET', KEYS[1], 'uid', 'until'))
if not uid then return false end
till = tonumber(till)
if now >= till then redis.call('DEL', KEYS[1]) return false end
redis.call('EXPIRE', KEYS[1], math.min(tonumber(ARGV[1]), till - now))
local epochs = redis.call('MGET', 'epoch', 'epoch:' .. uid)
return {uid, (epochs[1] or '0') .. '.' .. (epochs[2] or '0'), counted(uid, now)}
"""
)
_VISIT = (
    _COUNTED
    + """
local now = tonumber(redis.call('TIME')[1])
local epochs = redis.call('MGET', 'epoch', 'epoch:' .. ARGV[1])
return {(epochs[1] or '0') .. '.' .. (epochs[2] or '0'), counted(ARGV[1], now)}
"""
)


@dataclass(frozen=True)
class Visit:
    """Who asks, the epoch of their rights, and their requests within the last minute."""

    user_id: UUID
    epoch: str
    requests: int


def session_key(token: str) -> str:
    return "session:" + hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def open(self, user_id: UUID, now: int) -> str:
        """A new session's token. A token that a client brings is never adopted."""
        token = secrets.token_urlsafe(32)
        await self._cache.script(_OPEN, [session_key(token)], [str(user_id), now + ABSOLUTE, IDLE])
        return token

    async def touch(self, token: str) -> Visit | None:
        """The visit of a live session, which lives on; None when there is none."""
        if len(token) != TOKEN:
            return None
        found = await self._cache.script(_TOUCH, [session_key(token)], [IDLE])
        if not found:
            return None
        return Visit(UUID(found[0].decode()), found[1].decode(), int(found[2]))

    async def visit(self, who: str) -> tuple[str, int]:
        """Epoch and requests of somebody without a session: a token's subject, an address."""
        epoch, requests = await self._cache.script(_VISIT, [], [who])
        return epoch.decode(), int(requests)

    async def epoch(self, user_id: UUID) -> str:
        """The epoch of somebody's rights, without counting a request."""
        return await Epochs(self._cache).of(user_id)

    async def close(self, token: str) -> None:
        async with told_kindly():
            await self._cache.redis.delete(session_key(token))
