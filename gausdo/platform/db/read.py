"""A read in two halves: what its SQL depends on, and the values it only carries."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select


@dataclass(frozen=True)
class Read:
    """One `json` value to be read.

    `shape` is everything that the text of the SQL depends on, `values` are its parameters by the
    names under which `statement` binds them. The statement carries the same values, so it can be
    run by itself; `Database.json` makes it once for each shape and then only sends other values.

    `planned_once`: one plan is good for all values, so PostgreSQL makes it the first time a
    connection asks, and not seven times before it may keep one. Planning a page costs as much as
    reading it, and of what is typed letter by letter far more.
    """

    shape: Hashable
    values: Mapping[str, Any]
    statement: Callable[[], Select[Any]]
    planned_once: bool = False


@dataclass
class Asked:
    """Shape and values of a read, as its parts tell them.

    `narrowed`: a value decides how many rows there are, as that of a condition does; then the best
    plan is another one for each.
    """

    shape: list[Hashable] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    narrowed: bool = False

    def add(self, *shape: Hashable, **values: object) -> None:
        self.shape += shape
        self.values |= values

    def read(self, statement: Callable[[], Select[Any]]) -> Read:
        return Read(tuple(self.shape), self.values, statement, not self.narrowed)
