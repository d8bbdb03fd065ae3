"""What can be asked of a field, and what it means once it is known who asks, when and where.

`meaning` turns an operator and its value into one of a few plain tests: no "today", no "me", no
value that is still JSON. The compilers of the condition language know these tests only.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from gausdo.kernel.fields import PUT_IN_BY_ANYBODY, Field, FieldType, Operand, folded

MAX_DAYS = 3660


class Op(StrEnum):
    """An operator's name on the wire; `OPERATORS` says of which fields it can be asked."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BETWEEN = "between"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"
    IS_ME = "is_me"
    YESTERDAY = "yesterday"
    TODAY = "today"
    TOMORROW = "tomorrow"
    LAST_WEEK = "last_week"
    THIS_WEEK = "this_week"
    NEXT_WEEK = "next_week"
    LAST_MONTH = "last_month"
    THIS_MONTH = "this_month"
    NEXT_MONTH = "next_month"
    LAST_QUARTER = "last_quarter"
    THIS_QUARTER = "this_quarter"
    NEXT_QUARTER = "next_quarter"
    LAST_YEAR = "last_year"
    THIS_YEAR = "this_year"
    NEXT_YEAR = "next_year"
    LAST_N_DAYS = "last_n_days"
    NEXT_N_DAYS = "next_n_days"
    BEFORE_LAST_N_DAYS = "before_last_n_days"
    BEFORE_TODAY = "before_today"
    AFTER_TODAY = "after_today"


