"""JSON as PostgreSQL builds it."""

from typing import Any

from sqlalchemy import ColumnElement, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSON


def array_of(items: ColumnElement[Any]) -> ColumnElement[Any]:
    """`items`, a `json_agg`, as an array in any case: of no rows it is empty, not NULL."""
    return func.coalesce(items, cast(literal_column("'[]'"), JSON))
