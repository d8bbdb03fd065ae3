"""The whole of Gausdo on real servers, in a database of the test module's own."""

import asyncio
import hashlib
import secrets
import time
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import pytest
import pytest_asyncio
import structlog
import uvloop
from nats.aio.client import Client
from psycopg import sql
from pydantic import SecretStr
from redis import Redis
from sqlalchemy import Select
from starlette.types import ASGIApp

from gausdo import worker
from gausdo.app import Gausdo, opened
from gausdo.gateway.identify import API
from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.rights import everything
from gausdo.modules.identity.contract import Identity, TeamDraft, UserDraft
from gausdo.platform import cache
from gausdo.platform.analytics import Analytics
from gausdo.platform.audit import sealer
from gausdo.platform.bus import consumer
from gausdo.platform.bus.stream import connect
from gausdo.platform.collector import rest, settle
from gausdo.platform.db import Database, Read, database
from gausdo.platform.db.migrate import dsn_of
from gausdo.platform.db.schema import Schema
from gausdo.serve import serving
from gausdo.settings import Settings
from gausdo.setup import make_analytics, migrate
from gausdo.worker import work
from tests.servers import Servers, start_test_servers
from tests.settling import settling

consumer.IDLE = 0.1  # seconds; what no consumer wants moves its cursor at once
worker.MEASURE = sealer.PAUSE = 3600.0  # seconds; who tests that asks for it, or starts processes
cache.WAIT = database.WAIT = 60.0  # seconds; that a machine full of tests is busy is no outage


class _Loop(uvloop.Loop):
    """What our own processes run on, and cheaper than Python's."""

    def close(self) -> None:
        # it would complain of connections that are open, or only just being closed, to the very end
        with warnings.catch_warnings(action="ignore", category=ResourceWarning), suppress(OSError):
            super().close()


class _Loops(uvloop.EventLoopPolicy):
    def _loop_factory(self) -> _Loop:
        return _Loop()


asyncio.set_event_loop_policy(_Loops())
SECRET = hashlib.sha256(b"the secret of tests").hexdigest()
TEMPLATE = "gausdo_template"
WITH_PEOPLE = f"{TEMPLATE}_and_people"
COLLEAGUES = {
    "admin": ("administrator", None),
    "head": ("head", "Sales"),
    "ann": ("manager", "North"),
    "bob": ("manager", "North"),
    "eve": ("manager", "South"),
}
"""Who is there where a test asks for `people`: role and team."""
PASSWORD = "correct horse battery staple"


# By itself it draws a stack with all its variables, which takes many seconds, when something fails.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

LONG = (
    *("browser", "failures", "bench", "deploy", "tools", "watching", "upgrade", "demo", "hostile"),
    "rights",
)
"""Folders whose files take longest, longest first: at the end, nothing long keeps one process."""


rest()  # until everything is collected: what is loaded stays


def pytest_collection_finish() -> None:
    settle()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent

    def turn(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).parts[0]
        return LONG.index(folder) if folder in LONG else len(LONG)

    items.sort(key=turn)


@pytest.fixture(scope="session", autouse=True)
def every_read_is_as_if_made_anew() -> Iterator[None]:
    """A read that is told apart sends what its statement, made for it alone, would send.

    A shape that forgot something would hand one person's statement to another. What is asked for
    the first time is made anew anyway; what is asked again and again, every tenth time later on.
    """
    prepared = Database.prepared
    times: Counter[Hashable] = Counter()

    def turn(shape: Hashable) -> bool:
        times[shape] += 1
        return times[shape] < 10 or times[shape] % 10 == 0

    def checked(self: Database, read: Read | Select) -> tuple[str, list]:
        again = isinstance(read, Read) and read.shape in self._prepared and turn(read.shape)
        found = prepared(self, read)
        if again:
            assert found == self.compiled(read.statement())
        return found

    kept = Database.kept

    def rows(self: Database, read: Read) -> Select:
        again = read.shape in self._kept and turn(read.shape)
        found = kept(self, read)
        if again:
            sql, names, same = self._compile(found)
            told = [read.values.get(name, same[name]) for name in names]
            assert (sql, told) == self.compiled(read.statement())
        return found

    Database.prepared, Database.kept = checked, rows
    yield
    Database.prepared, Database.kept = prepared, kept


