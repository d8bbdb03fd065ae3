"""Recovery codes: ten, each of 117 bits and good once, kept by their keyed hash.

Of fewer than 112 bits a slow hash with a salt would have to be kept (OWASP ASVS 5.0, 6.5.2).
"""

import hashlib
import hmac
import re
import secrets

COUNT = 10
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that looks like something else."""
_GROUPS, _EACH = 4, 6


def new_codes() -> list[str]:
    return [_code() for _ in range(COUNT)]


def _code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_EACH)) for _ in range(_GROUPS))


def hashed(key: str, code: str) -> bytes:
    """However it was typed: in small letters, with spaces or without dashes."""
    plain = re.sub(r"[\s-]", "", code).upper()
    return hmac.new(key.encode(), plain.encode(), hashlib.sha256).digest()
