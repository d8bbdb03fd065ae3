"""A table as lines of JSON, for programs: names of the API, and values as it tells them."""

from collections.abc import Sequence

from pydantic_core import to_json

from gausdo.gateway.exports.cells import Record, reader
from gausdo.kernel.exporting import ExportColumn


class JsonLines:
    """Sums and numbers are texts, so that no reader makes floats of them; times are in UTC."""

    media = "application/x-ndjson"

    def __init__(self, columns: Sequence[ExportColumn]) -> None:
        self._readers = [(one.name, reader(one)) for one in columns]

    def begin(self) -> bytes:
        return b""

    def rows(self, records: Sequence[Record]) -> bytes:
        return b"".join(
            to_json({name: read(record) for name, read in self._readers}) + b"\n"
            for record in records
        )

    def end(self) -> bytes:
        return b""
