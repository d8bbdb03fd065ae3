"""What a module shows in GraphQL, declared over its contract; the gateway makes the schema of it.

Nothing is written twice: types come from the contract's values, arguments from its methods'
signatures. A method is named as the contract has it (`Sales.open_deal`) and asked of whoever
answers that contract, near or far.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gausdo.kernel.values import Value

Method = Callable[..., Awaitable[Any]]
"""A method of a contract: `method(self, actor, …)`."""


@dataclass(frozen=True)
class Listing:
    """A query that answers pages of `item`: `method(actor, query) -> Json` of `Listed[item]`."""

    name: str
    item: type[Value]
    method: Method


@dataclass(frozen=True)
class Link:
    """`of.name` is the one record `to` whose id stands in the JSON of `of`, or null.

    A field of that name that the contract has (id and name) is told as `<name>_id`.
    """

    of: type[Value]
    name: str
    to: type[Value]
    id: Callable[[Mapping[str, Any]], str | None]


@dataclass(frozen=True)
class Pages:
    """`of.name` is a page of `item`, read for many records at once.

    `method(actor, *fixed, ids, query) -> Json` of `dict[id, Listed[item]]`; `answered` are the
    fields of the query that being a page of `of` answers.
    """

    of: type[Value]
    name: str
    item: type[Value]
    method: Method
    fixed: tuple[str, ...] = ()
    answered: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Graph:
    """`finds`: kind of record → `method(actor, ids) -> list[kind]`, which links are loaded by.

    `reads` and `changes` are queries and mutations under their own names; `answers` says the shape
    of a read that returns `Json`.
    """

    finds: Mapping[type[Value], Method] = field(default_factory=dict)
    reads: Sequence[Method] = ()
    answers: Mapping[Method, Any] = field(default_factory=dict)
    lists: Sequence[Listing] = ()
    links: Sequence[Link] = ()
    pages: Sequence[Pages] = ()
    changes: Sequence[Method] = ()

    def methods(self) -> Iterator[Method]:
        """Every method of the contract that is asked."""
        yield from (*self.finds.values(), *self.reads, *self.changes)
        yield from (listing.method for listing in self.lists)
        yield from (pages.method for pages in self.pages)


def id_in(*path: str) -> Callable[[Mapping[str, Any]], str | None]:
    """The id at a path in a record's JSON: `id_in("owner_id")`, `id_in("company", "id")`."""

    def found(record: Mapping[str, Any]) -> str | None:
        told: Any = record
        for name in path:
            told = told and told[name]
        return told or None

    return found
