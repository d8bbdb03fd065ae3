"""A table as CSV (RFC 4180), for spreadsheets of this or that country."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gausdo.gateway.exports.cells import Record, reader
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

    def rows(self, records: Sequence[Record]) -> bytes:
        return self._lines(
            [
                "" if (raw := read(record)) is None else cell(raw)
                for read, cell in self._cells
            ]
            for record in records
        ).encode()  # fmt: skip

    def end(self) -> bytes:
        return b""

    def _lines(self, rows: Iterable[Sequence[str]]) -> str:
        told = io.StringIO()
        csv.writer(told, delimiter=self._separator).writerows(rows)
        return told.getvalue()


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
            return lambda raw: (
                datetime.fromisoformat(raw).astimezone(zone).isoformat(" ", "seconds")[:19]
            )
        case _:
            return str
