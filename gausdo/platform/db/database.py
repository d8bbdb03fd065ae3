"""A module's database: one pool for its role, transactions for changes, bytes for reads."""

import asyncio
import math
import os
import select as readiness
import socket
from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self, TypeAlias, cast

from psycopg import AsyncConnection, AsyncRawCursor, OperationalError
from psycopg.adapt import Buffer, Loader
from psycopg.errors import DiskFull, QueryCanceled
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests
from sqlalchemy import Executable, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import LRUCache

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Busy, Problem, TooSlow, Unavailable
from gausdo.kernel.values import Json, now
from gausdo.platform.db.read import Read
from gausdo.platform.db.schema import Schema
from gausdo.platform.db.statements import statement, watch_statements
from gausdo.platform.db.tx import Tx
from gausdo.platform.deadline import left
from gausdo.platform.pools import POOL
from gausdo.platform.telemetry import traces

WAIT = 5.0
"""Seconds a request waits for a connection before it is refused."""
QUEUE = 50
"""How many may wait for one; who comes then is refused at once."""
NETWORK: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
    "-c client_connection_check_interval=5s",
}
"""Who has vanished without a word is missed after half a minute: a server by us, and we by it.

Else it would hold what a leader has locked for two hours after its machine has lost its power.
"""

PREPARED = 40
"""Statements that PostgreSQL keeps prepared for a connection: a list's take 0.3 MB each."""
ANSWERS = timedelta(days=7)
"""How long an idempotency key is remembered."""


Sent: TypeAlias = tuple[str, list[Any]]
"""SQL and its parameters, as PostgreSQL takes them: `$1` and so on, by their places."""


