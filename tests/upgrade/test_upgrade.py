"""An installation of a release becomes one of today, however often the migration is killed.

What the release left is in `VERSION.sql.xz`, what it asked of PostgreSQL in
`VERSION.statements.xz` (`tools/release_fixture.py`). Today's migrations are followed by tomorrow's,
made here, so that there is always one to be killed in: in a transaction, between modules, and while
indexes are built.
"""

import json
import lzma
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psycopg
import pytest
import pytest_asyncio
from psycopg import sql
from pydantic import SecretStr

from gausdo.app import Gausdo, opened
from gausdo.gateway.identify import API
from gausdo.kernel.actor import SYSTEM
from gausdo.modules.identity.contract import Identity
from gausdo.platform.db.migrate import dsn_of, script_of
from gausdo.platform.embedded import postgres
from gausdo.serve import serving
from gausdo.settings import MODULES as NAMES
from gausdo.settings import Settings
from tests.deploy.installed import said
from tests.processes import passable, told
from tests.servers import ROOT, Servers
from tools.release_fixture import SECRET, explained

HERE = Path(__file__).parent
VERSION = "0.1.0"
HAD = {"identity", "customers", "sales", "activities", "communications", "integrations"} | {
    "automation", "reports", "jobs",
}  # fmt: skip
"""The schemas of the release."""
TRANSPORT = {"alembic_version", "cursor", "line"}
EMPTIED = 'delete from "{}"."history"'
"""Only the demo was loaded like this; since then nothing is taken out of a history."""
MIGRATION = '''"""Tomorrow

Kind: expand
"""

import sqlalchemy as sa
from alembic import op

from gausdo.platform.db.indexes import build_index

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
{body}
'''
COLUMN = "    op.add_column({table!r}, sa.Column('tomorrow', {column}), schema={schema!r})"
INDEXES = """
    build_index("ix_deal_tomorrow", "deal", ["changed_at", "stage_id"], schema="sales")
    build_index("ix_history_tomorrow", "history", ["kind", "at"], schema="sales")
"""
NUMBER = "sa.Integer(), nullable=False, server_default='7'"
TOMORROW = {
    "identity": [COLUMN.format(table="user", column="sa.Text()", schema="identity")],
    "sales": [COLUMN.format(table="next_task", column=NUMBER, schema="sales"), INDEXES],
    "reports": [COLUMN.format(table="fresh", column="sa.Text()", schema="reports")],
}


def kept(name: str) -> str:
    return lzma.decompress((HERE / f"{VERSION}.{name}.xz").read_bytes()).decode()


def add_tomorrow(tree: Path) -> dict[str, str]:
    """Tomorrow's migrations, into a copy of the code; answers module → its last revision."""
    heads = {name: str(script_of(name).get_current_head()) for name in NAMES}
    for module, bodies in TOMORROW.items():
        for number, body in enumerate(bodies, 1):
            revision = f"tomorrow{number}"
            text = MIGRATION.format(revision=revision, before=heads[module], body=body)
            folder = tree / "gausdo" / "modules" / module / "migrations"
            (folder / f"{revision}.py").write_text(text)
            heads[module] = revision
    return heads


@dataclass(frozen=True)
class Installation:
    """The release, restored, and the code of tomorrow."""

    dsn: str
    settings: Settings
    tree: Path
    heads: dict[str, str]

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.dsn, autocommit=True) as db:
            return db.execute(statement.encode()).fetchall()

    def until(self, statement: str) -> None:
        deadline = time.monotonic() + 120
        while not self.ask(statement):
            assert time.monotonic() < deadline, statement
            time.sleep(0.05)

    def command(self) -> dict[str, object]:
        return {"cwd": self.tree, "env": {"PATH": "/usr/bin:/bin", **told(self.settings)}}

    @contextmanager
    def killed(self) -> Iterator[subprocess.Popen[str]]:
        """`gausdo migrate`, killed at the end of the block, and gone from the server, too."""
        command = [sys.executable, "-u", "-m", "gausdo.cli", "migrate"]
        migrator = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **self.command())  # type: ignore[call-overload]
        try:
            yield migrator
            assert migrator.poll() is None
        finally:
            migrator.kill()
            migrator.communicate()

    def at(self) -> dict[str, str]:
        """The revision of each module that is there: later releases bring others."""
        return {
            name: str(self.ask(f"select version_num from {name}.alembic_version")[0][0])
            for name in NAMES
            if self.ask(f"select where to_regclass('{name}.alembic_version') is not null")
        }


