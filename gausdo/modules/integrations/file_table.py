"""A file as people have it, whichever of the formats it is in: its header, and its rows."""

from gausdo.kernel.errors import TooLarge
from gausdo.modules.integrations import csv_table, xlsx_table
from gausdo.modules.integrations.csv_table import LARGEST, TOO_LARGE, Table


def format_of(content: bytes) -> str:
    """By what it is, whatever it is called."""
    return "xlsx" if content.startswith(xlsx_table.SIGNATURE) else "csv"


def read(content: bytes) -> Table:
    """Raises TooLarge, Invalid; the rows, which are read as they are asked for, raise Invalid."""
    if len(content) > LARGEST:
        raise TooLarge(TOO_LARGE)
    if format_of(content) == "xlsx":
        return xlsx_table.read(content)
    return csv_table.read(content)
