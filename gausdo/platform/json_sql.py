"""JSON as PostgreSQL builds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSON


@dataclass(frozen=True)
class Columns:
    """Names of what is told as a column each, and not in one object."""

    names: frozenset[str]


Only: TypeAlias = frozenset[str] | Columns | None
COLUMN = "of_"
"""Before the names of such columns, which may be any."""


def array_of(items: ColumnElement[Any]) -> ColumnElement[Any]:
    """`items`, a `json_agg`, as an array in any case: of no rows it is empty, not NULL."""
    return func.coalesce(items, cast(literal_column("'[]'"), JSON))


def told_of(told: Sequence[Any], only: Only = None) -> list[ColumnElement[Any]]:
    """A JSON object of names and values by turns, called `item`, `only` of those that are named; or
    each of those a column of its own. The fewer they are, the less they cost. Of one name the last
    value counts.
    """
    if only is None:
        return [func.json_build_object(*told).label("item")]
    pairs = zip(told[::2], told[1::2], strict=True)
    if not isinstance(only, Columns):
        some = [part for pair in pairs if str(pair[0]).strip("'") in only for part in pair]
        return [func.json_build_object(*some).label("item")]
    columns = {str(name).strip("'"): value for name, value in pairs}
    return [value.label(COLUMN + name) for name, value in columns.items() if name in only.names]