@pytest.fixture(scope="module")
def installation(servers: Servers) -> Iterator[Installation]:
    """A server of its own: roles belong to a whole server."""
    with passable("upgrade") as folder:
        server = postgres.EmbeddedPostgres(folder / "postgres", durable=False)
        server.start()
        tree = folder / "tree"
        shutil.copytree(
            ROOT / "gausdo", tree / "gausdo", ignore=shutil.ignore_patterns("__pycache__")
        )
        heads = add_tomorrow(tree)
        settings = Settings(
            secret=SecretStr(SECRET),
            postgres_url=SecretStr(server.url),
            database="gausdo_0_1_0",
            valkey_url=SecretStr(servers.valkey_url),
            nats_url=SecretStr(servers.nats_url),
            clickhouse_url=SecretStr(servers.clickhouse_url),
        )
        restore(server.url, settings.database)
        dsn = dsn_of(server.url, database=settings.database)
        yield Installation(dsn, settings, tree, heads)
        server.stop()


def restore(url: str, database: str) -> None:
    """As the guide says: roles first, then what pg_dump told."""
    with psycopg.connect(url, autocommit=True) as db:
        for module in (*NAMES, "jobs"):
            for role in (f"gausdo_{module}", f"gausdo_{module}_owner"):
                db.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
        db.execute(
            sql.SQL("create database {} template template0").format(sql.Identifier(database))
        )
    psql = [str(postgres.binaries(None) / "psql"), "-q", "-v", "ON_ERROR_STOP=1"]
    dsn = dsn_of(url, database=database)
    subprocess.run([*psql, dsn], input=kept("sql"), text=True, check=True, capture_output=True)


def columns(installation: Installation) -> dict[str, str]:
    """Table → its columns."""
    found = installation.ask(
        "select format('%I.%I', table_schema, table_name), string_agg(quote_ident(column_name), "
        "', ' order by column_name) from information_schema.columns join pg_class c "
        "on c.oid = format('%I.%I', table_schema, table_name)::regclass and c.relkind in ('r', 'p')"
        f" where table_schema = any('{{{','.join(NAMES)},jobs}}') and not c.relispartition "
        "group by 1"
    )
    return {
        str(table): str(names)
        for table, names in found
        if str(table).rpartition(".")[2] not in TRANSPORT
    }


def sums(installation: Installation, told: dict[str, str]) -> dict[str, str]:
    """Table → how many rows it has and a sum over them, by the columns that are told."""
    asked = (
        "select count(*) || ' ' || md5(coalesce(string_agg(t::text, '' order by t::text), '')) "
        "from (select {names} from {table}) t"
    )
    return {
        table: str(installation.ask(asked.format(names=names, table=table))[0][0])
        for table, names in told.items()
    }


@dataclass(frozen=True)
class Before:
    """What the release had."""

    columns: dict[str, str]
    sums: dict[str, str]


@pytest.fixture(scope="module")
def before(installation: Installation) -> Before:
    found = columns(installation)
    return Before(found, sums(installation, found))