@pytest.fixture(scope="session", autouse=True)
def statements_are_compiled_once() -> Iterator[None]:
    """By the first database of a module for all that follow; each is of the same tables."""
    made = Database.__init__
    known: dict[int, Database] = {}

    def told(self: Database, dsn: str, schema: Schema, **how: Any) -> None:
        made(self, dsn, schema, **how)
        before = known.get(id(schema))
        if before is None or before._engine.dialect.server_version_info is None:
            known[id(schema)] = self  # the first that has met its server: a dialect asks it
            return
        self._dialect, self._compiled = before._dialect, before._compiled
        engine, other = self._engine.sync_engine, before._engine.sync_engine
        engine.dialect, engine._compiled_cache = other.dialect, other._compiled_cache

    Database.__init__ = told
    yield
    Database.__init__ = made


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    servers = start_test_servers()
    yield servers
    servers.close()


def settings_for(servers: Servers, database: str) -> Settings:
    return Settings(
        secret=SECRET,
        postgres_url=servers.postgres_dsn,
        database=database,
        valkey_url=servers.valkey_url,
        nats_url=servers.nats_url,
        clickhouse_url=servers.clickhouse_url,
        rate_limit=1_000_000,
        patience=60,
    )


@pytest.fixture(scope="session")
def template(servers: Servers) -> str:
    """A migrated, empty database; made once for all workers of the run."""
    with (
        servers.alone("roles"),
        psycopg.connect(servers.postgres_dsn, autocommit=True) as db,
    ):
        found = db.execute("select 1 from pg_database where datname = %s", [TEMPLATE])
        if found.fetchone() is None:
            draft = f"{TEMPLATE}_draft"
            list(migrate(settings_for(servers, draft)))
            db.execute(f"alter database {draft} rename to {TEMPLATE}")
    return TEMPLATE


@pytest.fixture(scope="module")
def settings(request: pytest.FixtureRequest, servers: Servers, template: str) -> Iterator[Settings]:
    """Settings of a fresh copy of the template, dropped after the test module.

    Where a test of the module asks for `people`, they are there already.
    """
    with Redis.from_url(servers.valkey_url) as valkey:
        valkey.flushall()  # tries to sign in are counted for an hour
    own_tests = (item for item in request.session.items if item.path == request.path)
    if any("people" in getattr(item, "fixturenames", ()) for item in own_tests):
        template = request.getfixturevalue("template_with_people")
    with fresh(servers, template) as own:
        yield own


