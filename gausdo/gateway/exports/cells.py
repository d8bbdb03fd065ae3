"""What a record says in a column: read of its JSON, and as a cell of this or that kind of file."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from gausdo.kernel.exporting import ExportColumn

Record = Mapping[str, Any]
Reader = Callable[[Record], Any]


class Table(Protocol):
    """A file that is made while it is sent: each part as soon as its rows are there."""

    media: str

    def begin(self) -> bytes: ...
    def rows(self, records: Sequence[Record]) -> bytes: ...
    def end(self) -> bytes: ...


def reader(column: ExportColumn) -> Reader:
    """What a record has in a column, in terms of JSON: None for nothing, names instead of ids."""
    path, each, names = column.path, column.each, column.names

    def read(record: Record) -> Any:
        value: Any = record
        for key in path:
            if value is None:
                return None
            value = value.get(key)
        if each is not None:
            return [one[each] for one in value or () if one[each] is not None]
        if names is None or value is None:
            return value
        if isinstance(value, list):
            return [names.get(one, one) for one in value]
        return names.get(value, value)

    return read
