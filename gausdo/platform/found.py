"""The first rows of a page's order that have the words somebody has typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    false,
    func,
    literal_column,
    select,
    true,
    union_all,
)

WALKED = 500
"""Rows of a part that are looked at in the order of the page before the words' index is asked."""


@dataclass(frozen=True)
class Words:
    """`found`: a row has them. `few`: it is one of so few that no order is walked for them."""

    found: ColumnElement[bool]
    few: bool


def first_found(
    places: Select[Any],
    words: Words,
    parts: Sequence[ColumnElement[bool]],
    beyond: ColumnElement[bool],
    descending: bool,
    more: ColumnElement[int],
) -> list[Select[Any]]:
    """Selects of `key` and `key_id` that have the page among them; `places` has all places.

    The first letters of a name are had by so many rows that the first ones of the order fill a
    page, where the index of words would tell all rows of everybody before one is taken. What does
    not fill it is had by few: then the index is asked, and tells few. The last of `parts` has few
    rows, as `rights.parts` tells them, and all of them are looked at.
    """
    sparse = places.where(beyond, words.found).offset(as_it_is(0)).subquery("sparse")
    rest = _first(select(sparse.c.key, sparse.c.key_id), sparse, descending, more)
    if words.few:
        return [rest]
    each, elsewhere = (parts[:-1], parts[-1]) if parts else ([true()], None)
    met = [_walked(places, words.found, and_(beyond, part), descending, more) for part in each]
    if elsewhere is not None:
        own = places.where(beyond, elsewhere, words.found).subquery()
        met.append(select(own.c.key, own.c.key_id, false().label("walked")))
    tried = union_all(*met).cte("tried")
    count = select(func.count()).where(tried.c.walked).scalar_subquery()
    full = count == len(each) * more
    return [select(tried.c.key, tried.c.key_id).where(full), rest.where(~full)]


def _walked(
    places: Select[Any],
    found: ColumnElement[bool],
    where: ColumnElement[bool],
    descending: bool,
    more: ColumnElement[int],
) -> Select[Any]:
    """Those that are found among the first of a part, `more` at most."""
    key, id = places.selected_columns
    narrow = places.whereclause
    wanted = found if narrow is None else and_(found, narrow)
    seen = (
        select(key, id, wanted.label("found"))
        .where(where)
        .order_by(*in_order(key, id, descending))
        .limit(as_it_is(WALKED))
        .subquery()
    )
    first = select(seen.c.key, seen.c.key_id).where(seen.c.found)
    taken = _first(first, seen, descending, more).subquery()
    return select(taken, true().label("walked"))


def _first(places: Select[Any], of: Any, descending: bool, more: ColumnElement[int]) -> Select[Any]:
    return places.order_by(*in_order(of.c.key, of.c.key_id, descending)).limit(more)


def in_order(
    key: ColumnElement[Any], id: ColumnElement[Any], descending: bool
) -> tuple[ColumnElement[Any], ...]:
    """What a page is ordered by."""
    return (key.desc(), id.desc()) if descending else (key.asc(), id.asc())


def as_it_is(number: int) -> ColumnElement[int]:
    """In the text of the statement and not among its values, so that it is planned for."""
    return literal_column(str(number), Integer)
