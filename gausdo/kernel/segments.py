"""The segments a list is asked for, whatever it is a list of."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gausdo.kernel.conditions import Condition, Leaf, rewritten, with_leaves
from gausdo.kernel.errors import invalid


def segments_in(filter: str | None, field: str) -> set[UUID]:
    """The segments whose members a list is asked for by `field`. Raises Invalid for what asks
    otherwise.
    """
    if not filter or (field not in filter and "\\" not in filter):  # letters may be escaped
        return set()
    found: set[UUID] = set()
    rewritten(filter, _collecting(found, field, "filter"))
    return found


def named_in(condition: Condition, field: str, at: str) -> set[UUID]:
    """As `segments_in`, of a condition."""
    found: set[UUID] = set()
    with_leaves(condition, _collecting(found, field, at))
    return found


def _collecting(found: set[UUID], field: str, at: str) -> Callable[[Leaf], Leaf]:
    def look(leaf: Leaf) -> Leaf:
        if leaf.field == field:
            values: Any = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
            if leaf.value is None:
                raise invalid(at, "wrong-op", "Name the segments that are meant.")
            found.update(id for value in values if (id := _id(value)) is not None)
        return leaf

    return look


def _id(value: Any) -> UUID | None:
    """An id; what is none, the condition itself will not take."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
