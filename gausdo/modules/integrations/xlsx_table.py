"""A worksheet of an XLSX file (ECMA-376), row by row: no more of it is in memory than a row.

Whoever sends one may mean harm, so everything in it is measured before anything is read: an archive
can be ten thousand times what it weighs, and what is told in its directory need not be so.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any
from zipfile import BadZipFile, ZipFile

from gausdo.kernel.errors import Invalid, invalid
from gausdo.modules.integrations.csv_table import MOST_COLUMNS, Table

SIGNATURE = b"PK\x03\x04"
MEMBERS = 200
UNPACKED = 50_000_000
RATIO = 100
LARGE = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml")
"""What is read bit by bit; of anything else a whole tree is made."""
REST = 2_000_000
"""Bytes of one of the others."""
CHUNK = 65_536
ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")
MOST_ROWS = 1_048_576
"""As many as a worksheet can have (ECMA-376), empty ones included."""


def read(content: bytes) -> Table:
    """The first worksheet. Raises Invalid when it is no such file, or one that may do harm."""
    _demand_harmless(content)
    rows = _rows(content)
    try:
        _, header = next(rows)
    except StopIteration:
        raise invalid("file", "empty", "The file is empty.") from None
    return Table([cell.strip() for cell in header], rows)


def _demand_harmless(content: bytes) -> None:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS:
                raise _bomb()
            left = UNPACKED
            for member in members:
                left -= _measured(archive, member, left)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as broken:
        raise _broken() from broken


def _measured(archive: ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """The bytes of a member as they really are. Raises Invalid."""
    most = min(left, max(RATIO * member.compress_size, CHUNK))
    if not LARGE.fullmatch(member.filename) and member.filename.endswith((".xml", ".rels")):
        most = min(most, REST)
    if member.file_size > most or member.flag_bits & 1:
        raise _bomb()
    size, tail = 0, b""
    with archive.open(member) as opened:
        while chunk := opened.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise _bomb()
            seen = (tail + chunk).replace(b"\x00", b"").upper()  # UTF-16, too
            if any(mark in seen for mark in ENTITIES):
                raise invalid("file", "entities", "The file defines entities, which no table does.")
            tail = chunk[-2 * len(ENTITIES[0]) :]
    return size


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows that have anything in them."""
    # Slow to load, and few send such files.
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        with closing(book):
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what it says of itself need not be so
            for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                _demand_few(line, cells)
                told = _bare(cells)
                if told:
                    yield line, told
    except Invalid:
        raise
    except Exception as broken:
        raise _broken() from broken  # the library has no error of its own for a broken file


def _demand_few(line: int, cells: Sequence[Any]) -> None:
    if line > MOST_ROWS:
        raise invalid("file", "rows", f"There may be at most {MOST_ROWS} rows.")
    if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
        raise invalid("file", "columns", f"There may be at most {MOST_COLUMNS} columns.")


def _bare(cells: Sequence[Any]) -> list[str]:
    """The cells as texts, without the empty ones at the end."""
    told = [_text(cell) for cell in cells[:MOST_COLUMNS]]
    while told and not told[-1].strip():
        told.pop()
    return told


def _text(cell: Any) -> str:
    """As a person reads it: whole numbers without a point, days without a time."""
    match cell:
        case None:
            return ""
        case bool():
            return "1" if cell else "0"
        case float() if cell.is_integer() and abs(cell) < 10**15:
            return str(int(cell))
        case datetime():
            return cell.isoformat(" ", "seconds").removesuffix(" 00:00:00")
        case _:
            return str(cell)


def _broken() -> Invalid:
    return invalid("file", "broken", "This is not a file of Excel (XLSX), or it is damaged.")


def _bomb() -> Invalid:
    return invalid(
        "file", "unpacked", "The file unpacks to more than a table has. Save it as CSV instead."
    )
