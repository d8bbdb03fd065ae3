"""JSON as PostgreSQL builds it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSON

COLUMN = "of_"
"""Before the names of such columns, which may be any."""


def array_of(items: ColumnElement[Any]) -> ColumnElement[Any]:
    """`items`, a `json_agg`, as an array in any case: of no rows it is empty, not NULL."""
    return func.coalesce(items, cast(literal_column("'[]'"), JSON))


def told_of(told: Sequence[Any], only: frozenset[str] | None = None) -> list[ColumnElement[Any]]:
    """A JSON object of names and values by turns, called `item`; or `only` those values that are
    named, each a column of its own: the fewer they are, the less they cost. Of one name the last
    value counts.
    """
    if only is None:
        return [func.json_build_object(*told).label("item")]
    pairs = zip(told[::2], told[1::2], strict=True)
    columns = {str(name).strip("'"): value for name, value in pairs}
    return [value.label(COLUMN + name) for name, value in columns.items() if name in only]
