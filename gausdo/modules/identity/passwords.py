"""Passwords: Argon2id (RFC 9106) off the event loop, a few at a time.

Keyboards differ in how they put «й» together, so a password is taken in one form, NFC (RFC 8265).
"""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_few = asyncio.Semaphore(4)
_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$59JxOhVT9mkghpXBhBGKrw$"
    "koaJK11PuKSf1bxzTqq1XxgZuH8v97mZp/W7g3/PpJU"
)
"""Of nobody, so that an unknown name takes as long as a known one; by the same parameters."""


async def hashed(password: str) -> str:
    async with _few:
        return await asyncio.to_thread(_hasher.hash, unicodedata.normalize("NFC", password))


NONE = ""
"""Stands for the hash of somebody who has no password, or none yet."""


async def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; as slow for nobody (None), or without one, as for somebody."""
    async with _few:
        fit = await asyncio.to_thread(_verify, password_hash or _NOBODY, password)
    return fit and bool(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False
