"""The analytical store: ClickHouse over HTTP, a server of yours or the embedded engine.

Reads are read-only and capped in time, memory and rows; values reach a query as server-side
parameters (`{owner:UUID}`) only. Loads are batches of lines, each with a token by which ClickHouse
drops a batch that it has already taken.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

from clickhouse_connect.driver import create_async_client
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError
from opentelemetry.trace import SpanKind
from pydantic_core import from_json, to_json

from gausdo.kernel.errors import Unavailable
from gausdo.platform.deadline import left
from gausdo.platform.facts import Dataset
from gausdo.platform.telemetry import traces

SECONDS, ROWS, MEMORY = 10, 100_000, 2_000_000_000
"""What one read may take: time, rows of its answer, bytes of memory."""

_READING: dict[str, Any] = {
    "readonly": 2,
    "max_execution_time": SECONDS,
    "max_result_rows": ROWS,
    "result_overflow_mode": "throw",
    "max_memory_usage": MEMORY,
    "output_format_json_quote_64bit_integers": 0,
    "output_format_json_quote_decimals": 1,
}
_SYSTEM = {"db.system.name": "clickhouse"}
_LOADING: dict[str, Any] = {
    "date_time_input_format": "best_effort",
    "input_format_skip_unknown_fields": 1,
    "input_format_null_as_default": 1,
}
_COLUMNS = """
    select name from system.columns where database = currentDatabase() and table = {table:String}
"""
# Codes of ClickHouse's src/Common/ErrorCodes.cpp
_TOO_HEAVY = {159, 241, 307, 396}  # time, memory, bytes and rows
_UNREADABLE = {6, 25, 26, 27, 38, 41, 53, 69, 72, 117, 376, 407}  # a row that is no row
_CODE = re.compile(r"\bcode: (\d+)", re.IGNORECASE)


class RejectedRowsError(Exception):
    """ClickHouse cannot read the rows; it will not be able to the next time either."""


class Analytics:
    """One client per process, connected at the first question; closed by `async with`.

    `url` is `http(s)://user:password@host:port/database`. `engine` is the prefix of the table
    engines: nothing, or `Replicated` on a cluster. `datasets` are those of all modules.
    """

    def __init__(self, url: str, datasets: Iterable[Dataset] = (), *, engine: str = "") -> None:
        self.url = url
        self.datasets: tuple[Dataset, ...] = tuple(datasets)
        self._engine = engine
        self._connected: AsyncClient | None = None
        self._connecting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connected is not None:
            await self._connected.close()
            self._connected = None

    def of(self, source: str) -> list[Dataset]:
        """The datasets filled from the events of one module."""
        return [dataset for dataset in self.datasets if dataset.source == source]

    @property
    def sources(self) -> list[str]:
        return sorted({dataset.source for dataset in self.datasets})

    async def ask(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a SELECT; decimals come as text. Raises Unavailable."""
        told = {**_SYSTEM, "db.query.text": sql}
        with traces.inner("clickhouse: select", SpanKind.CLIENT, told), _outages():
            async with asyncio.timeout(left(SECONDS + 1)):
                client = await self._client()
                answer = await client.raw_query(
                    sql, dict(parameters), settings=_READING, fmt="JSONEachRow"
                )
        return [from_json(line) for line in answer.splitlines()]

    async def insert(
        self, table: str, rows: bytes, token: str, columns: Sequence[str] | None = None
    ) -> None:
        """Insert lines of JSON, or of PostgreSQL's COPY when its `columns` are named.

        A `token` that the table has taken lately inserts nothing. Raises RejectedRowsError, and
        Unavailable: then the same call can be made again.
        """
        client = await self._client()
        settings = {**_LOADING, "insert_deduplication_token": token}
        shape = "JSONEachRow" if columns is None else "TabSeparated"  # escaped as COPY does
        with traces.inner(f"clickhouse: insert {table}", SpanKind.CLIENT, _SYSTEM), _outages():
            await client.raw_insert(table, columns, rows, settings=settings, fmt=shape)

    async def run(self, sql: str) -> None:
        """A statement that answers nothing. Raises Unavailable."""
        client = await self._client()
        with _outages():
            await client.command(sql)

    async def create(self, suffix: str = "") -> None:
        """Make the tables (named with `suffix`), and the columns that a new release has added.

        Nothing is altered without need: on a full disk that may cost a table its definition.
        """
        for dataset in self.datasets:
            table = dataset.name + suffix
            await self.run(dataset.ddl(table, self._engine))
            rows = await self.ask(_COLUMNS, {"table": table})
            if added := dataset.added(table, {row["name"] for row in rows}):
                await self.run(added)

    async def swap(self, suffix: str) -> None:
        """Each table takes the name of its namesake with the suffix, and the other way round."""
        for dataset in self.datasets:
            await self.run(f"exchange tables {dataset.name} and {dataset.name}{suffix}")

    async def drop(self, suffix: str) -> None:
        for dataset in self.datasets:
            await self.run(f"drop table if exists {dataset.name}{suffix}")

    async def _client(self) -> AsyncClient:
        async with self._connecting:
            if self._connected is None:
                with _outages():
                    self._connected = await create_async_client(
                        dsn=self.url,
                        compress=False,
                        autogenerate_session_id=False,
                        connect_timeout=3,
                        send_receive_timeout=60,
                    )
            return self._connected


def lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as `JSONEachRow`."""
    return b"".join(to_json(row) + b"\n" for row in rows)


@contextmanager
def _outages() -> Iterator[None]:
    """What ClickHouse says, told so that a person or a loop knows what to do about it."""
    try:
        yield
    except (ClickHouseError, OSError) as error:
        found = _CODE.search(str(error))
        code = int(found[1]) if found else None
        if code in _TOO_HEAVY:
            raise Unavailable(
                "This report takes too long to compute. Choose a shorter period."
            ) from error
        if code in _UNREADABLE:
            raise RejectedRowsError(str(error)) from error
        if code is not None:
            raise
        raise Unavailable(
            "Reports are not available just now. Your data is safe; try again shortly."
        ) from error
