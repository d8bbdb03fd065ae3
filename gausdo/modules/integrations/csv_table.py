"""A file of comma-separated values as people have it: any usual encoding, any usual separator."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gausdo.kernel.errors import Invalid, TooLarge, invalid

LARGEST = 20 * 1024 * 1024
TOO_LARGE = "A file may have at most 20 MB. Split it, and import the parts one after another."
LONGEST_LINE = 100_000
MOST_COLUMNS = 500
SEPARATORS = ";,\t"
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True)
class Table:
    """The header and, lazily, the rows below it: the line each begins on, and its cells."""

    header: Sequence[str]
    rows: Iterator[tuple[int, list[str]]]


def read(content: bytes) -> Table:
    """Raises TooLarge, and Invalid when it is no such file or a line of it is broken."""
    if len(content) > LARGEST:
        raise TooLarge(TOO_LARGE)
    text = _decoded(content)
    _refuse_hostile(text)
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=lambda mark: len(_cells(first, mark)))
    rows = _rows(text, separator)
    try:
        _, header = next(rows)
    except StopIteration:
        raise _broken("empty", "The file is empty.") from None
    if len(header) > MOST_COLUMNS:
        raise _broken("columns", f"There may be at most {MOST_COLUMNS} columns.")
    return Table([cell.strip() for cell in header], rows)


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or else Windows-1251."""
    mark = _MARKS.get(content[:2])
    try:
        if mark:
            return content[2:].decode(mark)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("windows-1251")
    except UnicodeDecodeError:
        raise _broken("encoding", "The file is neither UTF-8 nor Windows-1251.") from None


def _refuse_hostile(text: str) -> None:
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise _broken("binary", f"Line {line} has a NUL: this is not a text file.")
    start = 0
    while (end := text.find("\n", start)) >= 0 or len(text) - start > LONGEST_LINE:
        if (end if end >= 0 else len(text)) - start > LONGEST_LINE:
            line = text.count("\n", 0, start) + 1
            raise _broken("line", f"Line {line} has more than {LONGEST_LINE} characters.")
        start = end + 1


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that have anything in them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise _broken(
            "quotes", f"Line {line} cannot be read ({error}). Check its quotes."
        ) from None


def _broken(code: str, message: str) -> Invalid:
    return invalid("file", code, message)
