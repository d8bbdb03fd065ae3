"""What stands in links that let somebody in without signing in: only its hash is kept.

It is made of an id and a key of the installation, so that a letter that is sent again after a kill
is the same letter, and a link can be told again.
"""

import base64
import hashlib
import hmac
from uuid import UUID


def token_of(key: str, id: UUID) -> str:
    """256 bits that nobody guesses who does not have the key."""
    made = hmac.digest(key.encode(), id.bytes, "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
