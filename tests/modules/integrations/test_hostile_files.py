"""Files that mean harm, and files that are none: refused, by code, and nothing is kept of them."""

import io
import zipfile

import pytest

from gausdo.kernel.errors import Invalid, TooLarge
from gausdo.modules.integrations import csv_table, file_table, xlsx_table
from tests.modules.integrations.test_file_imports import workbook

SHEET = "xl/worksheets/sheet1.xml"
ROWS = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}'
END = "</sheetData></worksheet>"


def altered(change: dict[str, bytes | None]) -> bytes:
    """A workbook in which members have another content, or are added."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["name"], ["One"]))) as book,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in book.namelist():
            if name not in change:
                out.writestr(name, book.read(name))
        for name, content in change.items():
            out.writestr(name, content or b"")
    return made.getvalue()


def sheet(rows: str) -> bytes:
    return altered({SHEET: (ROWS.format(rows) + END).encode()})


def lying() -> bytes:
    """A bomb whose directory says that it is small."""
    content = bytearray(altered({SHEET: b" " * 60_000_000}))
    return bytes(content.replace((60_000_000).to_bytes(4, "little"), (60).to_bytes(4, "little")))


CELL = '<row r="{row}"><c r="{at}" t="inlineStr"><is><t>x</t></is></c></row>'
HOSTILE = {
    "bomb": (lambda: altered({SHEET: b" " * 60_000_000}), "unpacked"),
    "bomb of settings": (lambda: altered({"xl/styles.xml": b"<a>" * 1_000_000}), "unpacked"),
    "bomb that lies": (lying, "broken"),
    "members": (lambda: altered({f"x{n}": b"" for n in range(300)}), "unpacked"),
    "entities": (
        lambda: altered({SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]>' + ROWS.encode()}), "entities"
    ),
    "entities in UTF-16": (
        lambda: altered({SHEET: '<!DOCTYPE a [<!ENTITY b "c">]>'.encode("utf-16")}), "entities"
    ),
    "a far row": (lambda: sheet(CELL.format(row=10**12, at="A1000000000000")), "rows"),
    "a far column": (lambda: sheet(CELL.format(row=1, at="ZZZ1")), "columns"),
    "no workbook": (lambda: altered({"[Content_Types].xml": b"<a/>"}), "broken"),
    "half a file": (lambda: workbook(["name"])[:400], "broken"),
    "nothing in it": (lambda: sheet(""), "empty"),
    "NUL": (lambda: b"name\nA\x00B\n", "binary"),
    "an endless line": (lambda: b"name\n" + b"x" * 200_000, "line"),
    "many columns": (lambda: b"a," * 100_00 + b"b\n", "columns"),
    "open quotes": (lambda: b'name\n"open\n', "quotes"),
    "no text": (lambda: b"name\n\x98\xff\n", "encoding"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_words(what: str) -> None:
    made, code = HOSTILE[what]
    with pytest.raises(Invalid) as refused:
        list(file_table.read(made()).rows)
    assert refused.value.errors[0].code == code


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    with pytest.raises(TooLarge):
        file_table.read(b"x" * (csv_table.LARGEST + 1))


def test_what_a_workbook_holds_is_measured_and_not_believed() -> None:
    assert xlsx_table.read(altered({"docProps/more.bin": bytes(5_000)})).header == ["name"]
