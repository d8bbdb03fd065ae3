"""Several pages in one statement, each read only where those before it leave something to wish.

What is asked is planned, sent and answered once, and what is not wanted costs next to nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)

from gausdo.platform.db import Read

_ITEMS: ColumnElement[str] = literal_column("'items'")
_FOUND: ColumnElement[str] = literal_column("'found'")


@dataclass(frozen=True)
class Turn:
    """A page (`Listed`), by the places of those before it: `empty` are all without a row, none of
    `roomy` is full, and one of `full` is, where there are any. What was not read has no row.
    """

    read: Read
    empty: tuple[int, ...] = ()
    roomy: tuple[int, ...] = ()
    full: tuple[int, ...] = ()


def first_of(reads: Sequence[Read]) -> Read:
    """The first page that has a row, or the last one; what they bind by one name is the same."""
    turns = [Turn(read, empty=tuple(range(place))) for place, read in enumerate(reads)]
    return _read("first of", turns, 0, lambda pages: func.coalesce(*reversed(pages)))


def in_turn(turns: Sequence[Turn], full: int) -> Read:
    """A JSON array of the pages, null for what was not read; `full` is one with so many rows."""
    return _read("in turn", turns, full, lambda pages: func.json_build_array(*pages))


def _read(
    name: str,
    turns: Sequence[Turn],
    full: int,
    told: Callable[[Sequence[ColumnElement[Any]]], ColumnElement[Any]],
) -> Read:
    shapes = [(turn.read.shape, turn.empty, turn.roomy, turn.full) for turn in turns]
    values = {name: value for turn in turns for name, value in turn.read.values.items()}

    def statement() -> Select[Any]:
        pages: list[CTE] = []
        for turn in turns:
            page = turn.read.statement().scalar_subquery()
            wanted = _wanted(turn, [_count(one) for one in pages], full)
            pages.append(select(case((wanted, page)).label("page")).cte(f"turn_{len(pages)}"))
        return select(told([_page(one) for one in pages]))

    return Read((name, full, *shapes), values, statement, planned_once=True)


def _wanted(turn: Turn, counts: Sequence[ColumnElement[int]], full: int) -> ColumnElement[bool]:
    wanted = [counts[place] == 0 for place in turn.empty]
    wanted += [counts[place] < full for place in turn.roomy]
    if turn.full:
        wanted.append(or_(*(counts[place] >= full for place in turn.full)))
    return and_(true(), *wanted)


def _count(page: CTE) -> ColumnElement[int]:
    """The rows of a `Listed`, or of a `Columned` page."""
    found = cast(_page(page).op("->>")(_FOUND), Integer)
    return func.coalesce(found, func.json_array_length(_page(page).op("->")(_ITEMS)), 0)


def _page(page: CTE) -> ColumnElement[Any]:
    return select(page.c.page).scalar_subquery()
