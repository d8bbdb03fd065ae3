"""The servers: whether each is there, lets us in and has what we need."""

import asyncio
import smtplib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import nats
import nats.errors
from alembic.util import CommandError
from psycopg import AsyncConnection, OperationalError
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from gausdo.app import MODULES, analytics_of
from gausdo.doctor.finding import Finding, wrong
from gausdo.doctor.reach import PATIENCE, first_line, hangs, unreachable
from gausdo.doctor.words import Words, joined, verbatim, words
from gausdo.kernel.values import now
from gausdo.platform import pools
from gausdo.platform.db.migrate import script_of
from gausdo.settings import Settings
from gausdo.setup import MOST_CONNECTIONS

SKEW = 2.0
"""Seconds that two clocks may differ by."""
_STANDING = f"""
    select current_setting('server_version'), clock_timestamp(), {MOST_CONNECTIONS},
        (select count(*) from pg_stat_activity where backend_type = 'client backend')
"""  # noqa: S608 - of names alone


async def postgresql(settings: Settings) -> list[Finding]:
    """The server, every module's role and schema, connections, clock."""
    behind: list[Words] = []
    ahead: list[Words] = []
    missing: list[str] = []
    standing: tuple[Any, ...] = ()
    for module in (each for each in MODULES if each.name in settings.modules):
        dsn = settings.module_dsn(module.name)
        try:
            async with asyncio.timeout(2 * PATIENCE):
                connection = await AsyncConnection.connect(dsn, connect_timeout=int(PATIENCE))
        except (OperationalError, TimeoutError) as error:
            return [await _refused(dsn, error)]
        async with connection:
            asked = now()
            standing = (*(await _row(connection, _STANDING)), asked, now())
            at = await _revision(connection, module.name)
        script = script_of(module.name)
        if at is None:
            missing.append(module.name)
        elif not _knows(script, at):
            ahead.append(words("{name} at {at}", name=module.name, at=at))
        elif at != script.get_current_head():
            head = str(script.get_current_head())
            behind.append(words("{name} at {at}, of {head}", name=module.name, at=at, head=head))
    version, theirs, most, used, before, after = standing
    return [
        Finding(
            "PostgreSQL",
            words("version {version}; every module connects under its own role", version=version),
        ),
        _schema(missing, behind, ahead),
        _connections(settings, most, used),
        _clock("PostgreSQL", theirs, before, after),
    ]


async def _refused(dsn: str, error: BaseException) -> Finding:
    parts = urlsplit(dsn)
    host, port = parts.hostname or "localhost", parts.port or 5432
    told = first_line(error)
    if (closed := await unreachable(host, port)) is not None:
        return wrong("PostgreSQL", closed, words("Start it, or correct GAUSDO_POSTGRES_URL."))
    if "password authentication failed" in told or "no password supplied" in told:
        return wrong(
            "PostgreSQL",
            words("it refuses the password of {role}", role=parts.username or ""),
            words("Passwords follow from GAUSDO_SECRET: tell the secret this database was made "
                  "with, or run `gausdo migrate`, which sets them anew."),
        )  # fmt: skip
    if "does not exist" in told:
        return wrong(
            "PostgreSQL", verbatim(told.rpartition("FATAL:")[2].strip()),
            words("Run `gausdo migrate`: it makes the database, its roles and tables."),
        )  # fmt: skip
    if "too many" in told or "remaining connection slots" in told:
        return wrong(
            "PostgreSQL", words("all its connections are in use"),
            words("Raise max_connections, or run fewer processes."),
        )  # fmt: skip
    if isinstance(error, TimeoutError) or "timeout" in told:
        return wrong("PostgreSQL", hangs(host, port), words("See its log, and restart it."))
    return wrong(
        "PostgreSQL", told, words("See its log, and whether GAUSDO_POSTGRES_URL is right.")
    )


