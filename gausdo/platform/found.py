"""The first rows of a page's order that have the words somebody has typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    select,
)

from gausdo.platform.parts import Part, looked_at

WALKED = 500
"""Rows of a part that are looked at in the order of the page before the words' index is asked."""
TASTED = 100
"""Rows of a small part that are looked at first: where none has the words, few rows have them."""


@dataclass(frozen=True)
class Words:
    """`found`: a row has them. `few`: it is one of so few that no order is walked for them.

    `seen`: the same, where it costs less of a row that is looked at anyway. `of_teams`: the same of
    each team that is a part, by the index of teams' words (`in_teams`). `own`: the only rows that
    are wanted, which no parts divide; unless `few`, they have an index in the order of the page.
    `elsewhere`: those of them that are of none of these teams.
    """

    found: ColumnElement[bool]
    few: bool
    of_teams: Sequence[ColumnElement[bool]] = ()
    seen: ColumnElement[bool] | None = None
    own: ColumnElement[bool] | None = None
    elsewhere: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class Places:
    """Where rows stand in the order of a page: `key` and `key_id` of all, where each `lies`, and
    which of them come after the cursor; a page has `more` of them.
    """

    all: Select[Any]
    beyond: ColumnElement[bool]
    descending: bool
    more: ColumnElement[int]

    def first(self, where: ColumnElement[bool], *columns: ColumnElement[Any]) -> Select[Any]:
        """The first beyond the cursor for which `where` holds, with more `columns` of theirs."""
        key, id, _ = self.all.selected_columns
        order = in_order(key, id, self.descending)
        found = self.all.where(self.beyond, where).order_by(*order).limit(self.more)
        return found.with_only_columns(*columns, key, id) if columns else found

    def among(self, places: Select[Any], of: Any) -> Select[Any]:
        """The first of these, which are `key`, `key_id` and `lies` in `of`."""
        return places.order_by(*in_order(of.c.key, of.c.key_id, self.descending)).limit(self.more)


def first_found(
    places: Callable[[Part | None], Places], words: Words, parts: Sequence[Part]
) -> list[Select[Any]]:
    """Selects of `key`, `key_id` and `lies` that have the page among them; `places` are those of a
    part.

    The first letters of a name are had by so many rows that the first ones of the order fill a
    page, where the index of words would tell all rows of everybody before one is taken. What does
    not fill it is had by few: then the index is asked, of each team for itself, and tells few.
    Other parts have few rows, unless they are wide, and all of them are looked at.
    """
    seen = words.found if words.seen is None else words.seen
    if words.own is not None:
        return _own_found(places(None), words, seen, words.own)
    if words.few or not parts:
        every = places(None)
        rest = every.all.where(every.beyond, words.found)
        if words.few:
            return [_by_words(every, rest)]
        return _tried(every, seen, every.beyond, rest, wide=True)
    firsts, of_teams = [], iter(words.of_teams)
    for part in parts:
        own = places(part)
        where = and_(own.beyond, part.where)
        if part.team is not None or part.wide:
            found = words.found if part.wide else next(of_teams)
            rest = own.all.where(found, looked_at(where))
            firsts += _tried(own, seen, where, rest, wide=part.wide)
        else:
            firsts.append(own.all.where(where, words.found))
    return firsts


def _own_found(
    places: Places, words: Words, seen: ColumnElement[bool], own: ColumnElement[bool]
) -> list[Select[Any]]:
    """Of somebody's own rows alone."""
    where = and_(places.beyond, own)
    if words.few:
        return [_by_words(places, places.all.where(where, words.found))]
    elsewhere = own if words.elsewhere is None else words.elsewhere
    rest = [places.all.where(found, looked_at(where)) for found in words.of_teams]
    rest.append(places.all.where(places.beyond, elsewhere, words.found))
    return _tried(places, seen, where, *rest)


def _tried(
    places: Places,
    found: ColumnElement[bool],
    where: ColumnElement[bool],
    *rest: Select[Any],
    wide: bool = False,
) -> list[Select[Any]]:
    """The first of a part: by their order or, where that does not fill the page, of the `rest`."""
    walked = _walked(places, found, where, wide).cte()
    full = select(func.count()).select_from(walked).scalar_subquery() == places.more
    return [
        select(walked).where(full),
        *(_by_words(places, told).where(~full) for told in rest),
    ]


def _by_words(places: Places, found: Select[Any]) -> Select[Any]:
    """The first of all that the index of words tells, which has no order."""
    sparse = found.offset(as_it_is(0)).subquery()
    return places.among(select(sparse.c.key, sparse.c.key_id, sparse.c.lies), sparse)


def _walked(
    places: Places, found: ColumnElement[bool], where: ColumnElement[bool], wide: bool
) -> Select[Any]:
    """Those that are found among the first of a part, as many as a page has at most."""
    key, id, lies = places.all.selected_columns
    narrow = places.all.whereclause
    wanted = found if narrow is None else and_(found, narrow)
    ordered = (
        select(key, id, lies, wanted.label("found"))
        .where(where)
        .order_by(*in_order(key, id, places.descending))
    )
    far = as_it_is(WALKED)
    if not wide:
        tasted = ordered.limit(as_it_is(TASTED)).subquery()
        far = case((exists().where(tasted.c.found), far), else_=as_it_is(0))
    seen = ordered.limit(far).subquery()
    told = select(seen.c.key, seen.c.key_id, seen.c.lies).where(seen.c.found)
    return places.among(told, seen)


def in_order(
    key: ColumnElement[Any], id: ColumnElement[Any], descending: bool
) -> tuple[ColumnElement[Any], ...]:
    """What a page is ordered by."""
    return (key.desc(), id.desc()) if descending else (key.asc(), id.asc())


def as_it_is(number: int) -> ColumnElement[int]:
    """In the text of the statement and not among its values, so that it is planned for."""
    return literal_column(str(number), Integer)
