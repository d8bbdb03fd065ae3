"""Schemas, roles and each module's own Alembic line.

The administrator's role makes the database, the roles and the schemas; a module's owner role makes
its tables; the module's login role may only use them.
"""

import importlib.util
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any, cast
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from psycopg import sql
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, TextClause, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from gausdo.platform.db.indexes import LOCK_TIMEOUT, drop_half_built
from gausdo.platform.db.schema import Schema

LOCK = 7_220_001
"""One migrator at a time (an advisory lock)."""
TRIES, PAUSE = 10, 1.0
"""For a table that is in use, and seconds between the tries, in which those who waited go on."""

JOBS = """
create or replace function jobs.enqueue(task text, args jsonb, at timestamptz, once text)
returns bigint language plpgsql security definer set search_path = jobs, pg_temp as $$
declare
    waiting bigint;
begin
    -- Of the same job only one waits. One that is to run later is brought forward; one that is
    -- due is held by its row until this transaction ends, so that no worker begins it before it
    -- can see what this transaction has written. One that is just beginning is waited for, and
    -- another is written.
    loop
        if once is not null then
            update procrastinate_jobs set scheduled_at = enqueue.at
                where queueing_lock = once and status = 'todo'
                    and scheduled_at > coalesce(enqueue.at, now())
                returning id into waiting;
            if waiting is null then
                select id into waiting from procrastinate_jobs
                    where queueing_lock = once and status = 'todo' for share;
            end if;
            if waiting is not null then
                return waiting;
            end if;
        end if;
        begin
            return (procrastinate_defer_jobs_v1(
                array[row(
                    split_part(task, '.', 1), task, 0, null, once, args, at
                )::procrastinate_job_to_defer_v1]
            ))[1];
        exception when unique_violation then
            null;
        end;
    end loop;
end $$;
revoke all on function jobs.enqueue(text, jsonb, timestamptz, text) from public;
"""


def dsn_of(dsn: str, *, user: str | None = None, password: str = "", database: str = "") -> str:
    """The same server under another name: `postgresql://user:password@host:port/database`."""
    parts = urlsplit(dsn)
    netloc = parts.netloc
    if user is not None:
        host = parts.netloc.rpartition("@")[2]
        netloc = f"{quote(user)}:{quote(password, safe='')}@{host}"
    path = f"/{database}" if database else parts.path
    return urlunsplit((parts.scheme, netloc, path, parts.query, ""))


def prepare(admin_dsn: str, database: str, passwords: Mapping[str, str]) -> None:
    """Make the database, a schema and two roles per module, and the `jobs` schema.

    `passwords`: module → password of its login role; `jobs` among them. Safe to run again.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as db:
        if not db.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
            db.execute(
                sql.SQL("create database {} encoding 'UTF8' template template0").format(
                    sql.Identifier(database)
                )
            )
    with psycopg.connect(dsn_of(admin_dsn, database=database), autocommit=True) as db:
        alone(db)
        db.execute("set synchronous_commit = off")  # what is lost is made again by the next start
        db.execute("revoke all on schema public from public")
        make_roles(db, passwords)
        for module in passwords:
            _schema(db, module)
        _jobs(db, [module for module in passwords if module != "jobs"])


ALWAYS = "alter default privileges for role {owner} in schema {schema}"


def make_roles(db: psycopg.Connection[Any], passwords: Mapping[str, str]) -> None:
    """Two for each module, of the whole server: its owner and its login, with that password.

    It is a key that nobody could guess (`Settings.passwords`), so it need not be slow to try
    (RFC 7677): each connection would cost both sides 2 ms.
    """
    db.execute("set scram_iterations = 1")
    for module, password in passwords.items():
        for role, options in ((f"gausdo_{module}_owner", "nologin"), (f"gausdo_{module}", "login")):
            if not db.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                db.execute(
                    sql.SQL("create role {} nosuperuser nocreatedb nocreaterole {}").format(
                        sql.Identifier(role), sql.SQL(options)
                    )
                )
        for statement in (
            "alter role {login} login password {password}",
            "alter role {login} set statement_timeout = '20s'",
            "alter role {login} set lock_timeout = '5s'",
            "alter role {login} set gin_pending_list_limit = '256kB'",
            "alter role {login} set idle_in_transaction_session_timeout = '30s'",
            "grant {owner} to current_user",
        ):
            db.execute(sql.SQL(statement).format(**_names(module), password=sql.Literal(password)))


def _names(module: str) -> dict[str, sql.Identifier]:
    return {
        "login": sql.Identifier(f"gausdo_{module}"),
        "owner": sql.Identifier(f"gausdo_{module}_owner"),
        "schema": sql.Identifier(module),
    }


def _schema(db: psycopg.Connection[Any], module: str) -> None:
    for statement in (
        "create schema if not exists {schema} authorization {owner}",
        "grant usage on schema {schema} to {login}",
        f"{ALWAYS} grant select, insert, update, delete on tables to {{login}}",
        f"{ALWAYS} grant usage on sequences to {{login}}",
    ):
        db.execute(sql.SQL(statement).format(**_names(module)))


def _jobs(db: psycopg.Connection[Any], modules: Sequence[str]) -> None:
    if not db.execute("select to_regclass('jobs.procrastinate_jobs')").fetchone()[0]:  # type: ignore[index]
        db.execute("set role gausdo_jobs_owner")
        db.execute("set search_path = jobs")
        db.execute(SchemaManager.get_schema().encode())
        db.execute("reset search_path")
        db.execute("reset role")
    db.execute("set role gausdo_jobs_owner")
    db.execute(JOBS)
    db.execute("grant execute on all functions in schema jobs to gausdo_jobs")
    for module in modules:
        role = sql.Identifier(f"gausdo_{module}")
        db.execute(sql.SQL("grant usage on schema jobs to {}").format(role))
        db.execute(
            sql.SQL(
                "grant execute on function jobs.enqueue(text, jsonb, timestamptz, text) to {}"
            ).format(role)
        )
    db.execute("reset role")


def migrate(admin_dsn: str, schema: Schema) -> str | None:
    """Bring one module's schema up to date; answers the revision it is at now.

    A table that is in use for longer than its lock is waited for is tried again. Raises
    TimeoutError when that does not help.
    """
    for left in reversed(range(TRIES)):
        try:
            return _upgrade(admin_dsn, schema)
        except OperationalError as refusal:
            if not isinstance(refusal.orig, LockNotAvailable):
                raise
            if not left:
                raise TimeoutError(
                    f"A table of “{schema.name}” is in use all the time: {refusal.orig} "
                    "End the long transaction (pg_stat_activity shows it), then run it again."
                ) from None
            time.sleep(PAUSE)
    return None


def _upgrade(admin_dsn: str, schema: Schema) -> str | None:
    script = script_of(schema.name)
    with as_owner(admin_dsn, schema) as connection:

        def upgrade(revision: Any, _: MigrationContext) -> Any:
            return script._upgrade_revs("head", revision)  # noqa: SLF001 - Alembic's own recipe

        environment = EnvironmentContext(Config(), script, fn=upgrade)
        environment.configure(
            connection=connection,
            target_metadata=schema.metadata,
            version_table_schema=schema.name,
            transaction_per_migration=True,
        )
        with environment.begin_transaction():
            environment.run_migrations()
        connection.commit()
        at = MigrationContext.configure(
            connection, opts={"version_table_schema": schema.name}
        ).get_current_revision()
        connection.commit()
        return at


def backbone(op: ModuleType, schema: str) -> None:
    """The partitions and functions that every module's first migration ends with."""
    op.execute(_of_module("backbone.sql", schema))


