"""What records say in a column: read of a page of them, and as cells of a kind of file."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from gausdo.kernel.exporting import ExportColumn

Columns = Mapping[str, Sequence[Any]]
"""Of a page: what each record has, column by column (`Columned`)."""
Reader = Callable[[Columns], Sequence[Any]]


class Table(Protocol):
    """A file that is made while it is sent: each part as soon as its rows are there."""

    media: str

    def begin(self) -> bytes: ...
    def rows(self, page: Columns) -> bytes: ...
    def end(self) -> bytes: ...


def reader(column: ExportColumn) -> Reader:
    """What records have in a column, in terms of JSON: None for nothing, names instead of ids."""
    (first, *path), each, names = column.path, column.each, column.names

    def read(page: Columns) -> Sequence[Any]:
        values = page[first]
        for key in path:
            values = [None if value is None else value.get(key) for value in values]
        if each is not None:
            values = [_told(value, each) for value in values]
        if names is not None:
            values = [_named(value, names) for value in values]
        return values

    return read


def _told(records: Sequence[Mapping[str, Any]] | None, each: str) -> list[Any]:
    return [told for one in records or () if (told := one[each]) is not None]


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [names.get(one, one) for one in value]
    return value if value is None else names.get(value, value)
