"""The data set in a data folder of its own: made once, by COPY, and kept for later runs.

PostgreSQL writes no log for what is copied into a table that the same transaction has emptied, and
takes such rows as frozen; so each process fills tables of its own in one transaction. Keys and
indexes are made when everything is there.
"""

import asyncio
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from gausdo.app import MODULES
from gausdo.modules.identity.passwords import hashed
from gausdo.platform.custom_indexes import build_asked
from gausdo.platform.db import migrate as database
from gausdo.platform.embedded.home import Home, claimed
from gausdo.platform.embedded.postgres import EmbeddedPostgres
from gausdo.platform.embedded.server import write_private
from gausdo.settings import Settings
from tests.bench import added, settled
from tests.bench.chance import DAY, told
from tests.bench.rows import COLUMNS, Rows
from tests.bench.size import SIZES, Size
from tests.bench.world import PIPELINE, STAGE, STAGES, TEAM_ID, World

RELEASE = 4
"""Of the data set: a folder made by another one is refused."""
MARK = "bench.json"
PASSWORD = "correct horse battery staple"
PORTION = 2000
"""Records between two writes."""
CREWS = {
    ("company", "person", "known deal"): (
        "customers.company", "customers.person", "customers.reach", "customers.personal",
        "customers.history", "sales.known", "activities.known",
    ),
    ("deal", "task", "note"): (
        "sales.deal", "sales.next_task", "sales.personal", "sales.history",
        "activities.task", "activities.note", "activities.personal", "activities.history",
    ),
}  # fmt: skip
"""What each process makes, and the tables that only it fills: about as much to do for each."""
FILLED = [*COLUMNS, *settled.TIMELINES]
"""Tables whose keys and indexes are made when everything is there."""
FIRST = ("history", "timeline", "search", "personal")
"""Indexes that take longest are begun first."""
LOOK = 10.0
"""Seconds between two words about how far it is."""
ADMIN, HEAD, ABOVE = 100_001, 100_002, 100_000
"""Numbers of the administrator, of the head of sales, and of the team above all teams."""
Tell = Callable[[str], None]
_copied_so_far = multiprocessing.Value("q", 0)
"""Rows, by every process; those that are forked share it."""


@dataclass(frozen=True)
class Made:
    """What lies in the folder: rows by COPY and the seconds it took to make them."""

    world: World
    rows: int
    seconds: float


def email(number: int) -> str:
    return f"n{number}@bench.example"


