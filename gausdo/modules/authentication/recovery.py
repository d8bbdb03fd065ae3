"""Recovery codes: ten, each of 73 bits and good once, kept by their keyed hash."""

import hashlib
import hmac
import re
import secrets

COUNT = 10
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that looks like something else."""
_GROUPS, _EACH = 3, 5


def new_codes() -> list[str]:
    return [_code() for _ in range(COUNT)]


def _code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_EACH)) for _ in range(_GROUPS))


def hashed(key: str, code: str) -> bytes:
    """However it was typed: in small letters, with spaces or without dashes."""
    plain = re.sub(r"[\s-]", "", code).upper()
    return hmac.new(key.encode(), plain.encode(), hashlib.sha256).digest()
