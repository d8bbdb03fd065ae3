"""By what names and cities are sorted: letter case aside, «ё» with «е» and, when all else is equal,
after it. Equal keys are equal texts, letter case aside.
"""

from typing import Any

from sqlalchemy import ColumnElement, Computed, Text, case, func, literal_column, text

from gausdo.kernel.fields import folded

LAST = "chr(1114111)"
"""Above every text, for a sort that has no value at its end."""
_YO, _YE, _NONE = (literal_column(told, Text) for told in ("'ё'", "'е'", "''"))


def computed_key(column: str) -> Computed:
    """Of a column, kept beside it."""
    lower = f"lower({column})"
    tie = f"case when strpos({lower}, 'ё') > 0 then chr(1) || {lower} else '' end"
    return Computed(f"replace({lower}, 'ё', 'е') || {tie}", persisted=True)


def key_of(value: ColumnElement[Any]) -> ColumnElement[str]:
    """Of a value that a statement has."""
    lower: ColumnElement[str] = func.lower(value)
    has_yo = func.strpos(lower, _YO) > text("0")
    tie = case((has_yo, func.chr(text("1")).concat(lower)), else_=_NONE)
    return func.replace(lower, _YO, _YE).concat(tie)


def sort_key(name: str) -> str:
    """Of a text in hand."""
    lower = folded(name)
    return lower.replace("ё", "е") + (f"\x01{lower}" if "ё" in lower else "")