def data_set(folder: Path, size: Size, tell: Tell) -> Made:
    """The data set in `folder`, made unless it is there. Raises SystemExit for a foreign folder."""
    mark = folder / MARK
    if mark.exists():
        kept = json.loads(mark.read_text())
        if (kept["release"], kept["size"]) != (RELEASE, size.name):
            raise SystemExit(f"{folder} has another data set: remove it, or name another folder.")
        return Made(World(size, kept["until"]), kept["rows"], kept["seconds"])
    if folder.exists() and any(folder.iterdir()):
        raise SystemExit(f"{folder} is not empty, nor a data set of the bench: remove it.")
    began = time.monotonic()
    world = World(size, int(time.time() * 1000) // DAY * DAY)
    with claimed(folder) as home, _postgres(home) as admin:
        tell("Making the schemas…")
        dsn = _migrated(home, admin)
        with psycopg.connect(dsn, autocommit=True) as db:
            _months(db, world)
            references = _without_references(db)
            indexes = _without_indexes(db)
            rows = _copied(dsn, world, tell)
            _staff(db, world)
            _added_fields(db, world)
            tell("Filling the timelines…")
            settled.fill_timelines(dsn)
            tell(f"Making {len(indexes)} keys and indexes…")
            _at_once(dsn, indexes)
            _at_once(dsn, references)
            for module in MODULES:
                build_asked(dsn, module.schema)
            tell("ANALYZE…")
            _at_once(dsn, [f"analyze {table}" for table in FILLED])
            db.execute("checkpoint")
    seconds = time.monotonic() - began
    made = {"release": RELEASE, "size": size.name, "until": world.until}
    write_private(mark, json.dumps({**made, "rows": rows, "seconds": round(seconds, 1)}))
    return Made(world, rows, seconds)


@contextmanager
def _postgres(home: Home) -> Iterator[str]:
    """The folder's own PostgreSQL, as `gausdo up` finds it later; in a hurry, and not durable."""
    server = EmbeddedPostgres(
        home.folder / "postgres",
        secret=home.secret_file("postgres"),
        durable=False,
        configuration={
            "shared_buffers": "512MB",
            "maintenance_work_mem": "768MB",
            "max_parallel_maintenance_workers": "0",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "autovacuum": "off",
        },
    )
    server.start()
    try:
        yield server.dsn
    finally:
        server.stop()


def _migrated(home: Home, admin: str) -> str:
    """Only PostgreSQL runs, so the other settings are never read."""
    nowhere = "unused://127.0.0.1:1"
    settings = Settings(
        secret=home.secret("secret"), postgres_url=admin, valkey_url=nowhere, nats_url=nowhere,
        clickhouse_url=nowhere,
    )  # fmt: skip
    database.prepare(admin, settings.database, settings.passwords)
    dsn = database.dsn_of(admin, database=settings.database)
    for module in MODULES:
        database.migrate(dsn, module.schema)
    asyncio.run(settled.begin_chains(settings))
    return dsn


def _staff(db: psycopg.Connection[Any], world: World) -> None:
    """Teams of managers below one team with its head, an administrator, and the pipeline."""
    at = told(world.since)
    password = asyncio.run(hashed(PASSWORD))
    above = world.fixed(TEAM_ID, ABOVE)
    teams = [(above, "Все продажи", None)]
    teams += [(world.fixed(TEAM_ID, n), f"Отдел {n + 1}", above) for n in range(world.size.teams)]
    users = [(ADMIN, "administrator", None), (HEAD, "head", above)]
    users += [(n, "manager", world.team(n)) for n in range(world.size.managers)]
    with db.cursor() as cursor:
        cursor.executemany(
            "insert into identity.team (id, name, parent_id) values (%s,%s,%s)", teams
        )
        cursor.executemany(
            "insert into identity.user (id, name, email, password_hash, role, team_id, active, "
            "locale, time_zone, created_at, changed_at, version) "
            "values (%s, %s, %s, %s, %s, %s, true, 'ru', 'Europe/Moscow', %s, %s, 1)",
            [
                (world.user(n), world.user_name(n), email(n), password, role, team, at, at)
                for n, role, team in users
            ],
        )
        for module in ("customers", "sales", "activities"):
            cursor.executemany(
                f"insert into {module}.known (kind, id, label, owner_id, team_id, version) "
                "values ('user', %s, %s, %s, %s, 1)",
                [(world.user(n), world.user_name(n), world.user(n), team) for n, _, team in users],
            )
        cursor.execute("insert into sales.pipeline values (%s, 'Продажи', 0, %s)",
                       [world.fixed(PIPELINE, 0), at])  # fmt: skip
        cursor.executemany(
            "insert into sales.stage (id, pipeline_id, name, position, kind, probability, tone) "
            "values (%s, %s, %s, %s, %s, %s, %s)",
            [
                (world.fixed(STAGE, n), world.fixed(PIPELINE, 0), name, n, kind, probability, tone)
                for n, (name, kind, probability, tone) in enumerate(STAGES)
            ],
        )


def _added_fields(db: psycopg.Connection[Any], world: World) -> None:
    """Of deals; the indexes that they ask for are built with the others."""
    with db.cursor() as cursor:
        cursor.executemany(
            "insert into sales.custom_field (id, of, key, name, type, options, required, indexed, "
            "position, archived, version) values (%s, 'deal', %s, %s, %s, %s, false, %s, %s, "
            "false, 1)",
            [
                (one.id(world.since), one.key, f"Поле {one.number + 1}", one.type,
                 json.dumps(one.options), one.indexed, one.number)
                for one in added.FIELDS
            ],
        )  # fmt: skip


def _months(db: psycopg.Connection[Any], world: World) -> None:
    first, last = (datetime.fromtimestamp(ms / 1000, UTC).date()
                   for ms in (world.since, world.until))  # fmt: skip
    for module in ("customers", "sales", "activities"):
        db.execute(f"select {module}.make_partitions(%s, %s)".encode(), [first, last])


def _without_indexes(db: psycopg.Connection[Any]) -> list[str]:
    """Drop keys and indexes of the tables to be filled; answers how to make them again."""
    found = db.execute(
        "select t.oid::regclass::text, x.relname, pg_get_indexdef(x.oid), c.conname, "
        "pg_get_constraintdef(c.oid) from pg_index i join pg_class x on x.oid = i.indexrelid "
        "join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace "
        "left join pg_constraint c on c.conindid = x.oid "
        "where n.nspname || '.' || t.relname = any(%s) and not x.relispartition",
        [FILLED],
    ).fetchall()
    made = []
    for table, index, definition, key, meaning in found:
        if key is None:
            db.execute(f"drop index {table.partition('.')[0]}.{index}".encode())
            made.append(definition.replace(" ON ONLY ", " ON "))
        else:
            db.execute(f"alter table {table} drop constraint {key}".encode())
            made.append(f"alter table {table} add constraint {key} {meaning}")
    return sorted(made, key=lambda statement: not any(word in statement for word in FIRST))


def _without_references(db: psycopg.Connection[Any]) -> list[str]:
    """The same of foreign keys to them, which stand on their keys."""
    found = db.execute(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
        "where contype = 'f' and conparentid = 0 and confrelid::regclass::text = any(%s)",
        [FILLED],
    ).fetchall()
    for table, key, _ in found:
        db.execute(f"alter table {table} drop constraint {key}".encode())
    return [f"alter table {table} add constraint {key} {meaning}" for table, key, meaning in found]


def _copied(dsn: str, world: World, tell: Tell) -> int:
    """Every crew at once; answers how many rows."""
    rows, began = _copied_so_far, time.monotonic()
    rows.value = 0
    crews = [(dsn, world.size.name, world.until, *crew) for crew in CREWS.items()]
    with ProcessPoolExecutor(len(crews), multiprocessing.get_context("fork")) as pool:
        working = {pool.submit(_fill, *crew) for crew in crews}
        while working:
            done, working = wait(working, LOOK)
            for crew in done:
                crew.result()
            pace = rows.value / (time.monotonic() - began)
            tell(f"{rows.value:,} rows, {pace:,.0f} rows/s")
    return rows.value


def _fill(dsn: str, size: str, until: int, kinds: tuple[str, ...], tables: tuple[str, ...]) -> None:
    """Make all of these kinds, in one transaction that has emptied these tables."""
    rows = Rows(World(SIZES[size], until))
    with psycopg.connect(dsn) as db, db.cursor() as cursor:
        cursor.execute(f"truncate {', '.join(tables)}".encode())
        for make, count in (rows.makers[kind] for kind in kinds):
            for first in range(0, count, PORTION):
                for i in range(first, min(first + PORTION, count)):
                    make(i)
                for table, lines in rows.take().items():
                    _write(cursor, table, lines)


def _write(cursor: psycopg.Cursor[Any], table: str, lines: list[str]) -> None:
    columns = COLUMNS[table.rpartition("_2")[0] or table]
    with cursor.copy(f"copy {table} ({columns}) from stdin with (freeze)".encode()) as copy:
        copy.write("".join(lines))
    with _copied_so_far.get_lock():
        _copied_so_far.value += len(lines)


def _at_once(dsn: str, statements: list[str]) -> None:
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(_execute, [dsn] * len(statements), statements))


def _execute(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute(statement.encode())
