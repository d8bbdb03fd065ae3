"""A CSV file that a spreadsheet opens, and takes nothing in it for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that spreadsheets calculate (OWASP: CSV injection)."""
_PHONE = frozenset("0123456789 ()-.")


def written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, so that a spreadsheet knows; separated by semicolons."""
    told = io.StringIO(newline="")
    file = csv.writer(told, delimiter=";")
    for row in (header, *rows):
        file.writerow([safe(cell) for cell in row])
    return told.getvalue().encode("utf-8-sig")


def safe(cell: str) -> str:
    """With an apostrophe before what would be calculated; a phone is none."""
    if cell.startswith(FORMULAS) and not (cell[0] == "+" and _PHONE.issuperset(cell[1:])):
        return f"'{cell}"
    return cell
