"""Migrations of tables in use: nobody waits for them; a kill at any moment costs another run."""

import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError

import gausdo.modules
from gausdo.platform.db import migrate as migrating
from gausdo.platform.db.migrate import dsn_of, migrate, prepare
from gausdo.platform.embedded.postgres import EmbeddedPostgres
from tests.platform.migrator import GADGETS
from tests.servers import ROOT

START = """
op.execute("create table gadgets.gadget (id int primary key, name text)")
op.execute("insert into gadgets.gadget select n, 'gadget ' || n from generate_series(1, 500) n")
op.execute("create table gadgets.made (id int, day date) partition by range (day)")
op.execute("create table gadgets.made_a partition of gadgets.made default")
op.execute("create table gadgets.made_b partition of gadgets.made "
           "for values from ('2026-01-01') to ('2027-01-01')")
op.execute("insert into gadgets.made select n, date '2026-01-01' + n from generate_series(1, 9) n")
"""
INDEX = 'build_index("ix_gadget_name", "gadget", ["name"], schema="gadgets", unique=True)'
OF_PARTITIONS = 'build_index("ix_made_id", "made", ["id"], schema="gadgets")'
COLUMN = 'op.add_column("gadget", sa.Column("colour", sa.Text()), schema="gadgets")'
MIGRATION = """
import sqlalchemy as sa
from alembic import op
from gausdo.platform.db.indexes import build_index, drop_index

revision = "{number:04}"
down_revision = {before!r}

def upgrade():
{body}
"""
INVALID = """
    select count(*) from pg_index i join pg_class c on c.oid = i.indexrelid where not i.indisvalid
"""
INDEXES = (
    "select c.relname, i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid "
    "where c.relname like '%ix\\_%' order by 1"
)
BUILDING = "select count(*) from pg_stat_activity where query ilike 'create % concurrently %'"
Connect = Callable[[], "psycopg.Connection[tuple[object, ...]]"]


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """One of its own: roles belong to a whole server."""
    with tempfile.TemporaryDirectory(prefix="gausdo-migrations-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as somebody else when we are root
        server = EmbeddedPostgres(Path(folder) / "postgres", durable=False)
        server.start()
        yield server
        server.stop()


class Line:
    """The module `gadgets` with its migrations, and its database."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.dsn, self.folder = dsn, folder
        (folder / "gadgets" / "migrations").mkdir(parents=True)
        (folder / "gadgets" / "__init__.py").touch()

    def add(self, *bodies: str) -> None:
        folder = self.folder / "gadgets" / "migrations"
        for body in bodies:
            number = len(list(folder.glob("*.py"))) + 1
            text = MIGRATION.format(
                number=number,
                before=f"{number - 1:04}" if number > 1 else None,
                body=textwrap.indent(body.strip(), "    "),
            )
            (folder / f"{number:04}_more.py").write_text(text)

    def migrate(self) -> str | None:
        return migrate(self.dsn, GADGETS)

    def started(self) -> "subprocess.Popen[str]":
        """The same in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.platform.migrator", self.dsn, str(self.folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.dsn)

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.dsn, autocommit=True) as db:
            told = db.execute(statement.encode())
            return told.fetchall() if told.description else []

    def until(self, statement: str, wanted: object) -> None:
        deadline = time.monotonic() + 30
        while (found := self.ask(statement)[0][0]) != wanted:
            assert time.monotonic() < deadline, f"{statement}: {found}"
            time.sleep(0.02)


@pytest.fixture
def line(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Line]:
    name = f"at_{tmp_path.name}"[:60].lower()
    prepare(server.url, name, dict.fromkeys(("gadgets", "jobs"), "of no use elsewhere"))
    line = Line(dsn_of(server.url, database=name), tmp_path)
    monkeypatch.setattr(gausdo.modules, "__path__", [*gausdo.modules.__path__, str(tmp_path)])
    line.add(START)
    assert line.migrate() == "0001"
    yield line
    with psycopg.connect(server.url, autocommit=True) as db:
        db.execute(f'drop database "{name}" with (force)'.encode())


