"""JSON as PostgreSQL builds it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSON


def array_of(items: ColumnElement[Any]) -> ColumnElement[Any]:
    """`items`, a `json_agg`, as an array in any case: of no rows it is empty, not NULL."""
    return func.coalesce(items, cast(literal_column("'[]'"), JSON))


def object_of(told: Sequence[Any], only: frozenset[str] | None = None) -> ColumnElement[Any]:
    """A JSON object of names and values by turns; `only` those of these names, which costs the less
    the fewer they are.
    """
    if only is not None:
        pairs = zip(told[::2], told[1::2], strict=True)
        told = [part for pair in pairs if str(pair[0]).strip("'") in only for part in pair]
    return func.json_build_object(*told)