def append_only(op: ModuleType, schema: str) -> None:
    """Have nobody change or take away what is in the history; made after `history` and `seal`."""
    op.execute(_of_module("append_only.sql", schema))


def keep_computed(op: ModuleType, schema: str, *tables: str) -> None:
    """Have PostgreSQL work out the added fields of these records that have formulas; made after
    `custom_field`.
    """
    op.execute(_of_module("computed.sql", schema))
    for table in tables:
        op.execute(
            f"create trigger compute_custom before insert or update on {schema}.{table} "
            f"for each row execute function {schema}.compute_custom()"
        )


def keep_words(op: ModuleType, schema: str, *tables: str) -> None:
    """Have PostgreSQL keep the words of these tables' `search`; made after `word`."""
    had = " or ".join(
        f"exists (select from {schema}.{table} where search @@ quoted::tsquery)" for table in tables
    )
    op.execute(_of_module("words.sql", schema, had=had))
    for table in tables:
        on = f"on {schema}.{table}"
        for name, when in (
            ("learn_words", f"insert {on} referencing new table as came for each statement"),
            ("forget_words", f"delete {on} referencing old table as went for each statement"),
            (
                "change_words",
                f"update {on} for each row when (old.search is distinct from new.search)",
            ),
        ):
            op.execute(f"create trigger {name} after {when} execute function {schema}.{name}()")


def _of_module(file: str, schema: str, **told: str) -> TextClause:
    statements = files("gausdo.platform.db").joinpath(file).read_text()
    return text(statements.format(schema=schema, **told).replace(":", r"\:"))


def script_of(module: str) -> ScriptDirectory:
    spec = importlib.util.find_spec(f"gausdo.modules.{module}")
    if spec is None or spec.origin is None:
        raise LookupError(f"There is no module “{module}”.")
    folder = Path(spec.origin).parent / "migrations"
    template = Path(str(files("gausdo.platform.db"))) / "migration"
    return ScriptDirectory(
        str(template), version_locations=[str(folder)], file_template="%(rev)s_%(slug)s"
    )


@contextmanager
def as_owner(admin_dsn: str, schema: Schema) -> Iterator[Connection]:
    """A connection that acts as the owner of the module's tables; nobody else migrates meanwhile.

    When this process dies, the server ends what it has begun for it within two seconds.
    """
    url = admin_dsn.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        alone(cast("psycopg.Connection[Any]", connection.connection.driver_connection))
        for setting in (
            f"role = gausdo_{schema.name}_owner",
            f"lock_timeout = '{LOCK_TIMEOUT}'",
            "client_connection_check_interval = '2s'",
        ):
            connection.execute(text(f"set {setting}"))
        drop_half_built(connection, schema.name)
        connection.commit()
        yield connection.execution_options(isolation_level="READ COMMITTED")
    engine.dispose()


def alone(db: psycopg.Connection[Any]) -> None:
    """Wait until no other migrator is at work, and keep the others waiting.

    By asking again and again: who waits inside PostgreSQL has a snapshot, and an index that is
    being built would wait for its end, each for the other.
    """
    pause = threading.Event()  # `time.sleep` raises under libfaketime, which tests use
    while not db.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:  # type: ignore[index]
        pause.wait(0.1)
