"""A table as lines of JSON, for programs: names of the API, and values as it tells them."""

from collections.abc import Sequence

from pydantic_core import to_json

from gausdo.gateway.exports.cells import Columns, reader
from gausdo.kernel.exporting import ExportColumn


class JsonLines:
    """Sums and numbers are texts, so that no reader makes floats of them; times are in UTC."""

    media = "application/x-ndjson"

    def __init__(self, columns: Sequence[ExportColumn]) -> None:
        self._readers = [(one.name, reader(one)) for one in columns]

    def begin(self) -> bytes:
        return b""

    def rows(self, page: Columns) -> bytes:
        names = [name for name, _ in self._readers]
        columns = [read(page) for _, read in self._readers]
        return b"".join(
            to_json(dict(zip(names, record, strict=True))) + b"\n"
            for record in zip(*columns, strict=True)
        )

    def end(self) -> bytes:
        return b""
