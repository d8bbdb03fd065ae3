"""A table as Parquet, for tools that analyse: columns with their types, compressed."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from gausdo.gateway.exports.cells import Columns, reader
from gausdo.gateway.exports.sent import Sent
from gausdo.kernel.exporting import CellType, ExportColumn

_TYPES = {
    CellType.TEXT: pa.string(),
    CellType.WHOLE: pa.int64(),
    CellType.NUMBER: pa.float64(),
    CellType.MONEY: pa.decimal128(18, 2),
    CellType.DATE: pa.date32(),
    CellType.TIME: pa.timestamp("us", "UTC"),
    CellType.BOOL: pa.bool_(),
    CellType.LIST: pa.list_(pa.string()),
}
_READ: dict[CellType, Callable[[Any], Any]] = {
    CellType.NUMBER: float,
    CellType.MONEY: Decimal,
    CellType.DATE: date.fromisoformat,
    CellType.TIME: datetime.fromisoformat,
}
GROUP = 20_000
"""Rows of a group: columns of fewer compress badly, and those of more fill the memory."""


class ParquetFile:
    media = "application/vnd.apache.parquet"

    def __init__(self, columns: Sequence[ExportColumn]) -> None:
        self._schema = pa.schema([(one.name, _TYPES[one.type]) for one in columns])
        self._readers = [(one.name, reader(one), _READ.get(one.type)) for one in columns]
        self._sent = Sent()
        self._held: list[pa.RecordBatch] = []
        self._writer: Any = None

    def begin(self) -> bytes:
        self._writer = parquet.ParquetWriter(self._sent, self._schema, compression="zstd")
        return self._sent.taken()

    def rows(self, page: Columns) -> bytes:
        columns = {
            name: [_typed(raw, typed) for raw in read(page)] for name, read, typed in self._readers
        }
        self._held.append(pa.RecordBatch.from_pydict(columns, self._schema))
        if sum(one.num_rows for one in self._held) < GROUP:
            return b""
        return self._group()

    def end(self) -> bytes:
        last = self._group()
        self._writer.close()
        return last + self._sent.taken()

    def _group(self) -> bytes:
        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held))
            self._held.clear()
        return self._sent.taken()


def _typed(raw: Any, read: Callable[[Any], Any] | None) -> Any:
    return raw if raw is None or read is None else read(raw)
