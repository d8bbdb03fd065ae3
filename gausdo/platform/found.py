"""The first rows of a page's order that have the words somebody has typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    func,
    literal_column,
    select,
)

from gausdo.platform.rights import looked_at

WALKED = 500
"""Rows of a part that are looked at in the order of the page before the words' index is asked."""


@dataclass(frozen=True)
class Words:
    """`found`: a row has them. `few`: it is one of so few that no order is walked for them.

    `of_teams`: the same of each team that is a part, by the index of teams' words (`in_teams`).
    """

    found: ColumnElement[bool]
    few: bool
    of_teams: Sequence[ColumnElement[bool]] = ()


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
    not fill it is had by few: then the index is asked, of each team for itself, and tells few. The
    `parts` after those of teams have few rows, and all of them are looked at.
    """
    if words.few:
        return [_by_words(places.where(beyond, words.found), descending, more)]
    if not parts:
        rest = places.where(beyond, words.found)
        return _tried(places, words.found, beyond, rest, descending, more)
    where = [and_(beyond, part) for part in parts]
    teams, few = where[: len(words.of_teams)], where[len(words.of_teams) :]
    firsts = [places.where(part, words.found) for part in few]
    for team, found in zip(teams, words.of_teams, strict=True):
        rest = places.where(found, looked_at(team))
        firsts += _tried(places, words.found, team, rest, descending, more)
    return firsts


def _tried(
    places: Select[Any],
    found: ColumnElement[bool],
    where: ColumnElement[bool],
    rest: Select[Any],
    descending: bool,
    more: ColumnElement[int],
) -> list[Select[Any]]:
    """The first of a part: by their order or, where that does not fill the page, of the `rest`."""
    walked = _walked(places, found, where, descending, more).cte()
    full = select(func.count()).select_from(walked).scalar_subquery() == more
    return [select(walked).where(full), _by_words(rest, descending, more).where(~full)]


def _by_words(found: Select[Any], descending: bool, more: ColumnElement[int]) -> Select[Any]:
    """The first of all that the index of words tells, which has no order."""
    sparse = found.offset(as_it_is(0)).subquery()
    return _first(select(sparse.c.key, sparse.c.key_id), sparse, descending, more)


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
    return _first(first, seen, descending, more)


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
