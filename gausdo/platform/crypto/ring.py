"""The keys that are not in the database: they wrap the data keys that are, make blind indexes, and
sign tokens.

The first is used for all that is new; the others open what was made with them, until
`gausdo keys rotate` has moved everything to the first. The key derived from the installation's
secret is always the last.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from gausdo.settings import Settings

FROM_SECRET = "secret"  # noqa: S105 - the name of a key
"""What the key derived from the installation's secret is called."""


class RingKey:
    """One key, and what is derived from it (HKDF, RFC 5869). `id` tells it from others."""

    def __init__(self, name: str, key: bytes) -> None:
        self.name = name
        self._key = key
        self.id = self._derived("id", 4).hex()

    def _derived(self, purpose: str, length: int = 32) -> bytes:
        return HKDFExpand(SHA256(), length, f"gausdo {purpose}".encode()).derive(self._key)

    @cached_property
    def wrapping(self) -> AESGCM:
        return AESGCM(self._derived("wrapping"))

    @cached_property
    def _indexing(self) -> bytes:
        return self._derived("indexing")

    @cached_property
    def signing(self) -> str:
        """What the key of tokens is derived from (`platform/tokens.py`)."""
        return self._derived("signing").hex()

    def index(self, message: bytes) -> str:
        """Equal messages, equal indexes; nothing else can be told of them without the key."""
        return self.id + hmac.new(self._indexing, message, hashlib.sha256).digest()[:16].hex()


class Ring:
    """Key by id. `keys`: name → 32 bytes, the one for what is new first."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = {one.id: one for one in (RingKey(*pair) for pair in keys.items())}
        self.first = next(iter(self))

    @classmethod
    def of(cls, settings: Settings) -> Self:
        derived = bytes.fromhex(settings.derived("sealed fields"))
        return cls({**settings.ring_keys, FROM_SECRET: derived})

    def __iter__(self) -> Iterator[RingKey]:
        return iter(self._keys.values())

    def get(self, id: str) -> RingKey | None:
        return self._keys.get(id)
