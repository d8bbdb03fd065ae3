"""Files that are kept: what each is, by its first bytes, and what it may be called."""

import unicodedata
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import Draft, Value

PORTION = 1024 * 1024
"""Bytes of a file that are kept, and read, at once."""


class NamedFile(Draft):
    """`name` is what it is called: of a path, the last part."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class SentFile(Value):
    """`media` is what its bytes say it is, and nothing that a browser would run."""

    id: UUID
    name: str
    media: str
    size: int


class KeepsProofs(Protocol):
    """The part of a module that keeps files which prove an entry of a record. They come portion by
    portion, as those of fields (`kernel.custom_files`), and go with what is recorded within a day.
    """

    async def begin_proof(self, actor: Actor, draft: NamedFile, key: str | None = None) -> UUID:
        """Raises Forbidden, Invalid, TooMany."""
        ...

    async def add_field_file_portion(
        self, actor: Actor, id: UUID, number: int, content: bytes
    ) -> None: ...

    async def finish_field_file(self, actor: Actor, id: UUID) -> SentFile: ...

    async def proof(self, actor: Actor, id: UUID, entry_id: UUID) -> SentFile:
        """Raises NotFound, Forbidden."""
        ...

    async def proof_portion(self, actor: Actor, id: UUID, entry_id: UUID, number: int) -> bytes:
        """`PORTION` bytes, less at the end. Raises as `proof`."""
        ...


UNKNOWN = "application/octet-stream"
LONGEST_NAME, LONGEST_ENDING = 200, 10

_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (4, b"ftyp", "video/mp4"),
)


def media_of(first: bytes) -> str:
    """Nothing that a browser would run, whatever the name says: HTML, SVG and scripts are bytes."""
    for at, beginning, media in _BEGINNINGS:
        if first[at : at + len(beginning)] == beginning:
            return media
    return UNKNOWN


def plain_name(told: str) -> str:
    """The last part of a path, without characters that cannot be seen or turn the others around.

    Nothing when there is none.
    """
    last = told.replace("\\", "/").rpartition("/")[2]
    seen = "".join(one for one in last if unicodedata.category(one)[0] != "C")
    name = " ".join(seen.split()).strip(". ")
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return name[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