@pytest.fixture(scope="module")
def upgraded(installation: Installation, before: Before) -> Installation:
    """Killed five times, at five places, and finished by the sixth run."""
    one = installation
    start = one.at()
    with psycopg.connect(one.dsn) as reader:
        reader.execute('select from identity."user"')
        waiting = "select from pg_locks where not granted and relation = 'identity.user'::regclass"
        with one.killed():
            one.until(waiting)
    assert one.at()["identity"] == script_of("identity").get_current_head()
    with one.killed() as migrator:
        assert migrator.stdout is not None
        assert next(line for line in migrator.stdout if line.startswith("identity: tomorrow1"))
    assert one.at()["reports"] == start["reports"]
    today = script_of("sales").get_current_head()
    with psycopg.connect(one.dsn) as reader:
        reader.execute("select from sales.next_task")  # which tomorrow adds a column to
        with one.killed():
            one.until(f"select from sales.alembic_version where version_num = '{today}'")
    for building in ("ix_deal_tomorrow", "history_%_ix_history_tomorrow"):
        table = "deal" if "deal" in building else "history_default"
        with psycopg.connect(one.dsn) as writer:
            writer.execute(f"lock table sales.{table} in row exclusive mode".encode())
            with one.killed():
                one.until(
                    "select from pg_index i join pg_class c on c.oid = indexrelid "
                    f"where not indisvalid and c.relkind = 'i' and relname like '{building}'"
                )
            assert one.at()["sales"] == "tomorrow1"
    command = [sys.executable, "-m", "gausdo.cli", "migrate"]
    told = said(command, **one.command())
    assert "reports: tomorrow1" in told
    return one


@pytest.mark.timeout(600)
def test_a_migration_that_was_killed_again_and_again_is_finished(upgraded: Installation) -> None:
    assert upgraded.at() == upgraded.heads
    assert (
        upgraded.ask("select indexrelid::regclass::text from pg_index where not indisvalid") == []
    )
    parts = upgraded.ask(
        "select count(*) from pg_inherits where inhparent = 'sales.ix_history_tomorrow'::regclass"
    )
    assert parts == upgraded.ask(
        "select count(*) from pg_inherits where inhparent = 'sales.history'::regclass"
    )


def test_nothing_of_the_data_is_changed(upgraded: Installation, before: Before) -> None:
    assert sums(upgraded, before.columns) == before.sums
    filled = {table.partition(".")[0] for table, told in before.sums.items() if told[:2] != "0 "}
    assert filled == HAD


def test_what_the_release_asks_is_still_answered(upgraded: Installation) -> None:
    asked = [json.loads(line) for line in kept("statements").splitlines()]
    assert len(asked) > 200
    with psycopg.connect(upgraded.dsn) as db:
        refused = [one for one in asked if not explained(db, *one)]
        assert [told for told in refused if told[1] != EMPTIED.format(told[0])] == []
        db.execute("alter table sales.deal rename column title to name")
        assert [one for one in asked if not explained(db, *one)] != []
        db.rollback()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(upgraded: Installation) -> AsyncIterator[Gausdo]:
    async with opened(upgraded.settings) as gausdo:
        yield gausdo


@pytest.mark.asyncio(loop_scope="session")
async def test_people_go_on_with_their_work(running: Gausdo, upgraded: Installation) -> None:
    users = await running.get(Identity).users(SYSTEM)
    admin = next(user for user in users if user.role == "administrator")
    token = running.tokens.issue(str(admin.id), API, "at+jwt", 600)
    async with (
        serving(running, None) as app,
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app, client=("127.0.0.1", 1)),
            base_url="http://localhost/api/v1",
            headers={"authorization": f"Bearer {token}"},
        ) as client,
    ):
        for path in ("companies", "people", "deals", "tasks", "rules", "letters", "deliveries"):
            told = await client.get(f"/{path}")
            assert told.status_code == 200, told.text
        (deal,) = (await client.get("/deals", params={"limit": 1})).json()["items"]
        change = {"title": "Windows, at last", "version": deal["version"]}
        told = await client.patch(f"/deals/{deal['id']}", json=change)
        assert told.status_code == 200, told.text
    assert upgraded.ask(f"select title from sales.deal where id = '{deal['id']}'") == [
        ("Windows, at last",)
    ]
    assert {one for (one,) in upgraded.ask("select tomorrow from sales.next_task")} == {7}
