"""Files that are kept: what each is, by its first bytes, and what it may be called."""

import unicodedata
from uuid import UUID

from gausdo.kernel.values import Value

PORTION = 1024 * 1024
"""Bytes of a file that are kept, and read, at once."""


class SentFile(Value):
    """`media` is what its bytes say it is, and nothing that a browser would run."""

    id: UUID
    name: str
    media: str
    size: int


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
