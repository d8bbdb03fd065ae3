"""The least a server can do for the same answers: a bare ASGI application under the same server.

It signs in by the same Lua call, asks PostgreSQL the same SQL under the same role, with the rights
in it, and hands the bytes out. What the product takes more is its own cost.

`python -m tests.bench.reference FILE PORT WORKERS` serves the `Answers` pickled in FILE.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from psycopg import AsyncRawCursor
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool
from starlette.types import Receive, Scope, Send

from gausdo.gateway.identify import COOKIE
from gausdo.platform.cache import Cache
from gausdo.platform.db.database import POOL
from gausdo.platform.embedded.process import die_with_parent, free_port
from gausdo.platform.embedded.process import tail as end_of
from gausdo.platform.sessions import Sessions
from gausdo.settings import Settings
from gausdo.supervisor import answers_http
from tests.bench.stack import Stack, _family, _parents, _seconds

FILE = "BENCH_REFERENCE"


@dataclass(frozen=True)
class Asked:
    """One query. `once`: PostgreSQL plans it once for all values."""

    module: str
    sql: str
    parameters: list[Any]
    once: bool

    @property
    def pool(self) -> tuple[str, bool]:
        return self.module, self.once


@dataclass(frozen=True)
class Answers:
    """By session cookie and path: the queries that the product asks, the last one's the answer."""

    settings: Settings
    asked: dict[tuple[str, str], list[Asked]]


class Reference:
    """The ASGI application."""

    def __init__(self, answers: Answers) -> None:
        self._asked = answers.asked
        self._settings = answers.settings
        self._sessions = Sessions(Cache(answers.settings.valkey_url.get_secret_value()))
        self._pools: dict[tuple[str, bool], AsyncConnectionPool] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body, status = b"{}", 200
        if scope["path"] != "/ready":
            cookie = next(value for name, value in scope["headers"] if name == b"cookie").decode()
            visit = await self._sessions.touch(cookie.removeprefix(f"{COOKIE}="))
            path = f"{scope['path']}?{scope['query_string'].decode()}".removesuffix("?")
            queries = self._asked.get((cookie, path))
            if visit is None or queries is None:
                status = 404
            else:
                for one in queries:
                    async with self._pools[one.pool].connection() as connection:
                        cursor = AsyncRawCursor(connection, row_factory=tuple_row)
                        row = await (await cursor.execute(one.sql, one.parameters)).fetchone()
                        body = row[0] if row and row[0] else b"null"
        length = str(len(body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        for module, once in {one.pool for asked in self._asked.values() for one in asked}:
            pool = AsyncConnectionPool(
                self._settings.module_dsn(module), min_size=1, max_size=POOL, open=False,
                kwargs={"autocommit": True}, configure=_planning_once if once else _bytes,
            )  # fmt: skip
            await pool.open()
            self._pools[module, once] = pool
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for pool in self._pools.values():
            await pool.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _bytes(connection: Any) -> None:
    from gausdo.platform.db.database import _configure  # the product's own loader of `json`

    await _configure(connection)


async def _planning_once(connection: Any) -> None:
    await _bytes(connection)
    await connection.execute("set plan_cache_mode = force_generic_plan")


@dataclass(frozen=True)
class Served:
    port: int
    pid: int

    def cpu(self, stack: Stack) -> dict[str, float]:
        """As `Stack.cpu`, with the reference in place of the product's web processes."""
        family = _family(self.pid, _parents())
        return {**stack.cpu(), "web": sum(map(_seconds, family))}


@contextmanager
def serving(
    stack: Stack, asked: dict[tuple[str, str], list[Asked]], workers: int
) -> Iterator[Served]:
    file, log = stack.folder / "run" / "reference", stack.folder / "logs" / "reference.log"
    file.write_bytes(pickle.dumps(Answers(stack.settings, asked)))
    file.chmod(0o600)
    port = free_port()
    words = ["-m", "tests.bench.reference", str(file), str(port), str(workers)]
    with log.open("wb") as output:
        server = subprocess.Popen([sys.executable, *words], stdout=output, stderr=output)
    try:
        while not answers_http(f"http://127.0.0.1:{port}/ready")():
            if server.poll() is not None:
                raise RuntimeError(f"the reference did not start:\n{end_of(log)}")
        yield Served(port, server.pid)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def application() -> Reference:
    """What granian's workers call."""
    die_with_parent()
    written = Path(os.environ[FILE]).read_bytes()
    return Reference(pickle.loads(written))  # noqa: S301 - we have written it ourselves


if __name__ == "__main__":
    os.environ[FILE] = sys.argv[1]
    Granian(
        "tests.bench.reference:application",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[2]),
        interface=Interfaces.ASGI,
        workers=int(sys.argv[3]),
        log_access=False,
    ).serve()
