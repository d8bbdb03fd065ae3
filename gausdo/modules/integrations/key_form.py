"""What an API key looks like, so that scanners of secrets know it, and by what it is known here.

`gsd_`, 40 characters of base 62 made by chance (238 bits), and the CRC-32 of all before it in six
more: a key that was mistyped or made up is refused without a look at the database. The form is that
of GitHub's tokens
(https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/);
as a regular expression, `gsd_[0-9A-Za-z]{46}`.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib

PREFIX = "gsd_"
HINT = 4
"""Characters at the end by which people tell keys apart."""
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHANCE, _SUM = 40, 6
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_CHANCE + _SUM}}}")


def new_secret() -> str:
    told = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_CHANCE))
    return told + _checksum(told)


def is_whole(secret: str) -> bool:
    """Whether it may be a key at all."""
    return bool(_FORM.fullmatch(secret)) and _checksum(secret[:-_SUM]) == secret[-_SUM:]


def hashed(pepper: str, secret: str) -> bytes:
    """HMAC-SHA256: nothing slower is needed for what nobody can guess."""
    return hmac.new(pepper.encode(), secret.encode(), hashlib.sha256).digest()


def _checksum(told: str) -> str:
    number, digits = zlib.crc32(told.encode()), ""
    for _ in range(_SUM):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
