"""A table as CSV (RFC 4180), for spreadsheets of this or that country."""

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from gausdo.gateway.exports.cells import Columns, reader
from gausdo.kernel.exporting import CellType, ExportColumn

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet begins to compute with (CWE-1236)."""
_YES: dict[str, tuple[str, str]] = {"en": ("no", "yes"), "ru": ("нет", "да")}


def harmless(text: str) -> str:
    """The same text as no spreadsheet takes it for a formula: what brings files in reads it so."""
    return f"'{text}" if text.startswith(FORMULA) else text


class CsvFile:
    """A semicolon between cells comes with a comma in numbers: a spreadsheet expects both or none.

    `marked`: the mark by which some know UTF-8 stands first.
    """

    media = "text/csv; charset=utf-8"

    def __init__(
        self, columns: Sequence[ExportColumn], zone: ZoneInfo, locale: str, separator: str,
        *, marked: bool,
    ) -> None:  # fmt: skip
        self._columns = columns
        self._separator = separator
        self._mark = "\ufeff" if marked else ""
        comma = separator == ";"
        self._cells = [
            (reader(one), _cell(one.type, zone, _YES[locale], comma=comma)) for one in columns
        ]

    def begin(self) -> bytes:
        return (self._mark + self._lines([[harmless(one.title) for one in self._columns]])).encode()

    def rows(self, page: Columns) -> bytes:
        columns = [
            ["" if raw is None else cell(raw) for raw in read(page)] for read, cell in self._cells
        ]
        return self._lines(zip(*columns, strict=True)).encode()

    def end(self) -> bytes:
        return b""

    def _lines(self, rows: Iterable[Sequence[str]]) -> str:
        """As `csv` writes them. It looks at each letter, and most rows need nothing quoted."""
        lines, separator, between = _Lines(), self._separator, len(self._columns) - 1
        quoted = csv.writer(lines, delimiter=separator)
        for row in rows:
            line = separator.join(row)
            whole = line and line.count(separator) == between
            if whole and '"' not in line and "\n" not in line and "\r" not in line:
                lines.append(f"{line}\r\n")
            else:
                quoted.writerow(row)
        return "".join(lines)


class _Lines(list[str]):
    """A file for who writes it line by line."""

    write = list.append


def _clock(zone: ZoneInfo) -> Callable[[str], str]:
    """Times as the reader's clock shows them. A day is looked up once for all times within it:
    looked up one by one, two times were a third of what a row cost.
    """

    def there(raw: str) -> datetime:
        return datetime.fromisoformat(raw).astimezone(zone)

    @lru_cache(4000)  # eleven years
    def hours(day: str) -> list[str] | None:
        """How each hour of a day of UTC begins there; None where the clock is put forward or back
        on that day, or is not whole hours away.
        """
        first, last = there(f"{day}T00:00:00Z"), there(f"{day}T23:59:59Z")
        if first.utcoffset() != last.utcoffset() or first.minute or first.second:
            return None
        days = str(first.date()), str(last.date())
        later = (divmod(first.hour + n, 24) for n in range(24))
        return [f"{days[day]} {hour:02}" for day, hour in later]

    def cell(raw: str) -> str:
        in_utc = raw.endswith(("+00:00", "Z")) and raw[16:17] == ":"
        if in_utc and (told := hours(raw[:10])) is not None:
            return told[int(raw[11:13])] + raw[13:19]
        return there(raw).isoformat(" ", "seconds")[:19]

    return cell


def _cell(
    type: CellType, zone: ZoneInfo, no_and_yes: tuple[str, str], *, comma: bool
) -> Callable[[Any], str]:
    match type:
        case CellType.TEXT:
            return harmless
        case CellType.LIST:
            return lambda raw: harmless(", ".join(raw))
        case CellType.BOOL:
            return lambda raw: no_and_yes[raw]
        case CellType.NUMBER | CellType.MONEY if comma:
            return lambda raw: raw.replace(".", ",")
        case CellType.TIME:
            return _clock(zone)
        case _:
            return str
