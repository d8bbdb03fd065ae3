"""A sealed file: written and read as a stream, found out when anything in it is not as it was.

A head in JSON, then chunks under AES-256-GCM. A chunk's nonce is its number and whether it is the
last, and the head is authenticated with each of them: chunks that are altered, left out, doubled
or put in another order do not open, nor does a file that was cut off or added to. This is STREAM
(Hoang, Reyhanitabar, Rogaway, Vizár, 2015), as age and Tink use it; the key is of one file only.
"""

import hmac
import json
import os
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"GAUSDO SEALED FILE\n"
VERSION = 1
CHUNK = 1024 * 1024
_LONGEST_HEAD = 64 * 1024
_TAG = 16


class ArchiveError(RuntimeError):
    """The file cannot be opened; the message says why and what to do."""


class FileKey(Protocol):
    """What a file is sealed with."""

    kind: str

    def derived(self, salt: bytes) -> bytes:
        """32 bytes for the file with this salt."""


class SecretKey:
    """A key derived from the installation's secret."""

    kind = "secret"

    def __init__(self, secret: str) -> None:
        self._secret = bytes.fromhex(secret)

    def derived(self, salt: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt, b"gausdo file").derive(self._secret)


class Passphrase:
    """A key made of what a person remembers, at a cost that makes guessing slow (Argon2id)."""

    kind = "passphrase"
    SHORTEST = 12

    def __init__(self, words: str) -> None:
        """Raises ArchiveError for fewer than 12 characters."""
        if len(words) < self.SHORTEST:
            raise ArchiveError(f"A passphrase has at least {self.SHORTEST} characters.")
        self._words = words.encode()

    def derived(self, salt: bytes) -> bytes:
        return hash_secret_raw(
            self._words, salt, time_cost=3, memory_cost=64 * 1024, parallelism=1, hash_len=32,
            type=Type.ID,
        )  # fmt: skip


class Writer:
    """Seals what is written to it; what it has written is whole only after `close`."""

    def __init__(self, file: BinaryIO, key: FileKey) -> None:
        salt = os.urandom(16)
        made = key.derived(salt)
        head = {"key": key.kind, "salt": salt.hex(), "check": _check(made), "chunk": CHUNK}
        told = json.dumps(head).encode()
        self._head = MAGIC + bytes([VERSION]) + len(told).to_bytes(4) + told
        self._aead, self._file, self._number = AESGCM(made), file, 0
        self._held = bytearray()
        file.write(self._head)

    def write(self, data: bytes) -> None:
        self._held += data
        while len(self._held) > CHUNK:  # the last one is told by `close`, however long it is
            self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]

    def close(self) -> None:
        self._seal(bytes(self._held), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._aead.encrypt(_nonce(self._number, last=last), chunk, self._head))
        self._number += 1


def opened(file: BinaryIO, key: FileKey) -> Iterator[bytes]:
    """The chunks of a sealed file, each as soon as it is known to be right.

    What has been answered is right so far, and all of it only once the end was reached. Raises
    ArchiveError.
    """
    told, head = _head(file)
    if told["key"] != key.kind:
        raise ArchiveError(f"This file was sealed with a {told['key']}; tell that one.")
    made = key.derived(bytes.fromhex(told["salt"]))
    if not hmac.compare_digest(_check(made), str(told["check"])):
        raise ArchiveError(f"This is not the {key.kind} that the file was sealed with.")
    aead, number, size = AESGCM(made), 0, int(told["chunk"]) + _TAG
    chunk = file.read(size)
    while True:
        following = file.read(size)
        try:
            yield aead.decrypt(_nonce(number, last=not following), chunk, head)
        except InvalidTag:
            raise ArchiveError(
                f"The file is damaged or was cut off, at about {number * size} bytes. "
                "Nothing of it can be trusted: take another copy."
            ) from None
        if not following:
            return
        chunk, number = following, number + 1


def _head(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    magic = file.read(len(MAGIC))
    if magic != MAGIC:
        raise ArchiveError("This is not a file that Gausdo has sealed.")
    version, length = file.read(1), file.read(4)
    if version != bytes([VERSION]):
        raise ArchiveError("This file was sealed by a newer Gausdo. Open it with that one.")
    told = file.read(min(int.from_bytes(length), _LONGEST_HEAD))
    try:
        head = json.loads(told)
        bytes.fromhex(head["salt"])
        right = 0 < int(head["chunk"]) <= 64 * CHUNK and {"key", "check"} <= head.keys()
    except (ValueError, KeyError, TypeError, AttributeError):
        right = False
    if not right:
        raise ArchiveError("The head of the file is damaged. Take another copy.")
    return head, magic + version + length + told


def _check(key: bytes) -> str:
    """Tells a wrong key from a damaged file, and binds the file to one key."""
    return hmac.digest(key, b"gausdo file check", "sha256").hex()


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])