async def _row(connection: AsyncConnection[Any], query: str) -> tuple[Any, ...]:
    row = await (await connection.execute(query.encode())).fetchone()
    assert row is not None
    return tuple(row)


async def _revision(connection: AsyncConnection[Any], module: str) -> str | None:
    """The revision a module's tables are at; None when there are none."""
    table = f"{module}.alembic_version"
    if (await _row(connection, f"select to_regclass('{table}')"))[0] is None:
        return None
    (at,) = await _row(connection, f"select max(version_num) from {table}")  # noqa: S608
    return None if at is None else str(at)


def _knows(script: Any, revision: str) -> bool:
    try:
        return script.get_revision(revision) is not None
    except CommandError:
        return False


def _schema(missing: Sequence[str], behind: Sequence[Words], ahead: Sequence[Words]) -> Finding:
    if missing or behind:
        parts = [*(words("{name} has no tables", name=name) for name in missing), *behind]
        told = words("not migrated: {parts}", parts=joined("; ", parts))
        return wrong(words("schema"), told, words("Run `gausdo migrate`."))
    if ahead:
        return wrong(
            words("schema"),
            words("ahead of this release, which does not know it: {parts}",
                  parts=joined("; ", ahead)),
            words("A newer release has migrated it. Run that one here, too."),
        )  # fmt: skip
    return Finding(words("schema"), words("migrated as this release wants it"))


def _connections(settings: Settings, most: int, used: int) -> Finding:
    """A web process and a worker, at least, must find room at once."""
    modules = len(settings.modules)
    web, worker = pools.of_web(modules), pools.of_worker(modules)
    told = words("{used} of {most} in use", used=used, most=most)
    if web + worker > most:
        return wrong(
            words("connections"),
            words("{told}, and a web process with a worker may want {both}",
                  told=told, both=web + worker),
            words("Set max_connections of PostgreSQL to {most} or more: {web} for each web "
                  "process, {worker} for each worker.",
                  most=worker + 4 * web, web=web, worker=worker),
        )  # fmt: skip
    if used > 0.9 * most:
        return wrong(
            words("connections"), words("{told}: hardly any is left", told=told),
            words("Raise max_connections ({web} for each web process, {worker} for each worker), "
                  "or look in pg_stat_activity for whoever takes them.", web=web, worker=worker),
        )  # fmt: skip
    return Finding(words("connections"), told)


def _clock(server: str, theirs: datetime, before: datetime, after: datetime) -> Finding:
    skew = (theirs - before - (after - before) / 2).total_seconds()
    if abs(skew) > SKEW:
        told = (
            words("the clock of {server} is {s:.0f} s ahead of ours", server=server, s=skew)
            if skew > 0 else
            words("the clock of {server} is {s:.0f} s behind ours", server=server, s=-skew)
        )  # fmt: skip
        return wrong(
            words("clock"), told,
            words("Let both machines set their clocks by NTP: tokens, due times and reports go by "
                  "them."),
        )  # fmt: skip
    return Finding(words("clock"), words("that of {server} is ours", server=server))


async def valkey(settings: Settings) -> list[Finding]:
    url = settings.valkey_url.get_secret_value()
    host, port = _place(url, 6379)
    redis: Redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        async with asyncio.timeout(PATIENCE + 1):
            told: Any = await redis.info("server")
    except AuthenticationError:
        return [_password_refused("Valkey", "GAUSDO_VALKEY_URL")]
    except (RedisError, TimeoutError, OSError) as error:
        closed = await unreachable(host, port)
        late = isinstance(error, TimeoutError) or "imeout" in str(error)
        return [
            wrong(
                "Valkey", closed or (hangs(host, port) if late else first_line(error)),
                words("Nobody can sign in without it. Start it, or correct GAUSDO_VALKEY_URL."),
            )
        ]  # fmt: skip
    finally:
        await redis.aclose()
    version = str(told.get("valkey_version") or told.get("redis_version"))
    return [Finding("Valkey", words("version {version}", version=version))]