def test_an_index_is_built_while_others_write(line: Line) -> None:
    line.add(INDEX)
    migrator = threading.Thread(target=line.migrate)
    with line.connect() as writer:
        writer.execute("insert into gadgets.gadget values (1001, 'mine')")
        migrator.start()
        line.until(BUILDING, 1)
        line.until(INVALID, 1)
        line.ask("insert into gadgets.gadget values (1002, 'other')")
        writer.commit()
    migrator.join(60)
    assert line.ask(INDEXES) == [("ix_gadget_name", True)]


@pytest.mark.parametrize("body", [INDEX, OF_PARTITIONS], ids=["plain", "partitioned"])
def test_a_killed_build_is_dropped_and_begun_again(line: Line, body: str) -> None:
    line.add(body, COLUMN)
    with line.connect() as writer:
        writer.execute("insert into gadgets.gadget values (1001, 'mine')")
        writer.execute("insert into gadgets.made_b values (1001, '2026-02-02')")
        migrator = line.started()
        line.until(f"{INVALID} and c.relkind = 'i'", 1)
        migrator.kill()
        migrator.communicate()
        line.until(BUILDING, 0)
        left = [name for name, valid in line.ask(INDEXES) if not valid]
        assert left
    assert line.ask("select version_num from gadgets.alembic_version") == [("0001",)]
    assert line.migrate() == "0003"
    names = [str(name) for name, _ in line.ask(INDEXES)]
    assert all(valid for _, valid in line.ask(INDEXES))
    assert names == (
        ["ix_gadget_name"]
        if body is INDEX
        else ["ix_made_id", "made_a_ix_made_id", "made_b_ix_made_id"]
    )
    assert line.migrate() == "0003"


def test_a_partition_made_later_has_the_index(line: Line) -> None:
    line.add(OF_PARTITIONS)
    line.migrate()
    line.ask(
        "create table gadgets.made_c partition of gadgets.made "
        "for values from ('2027-01-01') to ('2028-01-01')"
    )
    found = line.ask(
        "select count(*) from pg_index i join pg_inherits h on h.inhrelid = i.indexrelid "
        "where h.inhparent = 'gadgets.ix_made_id'::regclass and i.indisvalid"
    )
    assert found == [(3,)]


def test_an_index_is_dropped_with_and_without_partitions(line: Line) -> None:
    line.add(INDEX, OF_PARTITIONS)
    line.migrate()
    drops = [f'drop_index("{name}", schema="gadgets")' for name in ("ix_gadget_name", "ix_made_id")]
    line.add("\n".join(drops))
    assert line.migrate() == "0004"
    assert line.ask(INDEXES) == []


def test_rows_that_break_a_unique_index_are_told_and_it_can_be_run_again(line: Line) -> None:
    line.add(INDEX)
    line.ask("insert into gadgets.gadget values (0, 'gadget 1')")
    with pytest.raises(IntegrityError, match=r"\(name\)=\(gadget 1\) is duplicated"):
        line.migrate()
    line.ask("delete from gadgets.gadget where id = 0")
    assert line.migrate() == "0002"
    assert line.ask(INDEXES) == [("ix_gadget_name", True)]


def test_two_migrators_at_once_do_not_wait_for_each_other(line: Line) -> None:
    line.add(INDEX, OF_PARTITIONS, COLUMN)
    migrators = [line.started() for _ in range(2)]
    told = [migrator.communicate(timeout=60)[0].strip() for migrator in migrators]
    assert told == ["0004"] * 2


def test_a_table_in_use_is_tried_again(line: Line) -> None:
    line.add(COLUMN)
    with line.connect() as reader:
        reader.execute("select from gadgets.gadget")
        waiting = threading.Thread(target=line.migrate)
        waiting.start()
        line.until("select count(*) from pg_locks where not granted", 1)
        line.until("select count(*) from pg_locks where not granted", 0)
        assert line.ask("select count(*) from gadgets.gadget") == [(500,)]
        reader.commit()
    waiting.join(60)
    assert line.migrate() == "0002"


def test_a_table_in_use_all_the_time_is_told(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.add(COLUMN)
    monkeypatch.setattr(migrating, "TRIES", 1)
    with line.connect() as reader:
        reader.execute("select from gadgets.gadget")
        with pytest.raises(TimeoutError, match="End the long transaction"):
            line.migrate()
    assert line.migrate() == "0002"
