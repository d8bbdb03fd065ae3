"""Keyset pages built by PostgreSQL: rows in order, and the place to go on from, in one JSON.

A sort key is never NULL (`coalesce` it, and index that expression), so that one row comparison
finds the next page through the index at any depth.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, aggregate_order_by
from sqlalchemy.types import Uuid

from gausdo.kernel.errors import invalid
from gausdo.kernel.history import ENTRIES
from gausdo.kernel.pages import (
    MAX_PAGE,
    TAKEN,
    ListQuery,
    at_most_a_page,
    not_a_place,
    place_of,
)
from gausdo.platform.db import Asked
from gausdo.platform.found import Places, Words, as_it_is, first_found, in_order
from gausdo.platform.json_sql import COLUMN, array_of
from gausdo.platform.parts import Part

WHERE_IT_LIES: ColumnElement[Any] = literal_column("ctid")
"""Of a row in its table: within one statement the shortest way back to it."""


def listed(
    rows: Select[Any],
    query: ListQuery,
    sorts: Mapping[str, ColumnElement[Any]],
    id: ColumnElement[Any],
    default: str,
    parts: Sequence[Part] = (),
    words: Words | None = None,
) -> Select[Any]:
    """`rows` (its first column, `item`, being the row's JSON) as one page of `Listed`; of
    `Columned` where they are made of columns instead (`told_of`).

    `parts` divide the rows (`hidden.divided`): a page is the first of the first rows of each.
    Raises Invalid for a sort that is not offered and for a cursor that is none.
    """
    if "item" not in rows.selected_columns:
        return _columned(_numbered(rows, query, sorts, id, default, parts, words))
    page = paged(rows, query, sorts, id, default, parts, words)
    told = _object(page.selected_columns.items())
    return page.with_only_columns(told, maintain_column_froms=True)


def _columned(page: "_Numbered") -> Select[Any]:
    columns = [
        (name.removeprefix(COLUMN), page.all_of(column))
        for name, column in page.rows.items()
        if name.startswith(COLUMN)
    ]
    found = func.count().filter(page.shown)
    told = ("found", found), ("next", page.next), ("columns", _object(columns))
    return select(_object(told))


def _object(told: Iterable[tuple[str, ColumnElement[Any]]]) -> ColumnElement[Any]:
    return func.json_build_object(
        *(part for name, value in told for part in (text(f"'{name}'"), value))
    )


def paged(
    rows: Select[Any],
    query: ListQuery,
    sorts: Mapping[str, ColumnElement[Any]],
    id: ColumnElement[Any],
    default: str,
    parts: Sequence[Part] = (),
    words: Words | None = None,
) -> Select[Any]:
    """The same as columns: `items`, `next` and, where they are asked for, `cursors`."""
    page = _numbered(rows, query, sorts, id, default, parts, words)
    told = [page.all_of(page.rows.item).label("items"), page.next.label("next")]
    if query.cursors:
        told.append(page.all_of(page.cursor).label("cursors"))
    return select(*told)


@dataclass(frozen=True)
class _Numbered:
    """The `rows` of a page in their order, and one more where there are more."""

    rows: Any
    limit: ColumnElement[int]
    cursor: ColumnElement[str]

    @property
    def shown(self) -> ColumnElement[bool]:
        shown: ColumnElement[bool] = self.rows.place <= self.limit
        return shown

    @property
    def next(self) -> ColumnElement[Any]:
        last = and_(self.rows.place == self.limit, self.rows.found > self.limit)
        return func.max(self.cursor).filter(last)

    def all_of(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        told = func.json_agg(aggregate_order_by(column, self.rows.place)).filter(self.shown)
        return array_of(told)


def _numbered(
    rows: Select[Any],
    query: ListQuery,
    sorts: Mapping[str, ColumnElement[Any]],
    id: ColumnElement[Any],
    default: str,
    parts: Sequence[Part],
    words: Words | None,
) -> _Numbered:
    _, descending = _sorted(query, sorts, default)
    more = as_it_is(roomy(query.limit) + 1)

    def places(part: Part | None = None) -> Places:
        key, _ = _sorted(query, (part and part.sorts) or sorts, default)
        place = key.label("key"), id.label("key_id"), WHERE_IT_LIES.label("lies")
        beyond = _beyond(query, key, id, descending)
        return Places(rows.with_only_columns(*place), beyond, descending, more)

    if words:
        page = _joined(rows, first_found(places, words, parts), descending, more)
    elif parts:
        firsts = [places(part).first(part.where) for part in parts]
        page = _joined(rows, firsts, descending, more)
    else:
        page = places().first(true(), *rows.selected_columns)
    numbered = select(
        page.subquery("page"),
        func.row_number().over().label("place"),
        func.count().over().label("found"),
    ).subquery("numbered")
    limit = bindparam("limit", query.limit, Integer)
    return _Numbered(numbered.c, limit, _cursor(numbered.c.key, numbered.c.key_id))


def _beyond(
    query: ListQuery, key: ColumnElement[Any], id: ColumnElement[Any], descending: bool
) -> ColumnElement[bool]:
    """What comes after the cursor; everything where there is none."""
    if query.after is None:
        return true()
    after_key, after_id = _typed(query.after, key)
    at = tuple_(
        bindparam("after_key", after_key, key.type), bindparam("after_id", after_id, id.type)
    )
    here = tuple_(key, id)
    return here < at if descending else here > at


def roomy(limit: int) -> int:
    """So many rows are read for a page of `limit`: few sizes make few statements, and with the
    number in its text PostgreSQL knows what to plan for.
    """
    return next(size for size in (5, 10, 20, 50, 100, MAX_PAGE, ENTRIES, TAKEN) if size >= limit)


def _joined(
    rows: Select[Any],
    firsts: Sequence[Select[Any]],
    descending: bool,
    more: ColumnElement[int],
) -> Select[Any]:
    """The rows of the first of several places; their JSON is made once they are chosen."""
    every = union_all(*(first.subquery().select() for first in firsts)).subquery("parts")
    order = in_order(every.c.key, every.c.key_id, descending)
    first = select(every).order_by(*order).limit(more).subquery("first")
    return (
        select(*rows.selected_columns, first.c.key, first.c.key_id)
        .where(first.c.lies == WHERE_IT_LIES)
        .order_by(*in_order(first.c.key, first.c.key_id, descending))
    )


PARENT: ColumnElement[Any] = literal_column("parent.id", Uuid)
"""The record of another kind whose page is read, within a statement of `listed_by`."""


def listed_by(page: Select[Any], ids: list[UUID]) -> Select[Any]:
    """`page`, which compares something with `PARENT`, for each of `ids`: id → `Listed`, in JSON.

    The ids are bound as `parents`.
    """
    asked = func.unnest(bindparam("parents", ids, ARRAY(Uuid)))
    parent = asked.table_valued("id").render_derived(name="parent")
    pages = func.json_object_agg(parent.c.id, page.scalar_subquery())
    empty = cast(literal_column("'{}'"), JSON)
    return select(func.coalesce(pages, empty)).select_from(parent)


def add_parents(asked: Asked, ids: list[UUID]) -> None:
    """What `listed_by` makes of the ids, for a read that is told apart.

    Raises Invalid for more ids than a page has records.
    """
    asked.add(parents=at_most_a_page(ids))


def asked_page(
    asked: Asked, query: ListQuery, sorts: Mapping[str, ColumnElement[Any]], default: str
) -> None:
    """What `listed` makes of the query, for a read that is told apart; raises as it does."""
    key, _ = _sorted(query, sorts, default)
    size = roomy(query.limit)
    asked.add(query.sort, query.cursors, query.after is not None, size, limit=query.limit)
    if query.after is not None:
        after_key, after_id = _typed(query.after, key)
        asked.add(after_key=after_key, after_id=after_id)


def _sorted(
    query: ListQuery, sorts: Mapping[str, ColumnElement[Any]], default: str
) -> tuple[ColumnElement[Any], bool]:
    """The key, and whether the page goes downwards."""
    sort = query.sort or default
    key = sorts.get(sort.removeprefix("-"))
    if key is None:
        raise invalid("sort", "choice", f"Sorted by one of: {', '.join(sorts)}.")
    return key, sort.startswith("-")


def _cursor(key: ColumnElement[Any], id: ColumnElement[Any]) -> ColumnElement[str]:
    """As `kernel.pages.place` writes it: base64url of a JSON array, without padding."""
    array = cast(func.json_build_array(key, id), String)
    encoded = func.encode(func.convert_to(array, text("'UTF8'")), text("'base64'"))
    return func.translate(encoded, text(r"E'+/=\n'"), text("'-_'"))


_READ: dict[type, Callable[[str], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
    int: int,
    str: str,
}


def _typed(after: str, key: ColumnElement[Any]) -> tuple[Any, UUID]:
    """The place of a cursor as the columns' types; what does not fit is no cursor of ours."""
    at, id = place_of(after, 2)
    try:
        return _READ[key.type.python_type](str(at)), UUID(str(id))
    except (ValueError, ArithmeticError):
        raise not_a_place() from None