@contextmanager
def fresh(servers: Servers, template: str) -> Iterator[Settings]:
    """Settings of a copy of the template, dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(servers.postgres_dsn, autocommit=True) as db:
        db.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        store, _, _ = servers.clickhouse_url.rpartition("/")
        asyncio.run(_asked(servers.clickhouse_url, f"create database {name}"))
        own = settings_for(servers, name).model_copy(
            update={"clickhouse_url": SecretStr(f"{store}/{name}")}
        )
        asyncio.run(make_analytics(own))
        yield own
        asyncio.run(_asked(servers.clickhouse_url, f"drop database {name}"))
        db.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


async def _asked(url: str, statement: str) -> None:
    async with Analytics(url) as store:
        await store.run(statement)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gausdo(settings: Settings) -> AsyncIterator[Gausdo]:
    """All modules near, connected."""
    async with opened(settings) as gausdo:
        yield gausdo


Settled = Callable[[], Awaitable[None]]

ADMIN = SYSTEM.model_copy(update={"grants": everything()})
"""Whoever sets up an installation: everything, without being a person."""


@dataclass(frozen=True)
class People:
    """Two teams under one: `ann` and `bob` in North, `eve` in South, `head` above both."""

    admin: Actor
    head: Actor
    ann: Actor
    bob: Actor
    eve: Actor


@pytest.fixture(scope="session")
def template_with_people(servers: Servers, template: str) -> str:
    """The template with `COLLEAGUES`, of whom every module has heard; made once for all workers."""
    with servers.alone("people"), psycopg.connect(servers.postgres_dsn, autocommit=True) as db:
        found = db.execute("select 1 from pg_database where datname = %s", [WITH_PEOPLE])
        if found.fetchone() is None:
            with fresh(servers, template) as own:
                asyncio.run(_let_them_join(own, servers.nats_url))
                db.execute(f"create database {WITH_PEOPLE} template {own.database}")
    return WITH_PEOPLE


async def _let_them_join(settings: Settings, nats_url: str) -> None:
    nats = await connect(nats_url, "tests")
    dsn = superuser_dsn(settings)
    async with (
        opened(settings) as gausdo,
        _at_work(gausdo, nats),
        settling(gausdo, nats, dsn) as wait,
    ):
        identity = gausdo.get(Identity)
        teams: dict[str | None, UUID | None] = {None: None}
        for team, above in (("Sales", None), ("North", "Sales"), ("South", "Sales")):
            draft = TeamDraft(name=team, parent_id=teams[above])
            teams[team] = (await identity.add_team(ADMIN, draft)).id
        for name, (role, team) in COLLEAGUES.items():
            user = UserDraft(
                name=name.title(),
                email=f"{name}@example.org",
                password=PASSWORD,
                role=role,
                team_id=teams[team],
                locale="en",
            )
            await identity.join(ADMIN, user)
        await wait()
    await nats.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def people(gausdo: Gausdo, settled: Settled) -> People:
    identity = gausdo.get(Identity)
    joined = {user.email.partition("@")[0]: user.id for user in await identity.users(ADMIN)}
    return People(**{name: await identity.actor(joined[name]) for name in COLLEAGUES})


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def nats(servers: Servers) -> AsyncIterator[Client]:
    nats = await connect(servers.nats_url, "tests")
    yield nats
    await nats.close()


@asynccontextmanager
async def _at_work(gausdo: Gausdo, nats: Client) -> AsyncIterator[None]:
    for stream in await nats.jetstream().streams_info():
        await nats.jetstream().delete_stream(stream.config.name)
    task = asyncio.create_task(work(gausdo, nats))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def working(gausdo: Gausdo, nats: Client) -> AsyncIterator[None]:
    """The worker of the test module, on streams of its own."""
    async with _at_work(gausdo, nats):
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def settled(gausdo: Gausdo, nats: Client, working: None) -> AsyncIterator[Settled]:
    """Wait until every event is handled and every job that is due is done."""
    async with settling(gausdo, nats, superuser_dsn(gausdo.settings)) as wait:
        yield wait


def superuser_dsn(settings: Settings) -> str:
    """To the database of an installation, past the roles of the modules."""
    return dsn_of(settings.postgres_url.get_secret_value(), database=settings.database)


def superuser(gausdo: Gausdo) -> psycopg.Connection[Any]:
    return psycopg.connect(superuser_dsn(gausdo.settings), autocommit=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def web(gausdo: Gausdo, nats: Client) -> AsyncIterator[ASGIApp]:
    async with serving(gausdo, lambda live: live.listen(nats)) as app:
        yield app


As = Callable[[Actor | None], httpx2.AsyncClient]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def api(gausdo: Gausdo, web: ASGIApp) -> AsyncIterator[As]:
    """`api(actor)`: an HTTP client of the API with that person's bearer token, who has just proved
    who they are; None: nobody's."""
    clients: list[httpx2.AsyncClient] = []

    def client(actor: Actor | None) -> httpx2.AsyncClient:
        headers = {}
        if actor is not None:
            proved = {"auth_time": int(time.time())}
            token = gausdo.tokens.issue(str(actor.id), API, "at+jwt", 600, **proved)
            headers["authorization"] = f"Bearer {token}"
        made = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(web, client=("127.0.0.1", 1)),
            base_url="http://localhost/api/v1",
            headers=headers,
        )
        clients.append(made)
        return made

    yield client
    for made in clients:
        await made.aclose()
