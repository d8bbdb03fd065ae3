"""Lists in groups: by a column with few values, or by the month of a day; and day by day.

A group is the list with one question more. So its records are read as any list is, page by page,
and its number is of what the same rights, the same filter and the same words let through.
"""

from datetime import date
from typing import Annotated, Generic, TypeVar

from pydantic import Field, StringConstraints

from gausdo.kernel.conditions import Condition
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Draft, Money, Value

G = TypeVar("G")
T = TypeVar("T")

COUNTED = 1000
"""Records of one group that are counted: of more it is told that there are more."""
LOOKED_AT = 50
"""Values of which one answer tells at most; most of a busy list's values have records."""
VALUES = 200
"""Values of a text or of a list of tags that have a group of their own; all others share one."""

WINDOW = 45
"""Days of one answer: the weeks of a month."""

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,62}$")]


class Grouping(Draft):
    """What is asked beside the list itself: `by` is a field, of whose values the groups are."""

    by: FieldName


class GroupsQuery(ListQuery, Grouping):
    """The groups of a list that is asked for nothing else; `after` is the `next` of groups, the
    list's own order has no part in it.
    """


class Windowed(Draft):
    """What is asked beside the list for its records day by day: `by` is a field that holds days or
    times, `since` and `until` are the first and the last day, `shown` how many records of a day
    are told.
    """

    by: FieldName
    since: date
    until: date
    shown: Annotated[int, Field(ge=1, le=50)] = 4


class Day(Value, Generic[T]):
    """A day with any records: the first of them in the order of their times, and their number,
    capped where there are `more`.
    """

    day: date
    count: int
    more: bool
    items: list[T]


class Group(Value):
    """Records with one value of a field, as far as the list lets them through.

    `key` is the value as JSON has it – an id, an option's key, a text, `true`, a month such as
    `2026-03` – and None of those without one. `others`: they have a value, and none of those that
    have groups of their own. `condition` is what makes the list one of this group. `count` is
    capped where there are `more`.
    """

    key: str | bool | None
    others: bool
    condition: Condition
    count: int
    more: bool


class GroupWithSums(Group):
    """`sums`: what its records are worth, exactly, by currency; None where not all are counted."""

    sums: list[Money] | None


class Groups(Value, Generic[G]):
    """Some of the groups that have any records, in their order; `next` is None with the last."""

    items: list[G]
    next: str | None
