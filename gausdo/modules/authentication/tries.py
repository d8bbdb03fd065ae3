"""How often one may try: nobody guesses for long, and nobody locks others out.

Passwords are counted per account and address, per address, and per account. Too many for an account
lock it for whoever comes from elsewhere, which is told as a wrong password; a browser by which its
owner has signed in before is counted by itself and still enters (OWASP, device cookies), and so
does a passkey. Codes are counted per person, across all their sessions.
"""

import hashlib
import secrets
from uuid import UUID

from gausdo.kernel.credentials import Coming
from gausdo.modules.identity.contract import TooManyTries
from gausdo.platform.cache import Cache, told_kindly

WINDOW = 900
"""Seconds."""
PER_PAIR, PER_ADDRESS, PER_ACCOUNT, PER_DEVICE = 10, 100, 20, 10
CODES = 5
LETTERS, LETTERS_OF_ADDRESS = 3, 20
"""Letters of a kind that one address of mail, and one visitor, may ask for in a window."""
REMEMBERED = 180 * 24 * 3600
"""Seconds for which a browser is known."""

_COUNT = """
local left = 0
for i, key in ipairs(KEYS) do
    local count = redis.call('INCR', key)
    if count == 1 then redis.call('EXPIRE', key, ARGV[1]) end
    if count > tonumber(ARGV[i + 1]) then left = math.max(left, redis.call('TTL', key)) end
end
return left
"""


def _account(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]


def _device(token: str) -> str:
    return f"device:{hashlib.sha256(token.encode()).hexdigest()}"


class Tries:
    """Counters in Valkey; every method raises Unavailable without it."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def count(self, email: str, visitor: Coming) -> bool:
        """One more try of a password; answers whether the account is locked for this visitor.

        Raises TooManyTries, saying for how long.
        """
        account = _account(email)
        if await self.knows(email, visitor):
            key = f"tries:{_device(visitor.device or '')}:{account}"
            await self._within([key], [PER_DEVICE])
            return False
        pair, address = f"tries:{visitor.address}:{account}", f"tries:{visitor.address}"
        await self._within([pair, address], [PER_PAIR, PER_ADDRESS])
        return bool(await self._counted([f"tries:account:{account}"], [PER_ACCOUNT]))

    async def count_code(self, person_id: UUID, email: str, visitor: Coming) -> None:
        """One more try of a second factor. Raises TooManyTries."""
        await self._within([await self._codes(person_id, email, visitor)], [CODES])

    async def count_letter(self, email: str, visitor: Coming) -> bool:
        """One more letter asked for; whether it may go. Raises TooManyTries for the visitor."""
        await self._within([f"letters:{visitor.address}"], [LETTERS_OF_ADDRESS])
        return not await self._counted([f"letters:account:{_account(email)}"], [LETTERS])

    async def forget_codes(self, person_id: UUID, email: str, visitor: Coming) -> None:
        key = await self._codes(person_id, email, visitor)
        async with told_kindly():
            await self._cache.redis.delete(key)

    async def knows(self, email: str, visitor: Coming) -> bool:
        """Whether the owner of the account has signed in by this browser before."""
        if not visitor.device:
            return False
        async with told_kindly():
            return bool(await self._cache.redis.sismember(_device(visitor.device), _account(email)))

    async def remember(self, email: str, visitor: Coming) -> str:
        """The owner has signed in: what their browser keeps, and their tries are forgotten."""
        account = _account(email)
        async with told_kindly(), self._cache.redis.pipeline() as together:
            # others may have signed in by this browser; one that nobody has is not adopted
            kept = visitor.device and await self._cache.redis.exists(_device(visitor.device))
            device = visitor.device if kept and visitor.device else secrets.token_urlsafe(32)
            together.sadd(_device(device), account)
            together.expire(_device(device), REMEMBERED)
            together.delete(f"tries:{visitor.address}:{account}")
            together.delete(f"tries:{_device(device)}:{account}")
            await together.execute()
        return device

    async def _codes(self, person_id: UUID, email: str, visitor: Coming) -> str:
        known = await self.knows(email, visitor)
        return f"codes:{person_id}" + (f":{_device(visitor.device or '')}" if known else "")

    async def _within(self, keys: list[str], limits: list[int]) -> None:
        if left := await self._counted(keys, limits):
            raise TooManyTries(
                f"Too many tries. Try again in {left // 60 + 1} min.", data={"retry_after": left}
            )

    async def _counted(self, keys: list[str], limits: list[int]) -> int:
        """Seconds until less than the limit was tried; 0 when it is."""
        return int(await self._cache.script(_COUNT, keys, [WINDOW, *limits]))