async def nats_server(settings: Settings) -> list[Finding]:
    url = settings.nats_url.get_secret_value()
    host, port = _place(url, 4222)
    advice = words(
        "Changes are kept and sent once it is back. Start it, or correct GAUSDO_NATS_URL."
    )

    async def quiet(_: Exception) -> None:
        """What is wrong is raised, too."""

    try:
        async with asyncio.timeout(PATIENCE):
            client = await nats.connect(
                url, name="gausdo doctor", allow_reconnect=False, connect_timeout=4, error_cb=quiet
            )
            info = await client.jetstream().account_info()
            version = str(client.connected_server_version).strip("<>").rpartition(" v")[2]
            await client.close()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        if (closed := await unreachable(host, port)) is not None:
            return [wrong("NATS", closed, advice)]
        if "uthorization" in str(error):
            return [_password_refused("NATS", "GAUSDO_NATS_URL")]
        if isinstance(error, TimeoutError | nats.errors.TimeoutError):
            return [wrong("NATS", hangs(host, port), advice)]
        if "jetstream" in str(error).lower() or "no responders" in str(error).lower():
            told = words("it runs without JetStream")
            return [wrong("NATS", told, words("Start it with `-js`."))]
        return [wrong("NATS", first_line(error), advice)]
    told = words("version {version}, {streams} streams", version=version, streams=info.streams)
    return [Finding("NATS", told)]


async def clickhouse(settings: Settings) -> list[Finding]:
    host, port = _place(settings.clickhouse_url.get_secret_value(), 8123)
    advice = words("Reports wait until it is back; nothing is lost.")
    try:
        async with asyncio.timeout(PATIENCE), analytics_of(settings) as analytics:
            rows = await analytics.ask("select version() as version", {})
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        if (closed := await unreachable(host, port)) is not None:
            asked = words("{advice} Is GAUSDO_CLICKHOUSE_URL right?", advice=advice)
            return [wrong("ClickHouse", closed, asked)]
        if isinstance(error, TimeoutError):
            return [wrong("ClickHouse", hangs(host, port), advice)]
        cause = first_line(error.__cause__ or error)
        if "uthentication" in cause or "code: 516" in cause:
            return [_password_refused("ClickHouse", "GAUSDO_CLICKHOUSE_URL")]
        return [wrong("ClickHouse", cause, advice)]
    return [Finding("ClickHouse", words("version {version}", version=rows[0]["version"]))]


async def mail(settings: Settings) -> list[Finding]:
    """Whether the mail server greets us; nothing is sent."""
    url = settings.smtp_url.get_secret_value()
    tls = url.startswith("smtps:")
    host, port = _place(url, 465 if tls else 25)
    advice = words("Letters wait and are tried again. Start it, or correct GAUSDO_SMTP_URL.")

    def greet() -> None:
        kind = smtplib.SMTP_SSL if tls else smtplib.SMTP
        with kind(host, port, timeout=PATIENCE) as server:
            server.noop()

    try:
        await asyncio.to_thread(greet)
    except (OSError, smtplib.SMTPException) as error:
        closed = await unreachable(host, port)
        late = "timed out" in str(error)
        told = closed or (hangs(host, port) if late else first_line(error))
        return [wrong(words("mail server"), told, advice)]
    return [Finding(words("mail server"), words("{host}:{port} greets us", host=host, port=port))]


def _password_refused(server: str, setting: str) -> Finding:
    correct = words("Correct {setting}.", setting=setting)
    return wrong(server, words("it refuses our password"), correct)


def _place(url: str, port: int) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "localhost", parts.port or port


NAMES = ("PostgreSQL", "Valkey", "NATS", "ClickHouse", "mail server")
SERVERS: tuple[Callable[[Settings], Awaitable[list[Finding]]], ...] = (
    postgresql,
    valkey,
    nats_server,
    clickhouse,
    mail,
)
