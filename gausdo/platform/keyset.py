"""Keyset pages built by PostgreSQL: rows in order, and the place to go on from, in one JSON.

A sort key is never NULL (`coalesce` it, and index that expression), so that one row comparison
finds the next page through the index at any depth.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from gausdo.kernel.errors import invalid
from gausdo.kernel.pages import ListQuery, not_a_place, place_of


def listed(
    rows: Select[Any],
    query: ListQuery,
    sorts: Mapping[str, ColumnElement[Any]],
    id: ColumnElement[Any],
    default: str,
) -> Select[Any]:
    """`rows` (its first column, `item`, being the row's JSON) as one page of `Listed`.

    Raises Invalid for a sort that is not offered and for a cursor that is none.
    """
    sort = query.sort or default
    descending = sort.startswith("-")
    key = sorts.get(sort.removeprefix("-"))
    if key is None:
        raise invalid("sort", "choice", f"Sorted by one of: {', '.join(sorts)}.")
    if query.after is not None:
        at = tuple_(*_typed(place_of(query.after, 2), key, id))
        here = tuple_(key, id)
        rows = rows.where(here < at if descending else here > at)
    order = (key.desc(), id.desc()) if descending else (key.asc(), id.asc())
    page = (
        rows.add_columns(key.label("key"), id.label("key_id"))
        .order_by(*order)
        .limit(query.limit + 1)
        .subquery("page")
    )
    numbered = select(
        page, func.row_number().over().label("place"), func.count().over().label("found")
    ).subquery("numbered")
    shown = numbered.c.place <= literal(query.limit)
    last = and_(numbered.c.place == literal(query.limit), numbered.c.found > literal(query.limit))
    return select(
        func.json_build_object(
            text("'items'"),
            func.coalesce(
                func.json_agg(aggregate_order_by(numbered.c.item, numbered.c.place)).filter(shown),
                cast(literal_column("'[]'"), JSON),
            ),
            text("'next'"),
            func.max(_cursor(numbered.c.key, numbered.c.key_id)).filter(last),
        )
    ).select_from(numbered)


def _cursor(key: ColumnElement[Any], id: ColumnElement[Any]) -> ColumnElement[str]:
    """As `kernel.pages.place` writes it: base64url of a JSON array, without padding."""
    array = cast(func.json_build_array(key, id), String)
    encoded = func.encode(func.convert_to(array, text("'UTF8'")), text("'base64'"))
    return func.translate(encoded, text(r"E'+/=\n'"), text("'-_'"))


_READ: dict[type, Callable[[str], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
    int: int,
    str: str,
}


def _typed(values: list[Any], *columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Values of a cursor as the columns' types; what does not fit is no cursor of ours."""
    try:
        return [
            literal(_READ[column.type.python_type](str(value)), column.type)
            for value, column in zip(values, columns, strict=True)
        ]
    except (ValueError, ArithmeticError):
        raise not_a_place() from None