class _Bytes(Loader):
    """A `json` column as the bytes PostgreSQL sent."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class _Lent(AsyncConnection[Any]):
    """A connection of a pool, lent to one transaction or read."""

    _end: asyncio.TimerHandle | None = None
    _planning_once = False

    async def plan(self, *, once: bool) -> None:
        """Whether one plan is made for all values: PostgreSQL is told when it changes."""
        if once is not self._planning_once:
            lent, mode = self.autocommit, "force_generic_plan" if once else "auto"
            await self.set_autocommit(True)
            await self.execute(f"set plan_cache_mode = {mode}".encode())
            await self.set_autocommit(lent)
            self._planning_once = once

    def lend(self) -> None:
        """Cut it off once the request it is lent to is out of time: the server may be hanging.

        A cancelled driver would wait for the server to agree.
        """
        seconds = left(math.inf)
        if seconds < math.inf:
            self._end = asyncio.get_running_loop().call_later(seconds, self._cut)

    def take_back(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _cut(self) -> None:
        with suppress(OSError, OperationalError), socket.socket(fileno=os.dup(self.fileno())) as w:
            w.shutdown(socket.SHUT_RDWR)

    async def close(self) -> None:
        """Go back to the pool, also when it has died: else its place there is lost."""
        self.take_back()
        pool = cast(AsyncConnectionPool[Any] | None, self._pool)
        if self.closed and pool is not None:
            await pool.putconn(self)
            self._pool = None
        await super().close()


async def _demand_alive(connection: AsyncConnection[Any]) -> None:
    """Raise OperationalError for a connection that its server has closed while it lay idle.

    Nobody speaks on an idle connection but to say goodbye, so this asks the socket and no server.
    """
    wire = readiness.poll()
    wire.register(connection.fileno(), readiness.POLLIN)
    if wire.poll(0):
        await AsyncConnectionPool.check_connection(connection)


async def _configure(connection: AsyncConnection[Any]) -> None:
    connection.adapters.register_loader("json", _Bytes)
    connection.prepare_threshold = 1  # what is asked again is prepared
    connection.prepared_max = PREPARED


def _limited(longest: float) -> str:
    return f"{NETWORK['options']} -c statement_timeout={longest:g}s"


class Database:
    """Opened with `async with`. `dsn` is that of the module's own login role.

    `longest` is how many seconds one statement may take, the waiting for locks included; nobody
    but a process that people wait for sets it.
    """

    def __init__(
        self, dsn: str, schema: Schema, *, size: int = POOL, longest: float | None = None
    ) -> None:
        self.schema = schema
        self.dsn = dsn
        self.pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            dsn,
            connection_class=_Lent,
            min_size=0,
            max_size=size,
            max_idle=60,
            timeout=WAIT,
            max_waiting=QUEUE,
            reconnect_timeout=WAIT,  # then whoever comes next tries at once
            check=_demand_alive,
            open=False,
            close_returns=True,
            configure=_configure,
            name=f"gausdo-{schema.name}",
            kwargs={
                "application_name": f"gausdo {schema.name}",
                **NETWORK,
                **({"options": _limited(longest)} if longest else {}),
            },
        )
        engine = create_async_engine(
            "postgresql+psycopg://", poolclass=NullPool, async_creator=self._taken
        )
        self._engine = engine
        watch_statements(engine.sync_engine, schema.name)
        self._sessions = async_sessionmaker(engine, expire_on_commit=False, autoflush=False)
        self._dialect: Any = PGDialectAsync_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
        self._compiled: LRUCache[Any, Any] = LRUCache(500)
        self._prepared: LRUCache[Hashable, _Prepared] = LRUCache(500)
        self._kept: LRUCache[Hashable, Select[Any]] = LRUCache(500)
        self._making = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self.pool.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._engine.dispose()
        await self.pool.close()

    async def _taken(self) -> _Lent:
        connection = cast(_Lent, await self.pool.getconn(left(WAIT)))
        connection.lend()
        await connection.plan(once=False)
        return connection

    @asynccontextmanager
    async def begin(
        self, actor: Actor | None = None, key: str | None = None, asked: object = None
    ) -> AsyncIterator[Tx]:
        """A transaction; commits at the end, rolls back on any error.

        With a `key` the answer to `asked` is kept beside the change: when `tx.told`, the same
        request has been answered before and nothing more is to be done.
        Raises KeyReused, and what `_refusal` makes of an error of the driver.
        """
        try:
            with traces.inner(f"{self.schema.name}: transaction"):
                async with self._sessions.begin() as session:
                    tx = Tx(session, self.schema, actor, self)
                    if key is not None:
                        await tx.remember(key, asked)
                    yield tx
                    await tx.finish()
        except DBAPIError as error:
            refusal = _refusal(error.orig)
            if refusal is None and error.connection_invalidated:
                refusal = _unavailable()
            if refusal is None:
                raise
            raise refusal from error
        except OperationalError as error:
            raise _refusal(error) or _unavailable() from error

    @asynccontextmanager
    async def connection(self, *, once: bool = False) -> AsyncIterator[AsyncConnection[Any]]:
        """A plain connection in autocommit, for reads, COPY and LISTEN-free work.

        `once`: statements are planned once for all values.
        """
        try:
            async with self.pool.connection(left(WAIT)) as connection:
                cast(_Lent, connection).lend()
                await connection.set_autocommit(True)
                try:
                    await cast(_Lent, connection).plan(once=once)
                    yield connection
                finally:
                    cast(_Lent, connection).take_back()
                    if not connection.closed:
                        await connection.set_autocommit(False)
        except (PoolTimeout, TooManyRequests) as error:
            raise _refusal(error) or error from error

    async def json(self, read: Read | Select[Any]) -> Json | None:
        """The one `json` value that is read, as bytes; None when no row is selected.

        A `Read` is made and compiled once per shape, a statement of its own only compiled so. A
        connection that has died while idle is replaced and the read repeated once.
        """
        sql, params = await self._made(read)
        once = isinstance(read, Read) and read.planned_once
        for last in (False, True):
            try:
                async with self.connection(once=once) as connection:
                    cursor = AsyncRawCursor(connection, row_factory=tuple_row)
                    with statement(self.schema.name, sql):
                        asked = await cursor.execute(sql, params, prepare=once or None)
                        row = await asked.fetchone()
                    return None if row is None or row[0] is None else Json(row[0])
            except OperationalError as error:
                if refusal := _refusal(error):
                    raise refusal from error
                if last:
                    raise _unavailable() from error
        raise AssertionError("unreachable")

    async def forget_answers(self) -> None:
        """Drop the answers to idempotency keys that are older than a week."""
        answer = self.schema.answer
        async with self.begin() as tx:
            await tx.session.execute(answer.delete().where(answer.c.at < now() - ANSWERS))

    async def one(self, read: Read | Select[Any]) -> Json:
        """As `json`, for a statement that always selects a row."""
        found = await self.json(read)
        if found is None:
            raise LookupError("The statement selected no row.")
        return found

    async def _made(self, read: Read | Select[Any]) -> Sent:
        """As `prepared`. A shape that is asked for the first time is made in a thread: a search
        takes a tenth of a second, and whoever else is at work in this process has a turn meanwhile.
        """
        if isinstance(read, Read) and read.shape not in self._prepared:
            async with self._making:
                if read.shape not in self._prepared:
                    await asyncio.to_thread(self.prepared, read)
        return self.prepared(read)

    def prepared(self, read: Read | Select[Any]) -> Sent:
        """SQL text and parameters for a raw cursor of the driver."""
        if not isinstance(read, Read):
            return self.compiled(read)
        known = self._prepared.get(read.shape)
        if known is None:
            sql, names, params = self._compile(read.statement())
            known = self._prepared[read.shape] = _Prepared.of(sql, names, params, read)
        return known.sql, known.with_values(read.values)

    def kept(self, read: Read) -> Select[Any]:
        """The statement of a read's shape, to be run with its values."""
        known = self._kept.get(read.shape)
        if known is None:
            known = self._kept[read.shape] = read.statement()
        return known

    def compiled(self, statement: Executable) -> Sent:
        """The same of a statement, from a cache keyed by its shape."""
        sql, names, params = self._compile(statement)
        return sql, [params[name] for name in names]

    def _compile(self, statement: Executable) -> tuple[str, list[str], dict[str, Any]]:
        """SQL text, the names of its parameters in their order, and their values."""
        built: Any = statement
        compiled, extracted, *_ = built._compile_w_cache(  # noqa: SLF001 - as its engine does
            self._dialect, compiled_cache=self._compiled, column_keys=[]
        )
        params: dict[str, Any] = compiled.construct_params(
            extracted_parameters=extracted, escape_names=False, _check=False
        )
        processors = compiled._bind_processors  # noqa: SLF001
        for name, process in processors.items():
            params[name] = process(params[name])
        return compiled.string, compiled.positiontup, params


@dataclass(frozen=True)
class _Prepared:
    """SQL of one shape, and its parameters: by their names where they differ each time."""

    sql: str
    params: tuple[tuple[str | None, Any], ...]

    @classmethod
    def of(cls, sql: str, names: list[str], params: Mapping[str, Any], read: Read) -> Self:
        for name in names:
            if name in read.values and params[name] != read.values[name]:
                raise LookupError(f"The read binds another “{name}” than it tells.")
        told = ((name if name in read.values else None, params[name]) for name in names)
        return cls(sql, tuple(told))

    def with_values(self, values: Mapping[str, Any]) -> list[Any]:
        return [same if name is None else values[name] for name, same in self.params]


def _refusal(error: BaseException | None) -> Problem | None:
    """What a caller is told of an error that is no bug: Busy, TooSlow, Unavailable."""
    match error:
        case TooManyRequests():
            return Busy("Too many people ask at once. Try again in a moment.")
        case QueryCanceled():
            return TooSlow("This takes too long. Ask for less, for instance with a filter.")
        case PoolTimeout() | DiskFull():
            return _unavailable()
        case _:
            return None


def _unavailable() -> Unavailable:
    return Unavailable("The database does not answer. Try again in a moment.")
