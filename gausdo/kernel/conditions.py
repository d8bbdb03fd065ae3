"""The condition language: filters, saved views, segments, rules, audiences, report filters.

A condition is a small tree, in JSON::

    {"field": "amount", "op": "gte", "value": "1000.00"}
    {"all": […]}   {"any": […]}   {"not": …}

It is checked against the declared `Fields` of a record and compiled three times, to one answer:
`predicate` here, `platform.conditions_sql.to_sql`, `platform.conditions_clickhouse.to_clickhouse`.
All three build on `meaning`, which leaves plain values only: no "today", no "me".

What holds everywhere:

- A condition is true or false, never unknown. An empty field (none, `''`, no choices) fulfils
  `is_empty`, `ne` and `not_in` only, and `not` is the exact complement. An empty `all` is true,
  an empty `any` false.
- `eq` and `in` compare text exactly; `contains` and `starts_with` ignore case as `folded` does,
  and no character is a wildcard. Of several choices, `in` asks for any, `not_in` for none.
- Both bounds of `between` belong to it. A date asked of a time means that whole day.
- Days begin at midnight in the zone of the `Context`, weeks on Monday. The last (next) n days
  include today.
- No one is "me" where nobody asks.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, ClassVar, TypeAlias, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pydantic
from pydantic import ConfigDict, PlainValidator, StringConstraints, TypeAdapter, WrapValidator
from pydantic_core import PydanticCustomError

from gausdo.kernel.errors import FieldError, Invalid
from gausdo.kernel.fields import Field, Fields, FieldType, Operand, Scalar, Target
from gausdo.kernel.values import Draft, Text

__all__ = [
    "AllOf",
    "AnyOf",
    "Condition",
    "Context",
    "Field",
    "FieldType",
    "Fields",
    "Leaf",
    "Not",
    "Op",
    "Target",
    "check",
    "parse",
    "predicate",
]

MAX_DEPTH = 8
MAX_LEAVES = 100
MAX_VALUES = 1000
MAX_TEXT = 1000
MAX_DAYS = 3660


class Op(StrEnum):
    """What can be asked of a field; `OPERATORS` says of which."""

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
    TODAY = "today"
    YESTERDAY = "yesterday"
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
    BEFORE_TODAY = "before_today"
    AFTER_TODAY = "after_today"


# The tree.


def _plain(raw: object) -> object:
    """A value in JSON's terms, so that a condition written in Python may hold ids and dates."""
    if isinstance(raw, list | tuple):
        if len(raw) > MAX_VALUES:
            raise PydanticCustomError("too-many", f"There may be at most {MAX_VALUES} values.")
        return tuple(_plain(one) for one in raw)
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, UUID | Decimal):
        return str(raw) if isinstance(raw, UUID) else format(raw, "f")
    if isinstance(raw, str):
        return _TEXT.validate_python(raw, strict=True)
    if raw is None or isinstance(raw, bool | int | float):
        return raw
    raise PydanticCustomError("value", "A value is text, a number, true, false or a list of them.")
