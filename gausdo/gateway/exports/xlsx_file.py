"""A table as XLSX (ECMA-376), made while it is sent.

Libraries make the whole file before its first byte can leave. What one worksheet of plain cells
needs of the format is little; texts are inline, so that nothing is kept until the end, and no text
is a formula.
"""

import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from gausdo.gateway.exports.cells import Columns, reader
from gausdo.gateway.exports.sent import Sent
from gausdo.kernel.exporting import CellType, ExportColumn

ROWS = 1_048_576
"""Of one worksheet; what is more goes on in the next one."""
BYTES = 1_900_000_000
"""Of one worksheet, unpacked: below what makes a spreadsheet ask for ZIP64."""
DIGITS = 15
"""Of a number that a spreadsheet keeps; what has more stays a text."""
_FIRST_DAY, _EPOCH = date(1900, 3, 1), date(1899, 12, 30)
"""Before it spreadsheets count days that never were; that is day 0."""
_HEAD, _DATE, _TIME, _MONEY = 1, 2, 3, 4
"""Styles, as `_STYLES` lists them."""

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1"'
    ' topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="{last}" width="20"'
    ' customWidth="1"/></cols><sheetData>'
)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="5"><xf/><xf fontId="1" applyFont="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/>'
    '<xf numFmtId="4" applyNumberFormat="1"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What a spreadsheet would read as one character."""


class XlsxFile:
    media = f"{_TYPE}.sheet"

    def __init__(self, columns: Sequence[ExportColumn], zone: ZoneInfo) -> None:
        self._columns = columns
        self._cells = [
            (letters(number), reader(one), _cell(one.type, zone))
            for number, one in enumerate(columns)
        ]
        self._sent = Sent()
        self._zip = zipfile.ZipFile(
            self._sent, "w", zipfile.ZIP_DEFLATED, compresslevel=1
        )  # fmt: skip
        self._sheets = 0
        self._row = self._size = 0
        self._sheet: Any = None

    def begin(self) -> bytes:
        self._next_sheet()
        return self._sent.taken()

    def rows(self, page: Columns) -> bytes:
        lines: list[str] = []
        for record in zip(*(read(page) for _, read, _ in self._cells), strict=True):
            if self._row == ROWS or self._size > BYTES:
                self._write("".join(lines))
                lines.clear()
                self._next_sheet()
            self._row += 1
            row = self._row
            cells = [
                f'<c r="{letter}{row}"{cell(raw)}</c>'
                for raw, (letter, _, cell) in zip(record, self._cells, strict=True)
                if raw is not None and raw != []
            ]
            lines.append(f'<row r="{row}">{"".join(cells)}</row>')
        self._write("".join(lines))
        return self._sent.taken()

    def end(self) -> bytes:
        self._close_sheet()
        numbers = range(1, self._sheets + 1)
        for name, text in (
            ("xl/styles.xml", _STYLES),
            ("xl/workbook.xml", _workbook(numbers)),
            ("xl/_rels/workbook.xml.rels", _workbook_relations(numbers)),
            ("_rels/.rels", _PACKAGE),
            ("[Content_Types].xml", _types(numbers)),
        ):
            self._zip.writestr(name, text)
        self._zip.close()
        return self._sent.taken()

    def _next_sheet(self) -> None:
        if self._sheet is not None:
            self._close_sheet()
        self._sheets += 1
        self._row, self._size = 1, 0
        self._sheet = self._zip.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        titles = (
            f'<c r="{letter}1" s="{_HEAD}"{_text(one.title)}</c>'
            for (letter, _, _), one in zip(self._cells, self._columns, strict=True)
        )
        head = _SHEET.format(last=len(self._columns))
        self._write(f'{head}<row r="1">{"".join(titles)}</row>')

    def _close_sheet(self) -> None:
        self._write("</sheetData></worksheet>")
        self._sheet.close()

    def _write(self, text: str) -> None:
        told = text.encode()
        self._size += len(told)
        self._sheet.write(told)


def letters(number: int) -> str:
    """`A` of the first column, `AA` of the twenty-seventh."""
    told = ""
    while number >= 0:
        number, rest = number // 26 - 1, number % 26
        told = chr(ord("A") + rest) + told
    return told


def _text(raw: str) -> str:
    told = _ESCAPED.sub("_x005F_", _NO_XML.sub("", raw))
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(told)}</t></is>'


def _number(style: int = 0) -> Callable[[Any], str]:
    def cell(raw: Any) -> str:
        told = str(raw)
        if sum(map(str.isdigit, told)) > DIGITS:
            return _text(told)
        return f' s="{style}"><v>{told}</v>'

    return cell


def _day(raw: str) -> str:
    day = date.fromisoformat(raw)
    if day < _FIRST_DAY:
        return _text(raw)
    return f' s="{_DATE}"><v>{(day - _EPOCH).days}</v>'


def _time(zone: ZoneInfo) -> Callable[[str], str]:
    """On the reader's wall clock: a spreadsheet knows no zones."""
    start = datetime(1899, 12, 30)  # noqa: DTZ001 - of that clock

    def cell(raw: str) -> str:
        there = datetime.fromisoformat(raw).astimezone(zone).replace(tzinfo=None)
        if there.date() < _FIRST_DAY:
            return _text(str(there))
        since = there - start
        return f' s="{_TIME}"><v>{since.days + since.seconds / 86_400:.8f}</v>'

    return cell


def _cell(type: CellType, zone: ZoneInfo) -> Callable[[Any], str]:
    told: dict[CellType, Callable[[Any], str]] = {
        CellType.LIST: lambda raw: _text(", ".join(raw)),
        CellType.WHOLE: _number(),
        CellType.NUMBER: _number(),
        CellType.MONEY: _number(_MONEY),
        CellType.BOOL: lambda raw: f' t="b"><v>{raw:d}</v>',
        CellType.DATE: _day,
        CellType.TIME: _time(zone),
    }
    return told.get(type, _text)


_PACKAGE = (
    f'{_XML}<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)


def _workbook(sheets: range) -> str:
    told = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in sheets)
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{told}</sheets></workbook>'


def _workbook_relations(sheets: range) -> str:
    told = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in sheets
    )
    styles = f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    return f'{_XML}<Relationships xmlns="{_RELATIONS}">{told}{styles}</Relationships>'


def _types(sheets: range) -> str:
    told = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in sheets
    )
    return (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{told}</Types>'
    )
