"""The data set in a data folder of its own: made once, by COPY, and kept for later runs."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from gausdo.app import MODULES
from gausdo.modules.identity.passwords import hashed
from gausdo.platform.db import migrate as database
from gausdo.platform.embedded.home import Home, claimed
from gausdo.platform.embedded.postgres import EmbeddedPostgres
from gausdo.platform.embedded.server import write_private
from gausdo.settings import Settings
from tests.bench.chance import DAY, told
from tests.bench.rows import COLUMNS, Rows
from tests.bench.size import SIZES, Size
from tests.bench.world import PIPELINE, STAGE, STAGES, TEAM_ID, World

RELEASE = 1
"""Of the data set: a folder made by another one is refused."""
MARK = "bench.json"
PASSWORD = "correct horse battery staple"
PORTION = 500
"""Records between two writes."""
PROCESSES = 2
ADMIN, HEAD, ABOVE = 100_001, 100_002, 100_000
"""Numbers of the administrator, of the head of sales, and of the team above all teams."""
Tell = Callable[[str], None]


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
            _staff(db, world)
            indexes = _without_indexes(db)
            rows = _copied(dsn, world, tell)
            _with_indexes(dsn, indexes, tell)
            tell("VACUUM, ANALYZE…")
            db.execute("vacuum (freeze, analyze)")
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
            "maintenance_work_mem": "384MB",
            "max_wal_size": "2GB",
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
            first, last = (datetime.fromtimestamp(ms / 1000, UTC).date()
                           for ms in (world.since, world.until))  # fmt: skip
            cursor.execute(f"select {module}.make_partitions(%s, %s)", [first, last])
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


def _without_indexes(db: psycopg.Connection[Any]) -> list[str]:
    """Drop the indexes of the tables to be filled, but keys; answers how to make them again."""
    found = db.execute(
        "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i "
        "join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace "
        "join pg_class x on x.oid = i.indexrelid "
        "where n.nspname || '.' || t.relname = any(%s) and not i.indisprimary "
        "and not i.indisunique and not x.relispartition",
        [list(COLUMNS)],
    ).fetchall()
    for name, _ in found:
        db.execute(f"drop index {name}".encode())
    return [made.replace(" ON ONLY ", " ON ") for _, made in found]


def _copied(dsn: str, world: World, tell: Tell) -> int:
    """Every kind of record in shares, several processes at once; answers how many rows."""
    shares = [
        (kind, start, min(start + 20_000, count))
        for kind, (_, count) in Rows(world).makers.items()
        for start in range(0, count, 20_000)
    ]
    rows, done, began = 0, 0, time.monotonic()
    with ProcessPoolExecutor(PROCESSES) as pool:
        running = [
            pool.submit(_share, dsn, world.size.name, world.until, *share) for share in shares
        ]
        for share in as_completed(running):
            rows += share.result()
            done += 1
            if done % 10 == 0 or done == len(shares):
                pace = rows / (time.monotonic() - began)
                tell(f"{rows:,} rows, {done} of {len(shares)} shares, {pace:,.0f} rows/s")
    return rows


def _share(dsn: str, size: str, until: int, kind: str, start: int, stop: int) -> int:
    rows, count = Rows(World(SIZES[size], until)), 0
    make, _ = rows.makers[kind]
    with psycopg.connect(dsn) as db, db.cursor() as cursor:
        for first in range(start, stop, PORTION):
            for i in range(first, min(first + PORTION, stop)):
                make(i)
            for table, lines in rows.take().items():
                with cursor.copy(f"copy {table} ({COLUMNS[table]}) from stdin".encode()) as copy:
                    copy.write("".join(lines))
                count += len(lines)
    return count


def _with_indexes(dsn: str, statements: list[str], tell: Tell) -> None:
    tell(f"Making {len(statements)} indexes…")
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(_index, [dsn] * len(statements), statements))


def _index(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("set max_parallel_maintenance_workers = 0")
        db.execute(sql.SQL(statement))  # type: ignore[arg-type]
