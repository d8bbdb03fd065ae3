"""A sealed file opens whole or not at all."""

import io
from collections.abc import Callable

import pytest

from gausdo.platform.crypto import archive
from gausdo.platform.crypto.archive import ArchiveError, FileKey, Passphrase, SecretKey, Writer

KEY = SecretKey("0f" * 32)
CHUNK = 64
SEALED = CHUNK + 16


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "CHUNK", CHUNK)


def sealed(content: bytes, key: FileKey = KEY) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, key)
    for place in range(0, len(content), 50):
        writer.write(content[place : place + 50])
    writer.close()
    return file.getvalue()


def opened(content: bytes, key: FileKey = KEY) -> bytes:
    return b"".join(archive.opened(io.BytesIO(content), key))


def of(size: int) -> bytes:
    return bytes(number % 251 for number in range(size))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 1000])
def test_what_was_sealed_comes_back(size: int) -> None:
    content = of(size)
    assert opened(sealed(content)) == content
    assert sealed(content) != sealed(content)


WHOLE = 5 * CHUNK
CHANGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "one left out": lambda chunks: chunks[:2] + chunks[3:],
    "the first left out": lambda chunks: chunks[1:],
    "the last left out": lambda chunks: chunks[:-1],
    "only the last": lambda chunks: chunks[-1:],
    "none": lambda _: [],
    "another order": lambda chunks: [chunks[1], chunks[0], *chunks[2:]],
    "one twice": lambda chunks: [chunks[0], *chunks],
    "the last twice": lambda chunks: [*chunks, chunks[-1]],
    "one more byte": lambda chunks: [*chunks, b"\0"],
    "one byte less": lambda chunks: [*chunks[:-1], chunks[-1][:-1]],
    "a bit": lambda chunks: [*chunks[:3], bytes([chunks[3][0] ^ 1]) + chunks[3][1:], chunks[4]],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_file_that_was_laid_hands_on_is_refused(
    change: Callable[[list[bytes]], list[bytes]],
) -> None:
    file = sealed(of(WHOLE))
    head, body = file[: -5 * SEALED], file[-5 * SEALED :]
    chunks = [body[place : place + SEALED] for place in range(0, len(body), SEALED)]
    assert opened(head + b"".join(chunks)) == of(WHOLE)
    with pytest.raises(ArchiveError):
        opened(head + b"".join(change(chunks)))


def test_chunks_of_two_files_are_not_mixed() -> None:
    one, other = sealed(of(WHOLE)), sealed(of(WHOLE))
    with pytest.raises(ArchiveError, match="damaged"):
        opened(one[:-SEALED] + other[-SEALED:])


def test_every_bit_of_the_head_counts() -> None:
    file = sealed(b"some content")
    body = len(b"some content") + 16
    for place in range(len(file) - body):
        changed = bytearray(file)
        changed[place] ^= 1
        with pytest.raises(ArchiveError):
            opened(bytes(changed))


def test_a_wrong_key_is_told_from_a_damaged_file() -> None:
    file = sealed(b"some content")
    with pytest.raises(ArchiveError, match="not the secret"):
        opened(file, SecretKey("0e" * 32))
    with pytest.raises(ArchiveError, match="sealed with a secret"):
        opened(file, Passphrase("correct horse battery"))


def test_a_passphrase_opens_what_it_has_sealed() -> None:
    file = sealed(b"some content", Passphrase("correct horse battery"))
    assert opened(file, Passphrase("correct horse battery")) == b"some content"
    with pytest.raises(ArchiveError, match="not the passphrase"):
        opened(file, Passphrase("correct horse batterY"))
    with pytest.raises(ArchiveError, match="at least"):
        Passphrase("short")


def test_a_newer_file_and_another_kind_of_file_are_refused() -> None:
    file = bytearray(sealed(b"some content"))
    file[len(archive.MAGIC)] = archive.VERSION + 1
    with pytest.raises(ArchiveError, match="newer"):
        opened(bytes(file))
    with pytest.raises(ArchiveError, match="not a file"):
        opened(b"PGDMP" + bytes(100))
