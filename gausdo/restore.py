"""`gausdo restore`: an installation as it was when a backup was made.

The file is read twice: first to see that all of it is right, then into a database beside the one in
use. Only when that is whole and brought up to date it takes the other's place, in one transaction.
Whatever happens before leaves everything as it was.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
from clickhouse_connect.driver.exceptions import ClickHouseError
from nats.aio.client import Client
from psycopg import sql
from redis.exceptions import RedisError

from gausdo.app import MODULES
from gausdo.backup import BackupError, Manifest, Tell, counted, read, secret_print
from gausdo.doctor.seals import acknowledge
from gausdo.kernel.errors import Problem
from gausdo.platform.bus.stream import connect, forget
from gausdo.platform.cache import Cache
from gausdo.platform.crypto import Ring
from gausdo.platform.crypto.archive import FileKey
from gausdo.platform.db import NETWORK, dump
from gausdo.platform.db.migrate import dsn_of, make_roles, migrate, prepare, script_of
from gausdo.platform.epochs import Epochs
from gausdo.settings import Settings
from gausdo.setup import make_analytics, rebuild_analytics

SESSIONS = "session*"


def restore(
    settings: Settings, path: Path, key: FileKey, tell: Tell, *, replace: bool, secret_lost: bool
) -> Manifest:
    """Raises BackupError, DumpError, ArchiveError; the installation is then as it was before."""
    manifest = _looked_over(settings, path, key, tell, secret_lost=secret_lost)
    asyncio.run(_meet(settings))
    admin = settings.postgres_url.get_secret_value()
    new, old = f"{settings.database}_restoring", f"{settings.database}_replaced"
    with psycopg.connect(admin, autocommit=True, **NETWORK) as db:
        major = db.info.server_version // 10_000
        if major < manifest.postgres:
            raise BackupError(
                f"The backup is of PostgreSQL {manifest.postgres}, this server is {major}."
            )
        _demand_nobody(db, settings.database)
        if not replace:
            _demand_empty(settings)
        make_roles(db, settings.passwords)
        _drop(db, new)
        db.execute(
            sql.SQL("create database {} encoding 'UTF8' template template0").format(
                sql.Identifier(new)
            )
        )
        try:
            _fill(settings, path, key, tell, dsn_of(admin, database=new), major)
            _take_place(db, settings.database, new, old)
        finally:
            _drop(db, new)
        _drop(db, old)
    tell("the database is in its place")
    return manifest


def follow_up(settings: Settings, tell: Tell) -> None:
    """What lies beside the database is made anew; what does not answer now is told."""
    asyncio.run(_forget(settings))
    tell("streams and sessions are gone")
    for what, work, instead in (
        ("seals go on from here", acknowledge, "gausdo audit restored"),
        ("reports are filled", _fill_reports, "gausdo rebuild analytics"),
    ):
        try:
            asyncio.run(work(settings))
            tell(what)
        except (OSError, Problem, RuntimeError, ClickHouseError) as failure:
            tell(f"this is left to you: {instead} ({type(failure).__name__}: {failure})")


def _looked_over(
    settings: Settings, path: Path, key: FileKey, tell: Tell, *, secret_lost: bool
) -> Manifest:
    """The whole file is right, and one that this release and this installation can take."""
    manifest, dump_in_it = read(path, key)
    for _ in counted(dump_in_it, "checked", tell):
        pass
    newer = [
        name
        for name, revision in manifest.revisions.items()
        if name not in settings.passwords or revision not in _revisions(name)
    ]
    if newer:
        raise BackupError(
            f"The backup was made by a newer Gausdo ({manifest.version}): {', '.join(newer)} "
            "cannot be read by this one. Restore it with that release."
        )
    if not secret_lost and manifest.secret != secret_print(settings):
        raise BackupError(
            "This installation has another secret than the one that was backed up. Tell that one "
            "in GAUSDO_SECRET, or say --secret-lost: sealed values then stay closed."
        )
    ring = Ring.of(settings)
    if missing := [id for id in manifest.keys if ring.get(id) is None]:
        tell(f"sealed values need keys that are not in GAUSDO_KEY_RING: {', '.join(missing)}")
    return manifest


def _revisions(module: str) -> set[str]:
    return {script.revision for script in script_of(module).walk_revisions()}


def _demand_nobody(db: psycopg.Connection[Any], database: str) -> None:
    names = db.execute(
        "select distinct application_name from pg_stat_activity "
        "where datname = %s and pid <> pg_backend_pid() and backend_type = 'client backend'",
        [database],
    ).fetchall()
    if names:
        who = ", ".join(sorted(name or "somebody" for (name,) in names))
        raise BackupError(f"The database is in use by {who}. Stop `serve` and `work` first.")


def _demand_empty(settings: Settings) -> None:
    """Raise BackupError when anything has ever happened here."""
    dsn = dsn_of(settings.postgres_url.get_secret_value(), database=settings.database)
    try:
        with psycopg.connect(dsn, **NETWORK) as db:
            for module in MODULES:
                if db.execute("select to_regclass(%s)", [f"{module.name}.history"]).fetchone() == (
                    None,
                ):
                    continue
                history = sql.Identifier(module.name, "history")
                query = sql.SQL("select exists (select from {})").format(history)
                if db.execute(query).fetchone() == (True,):
                    raise BackupError(
                        "This installation is not empty. Say --replace to put the backup in the "
                        "place of what is there; that is gone then."
                    )
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error):
            raise


def _fill(settings: Settings, path: Path, key: FileKey, tell: Tell, dsn: str, major: int) -> None:
    _, portions = read(path, key)
    dump.restore(dsn, major, counted(portions, "restored", tell))
    admin = settings.postgres_url.get_secret_value()
    prepare(admin, psycopg.conninfo.conninfo_to_dict(dsn)["dbname"], settings.passwords)  # type: ignore[arg-type]
    for module in MODULES:
        migrate(dsn, module.schema)
    tell("brought up to date")


def _take_place(db: psycopg.Connection[Any], database: str, new: str, old: str) -> None:
    """Raises BackupError when somebody has come meanwhile."""
    _drop(db, old)
    here = db.execute("select 1 from pg_database where datname = %s", [database]).fetchone()
    try:
        with db.transaction():
            for before, after in (((database, old),) if here else ()) + ((new, database),):
                db.execute(
                    sql.SQL("alter database {} rename to {}").format(
                        sql.Identifier(before), sql.Identifier(after)
                    )
                )
    except psycopg.errors.ObjectInUse:
        raise BackupError(
            "Somebody uses the database now. Stop `serve` and `work`, and restore again."
        ) from None


def _drop(db: psycopg.Connection[Any], database: str) -> None:
    db.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


async def _forget(settings: Settings) -> None:
    """Positions of the streams will be given again, and sessions were of other people's rights."""
    async with _beside(settings) as (nats, cache):
        for module in MODULES:
            await forget(nats.jetstream(), module.name)
        async for session in cache.redis.scan_iter(match=SESSIONS, count=1000):
            await cache.redis.delete(session)
        await Epochs(cache).bump()


async def _meet(settings: Settings) -> None:
    """Raise BackupError when NATS or Valkey, which must forget, cannot be reached."""
    try:
        async with _beside(settings) as (_, cache):
            await cache.redis.ping()
    except (OSError, RedisError) as failure:
        raise BackupError(f"NATS and Valkey have to run while this is done: {failure!r}") from None


@asynccontextmanager
async def _beside(settings: Settings) -> AsyncIterator[tuple[Client, Cache]]:
    url = settings.nats_url.get_secret_value()
    nats = await asyncio.wait_for(connect(url, "gausdo restore"), 15)
    cache = Cache(settings.valkey_url.get_secret_value())
    try:
        yield nats, cache
    finally:
        await nats.close()
        await cache.close()


async def _fill_reports(settings: Settings) -> None:
    await make_analytics(settings)
    await rebuild_analytics(settings)