def _days(today: date, size: int, moved: int) -> date:
    """The first day of the day or week `moved` away; 1 January of year 1 was a Monday."""
    return date.fromordinal(((today.toordinal() - 1) // size + moved) * size + 1)


def _months(today: date, size: int, moved: int) -> date:
    """The first day of the month, quarter or year `moved` away."""
    month = ((today.year * 12 + today.month - 1) // size + moved) * size
    return date(month // 12, month % 12 + 1, 1)


_PERIODS: Mapping[Op, tuple[Callable[[date, int, int], date], int, int]] = {
    Op.YESTERDAY: (_days, 1, -1),
    Op.TODAY: (_days, 1, 0),
    Op.TOMORROW: (_days, 1, 1),
    Op.LAST_WEEK: (_days, 7, -1),
    Op.THIS_WEEK: (_days, 7, 0),
    Op.NEXT_WEEK: (_days, 7, 1),
    Op.LAST_MONTH: (_months, 1, -1),
    Op.THIS_MONTH: (_months, 1, 0),
    Op.NEXT_MONTH: (_months, 1, 1),
    Op.LAST_QUARTER: (_months, 3, -1),
    Op.THIS_QUARTER: (_months, 3, 0),
    Op.NEXT_QUARTER: (_months, 3, 1),
    Op.LAST_YEAR: (_months, 12, -1),
    Op.THIS_YEAR: (_months, 12, 0),
    Op.NEXT_YEAR: (_months, 12, 1),
}
_COUNTED = (Op.LAST_N_DAYS, Op.NEXT_N_DAYS, Op.BEFORE_LAST_N_DAYS)
RELATIVE = (*_PERIODS, *_COUNTED, Op.BEFORE_TODAY, Op.AFTER_TODAY)
"""The operators of days as seen from today."""

_SAME = (Op.EQ, Op.NE)
_ONE_OF = (Op.IN, Op.NOT_IN)
_ORDER = (Op.GT, Op.GTE, Op.LT, Op.LTE, Op.BETWEEN)
FILLED = (Op.IS_EMPTY, Op.IS_NOT_EMPTY)
_LISTS = (*_ONE_OF, Op.BETWEEN)
_ALONE = (*FILLED, Op.IS_ME, *_PERIODS, Op.BEFORE_TODAY, Op.AFTER_TODAY)

OPERATORS: Mapping[FieldType, tuple[Op, ...]] = {
    FieldType.TEXT: (*_SAME, *_ONE_OF, Op.CONTAINS, Op.STARTS_WITH, *FILLED),
    FieldType.NUMBER: (*_SAME, *_ONE_OF, *_ORDER, *FILLED),
    FieldType.MONEY: (*_SAME, *_ONE_OF, *_ORDER, *FILLED),
    FieldType.BOOL: (*_SAME, *FILLED),
    FieldType.DATE: (*_SAME, *_ORDER, *RELATIVE, *FILLED),
    FieldType.TIME: (*_SAME, *_ORDER, *RELATIVE, *FILLED),
    FieldType.CHOICE: (*_SAME, *_ONE_OF, *FILLED),
    FieldType.CHOICES: (Op.CONTAINS, *_ONE_OF, *FILLED),
    FieldType.ID: (*_SAME, *_ONE_OF, *FILLED),
    FieldType.PERSON: (*_SAME, *_ONE_OF, Op.IS_ME, *FILLED),
    FieldType.SEALED: (*_SAME, *_ONE_OF, *FILLED),
}


def operators_of(field: Field) -> tuple[Op, ...]:
    """What can be asked of a field; that it is in none is nothing a list is asked for."""
    known = OPERATORS[field.type]
    if field.links_to not in PUT_IN_BY_ANYBODY:
        return known
    return tuple(op for op in known if op not in FILLED)


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, when, and in which zone a day begins.

    The zone is the person's on screens and the installation's in rules.
    """

    now: datetime
    time_zone: str = "UTC"
    actor_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("“now” needs a time zone.")

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.time_zone)).date()


class Sign(StrEnum):
    """A comparison, written as in SQL."""

    GE = ">="
    GT = ">"
    LE = "<="
    LT = "<"


COMPARE: Mapping[Sign, Callable[[Any, Any], Any]] = {
    Sign.GE: operator.ge,
    Sign.GT: operator.gt,
    Sign.LE: operator.le,
    Sign.LT: operator.lt,
}


@dataclass(frozen=True, slots=True)
class Among:
    """The value is one of these."""

    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Overlaps:
    """One of the field's values is one of these."""

    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The value stands so to each of these."""

    bounds: tuple[tuple[Sign, Operand], ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """The folded text has this folded text in it."""

    text: str


@dataclass(frozen=True, slots=True)
class StartsWith:
    """The folded text begins with this folded text."""

    text: str


@dataclass(frozen=True, slots=True)
class Empty:
    """There is no value."""


@dataclass(frozen=True, slots=True)
class Filled:
    """There is a value."""


@dataclass(frozen=True, slots=True)
class Other:
    """Whatever does not pass `than`, empty ones too."""

    than: "Meaning"


Meaning: TypeAlias = Among | Overlaps | Bounds | Contains | StartsWith | Empty | Filled | Other


class Wrong(ValueError):
    """What is wrong with an operator or its value; `part` says with which."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


def meaning(  # noqa: C901, PLR0911 - one case for each operator
    op: Op, value: object, field: Field, context: Context
) -> Meaning:
    """The plain test of `field` that `op` and `value` ask for. Raises Wrong."""
    if op not in (known := operators_of(field)):
        can = ", ".join(known)
        raise Wrong("op", f"“{field.name}” cannot be asked “{op}”, only: {can}.")
    operands = _operands(op, value, field)
    match op:
        case Op.NE:
            return Other(meaning(Op.EQ, value, field, context))
        case Op.NOT_IN:
            return Other(meaning(Op.IN, value, field, context))
        case Op.IS_EMPTY:
            return Empty()
        case Op.IS_NOT_EMPTY:
            return Filled()
        case Op.IS_ME:
            return Among(() if context.actor_id is None else (context.actor_id,))
        case Op.STARTS_WITH:
            return StartsWith(folded(str(operands[0])))
        case Op.CONTAINS if field.type is FieldType.TEXT:
            return Contains(folded(str(operands[0])))
        case Op.CONTAINS | Op.IN if field.type is FieldType.CHOICES:
            return Overlaps(operands)
        case _ if field.type in {FieldType.DATE, FieldType.TIME}:
            return _between(*_span(op, value, operands, field, context))
        case Op.EQ | Op.IN:
            return Among(operands)
        case _:
            return Bounds(tuple(zip(_SIGNS[op], operands, strict=True)))


_SIGNS: Mapping[Op, tuple[Sign, ...]] = {
    Op.GT: (Sign.GT,),
    Op.GTE: (Sign.GE,),
    Op.LT: (Sign.LT,),
    Op.LTE: (Sign.LE,),
    Op.BETWEEN: (Sign.GE, Sign.LE),
}


def _operands(op: Op, value: object, field: Field) -> tuple[Operand, ...]:
    """The typed values of an operator: none, one, two or many."""
    if op in _COUNTED:
        if type(value) is not int or not 1 <= value <= MAX_DAYS:
            raise Wrong("value", f"“{op}” takes a number of days from 1 to {MAX_DAYS}.")
        return ()
    if op in _ALONE:
        if value is not None:
            raise Wrong("value", f"“{op}” takes no value.")
        return ()
    given = value if isinstance(value, tuple) else (value,)
    if isinstance(value, tuple) is not (op in _LISTS):
        raise Wrong("value", f"“{op}” takes {'a list of values' if op in _LISTS else 'one value'}.")
    if op is Op.BETWEEN and len(given) != len(_SIGNS[op]):
        raise Wrong("value", "“between” takes two values, the lower and the upper bound.")
    if not given:
        raise Wrong("value", f"“{op}” takes at least one value.")
    try:
        operands = tuple(field.read(one) for one in given)
    except ValueError as wrong:
        raise Wrong("value", str(wrong)) from None
    if op is Op.BETWEEN and _reversed(*operands):
        raise Wrong("value", "“between” takes the lower bound first.")
    return operands


def _reversed(low: Any, high: Any) -> bool:
    """Whether bounds of one kind are the wrong way round; a day and an instant just differ."""
    return type(low) is type(high) and low > high


Edge: TypeAlias = date | datetime | None


def _span(
    op: Op, value: object, operands: tuple[Operand, ...], field: Field, context: Context
) -> tuple[Edge, Edge]:
    """From (included) and until (excluded): days of a date, instants of a time."""

    def start(day: date) -> date | datetime:
        return day if field.type is FieldType.DATE else midnight(day, context.time_zone)

    def whole(moment: Any) -> tuple[Edge, Edge]:
        if isinstance(moment, datetime):
            return moment, moment + timedelta(microseconds=1)
        return start(moment), start(moment + timedelta(days=1))

    if op in RELATIVE:
        first, end = _days_from(context.today, op, value)
        return first and start(first), end and start(end)
    low, beyond = whole(operands[0])
    match op:
        case Op.GT:
            return beyond, None
        case Op.GTE:
            return low, None
        case Op.LT:
            return None, low
        case Op.LTE:
            return None, beyond
        case _:  # eq, between
            return low, whole(operands[-1])[1]


def _days_from(today: date, op: Op, value: Any) -> tuple[date | None, date | None]:
    """The days of a relative operator: the first, and the one after the last."""
    if op in _PERIODS:
        first, size, moved = _PERIODS[op]
        return first(today, size, moved), first(today, size, moved + 1)
    tomorrow = today + timedelta(days=1)
    match op:
        case Op.LAST_N_DAYS:
            return tomorrow - timedelta(days=value), tomorrow
        case Op.NEXT_N_DAYS:
            return today, today + timedelta(days=value)
        case Op.BEFORE_LAST_N_DAYS:
            return None, tomorrow - timedelta(days=value)
        case Op.BEFORE_TODAY:
            return None, today
        case _:  # after today
            return tomorrow, None


def _between(low: Edge, beyond: Edge) -> Bounds:
    edges = ((Sign.GE, low), (Sign.LT, beyond))
    return Bounds(tuple((sign, edge) for sign, edge in edges if edge is not None))


@lru_cache(maxsize=4096)
def midnight(day: date, time_zone: str) -> datetime:
    """The instant at which `day` begins, in UTC.

    Where clocks jump over midnight the day begins at the jump; where midnight comes twice, at
    the first (PEP 495: `fold=0` reads a skipped time by the offset before the jump).
    """
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)
