"""What runs, what is wrong, and what to do about it, in words."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gausdo.app import MODULES, Gausdo, opened
from gausdo.platform.bus.lag import consumer_lag, outbox_lag, parked_count
from gausdo.platform.bus.stream import connect
from gausdo.settings import Settings
from gausdo.supervisor import parts_of

PATIENCE = 5.0
MANY = 1000
"""Events behind which is worth a word."""


@dataclass(frozen=True)
class Finding:
    what: str
    told: str
    well: bool = True
    advice: str | None = None


async def examine(data: Path, settings: Settings) -> AsyncIterator[Finding]:
    """Findings in the order in which to mend them; `data` is an absolute path."""
    parts = parts_of(data)
    if not parts:
        yield Finding("supervisor", f"nothing runs in {data}", advice="For a laptop: make run")
    for name, part in parts.items():
        well = part.state in {"ready", "done"}
        at = f" on port {part.port}" if part.port else ""
        again = f", restarted {part.restarts} times" if part.restarts else ""
        yield Finding(
            name, f"{part.state}{at}{again}", well,
            None if well else f"See {data}/logs/{name}.log for its last words.",
        )  # fmt: skip
    async with opened(settings) as gausdo:
        for name, check in _checks(gausdo).items():
            yield await _checked(name, check)
        for name, db in gausdo.databases.items():
            yield await _checked(f"parked events of {name}", partial(_parked, db))
        async for finding in _lags(gausdo):
            yield finding


def _checks(gausdo: Gausdo) -> dict[str, Callable[[], Awaitable[str]]]:
    """What must answer, and what it says."""

    async def postgres() -> str:
        versions = []
        for db in gausdo.databases.values():
            async with db.connection() as connection:
                row = await (await connection.execute("show server_version")).fetchone()
                versions.append(row[0] if row else "")
        return f"version {versions[0]}, {len(versions)} modules connect under their own roles"

    async def schema() -> str:
        behind = []
        for module in MODULES:
            if (db := gausdo.databases.get(module.name)) is not None:
                async with db.connection() as connection:
                    query = f"select version_num from {module.name}.alembic_version"  # noqa: S608
                    if await (await connection.execute(query.encode())).fetchone() is None:
                        behind.append(module.name)
        if behind:
            raise LookupError(f"not migrated: {', '.join(behind)}")
        return "migrated"

    async def valkey() -> str:
        told: Any = await gausdo.cache.redis.info("server")
        return f"version {told.get('valkey_version') or told.get('redis_version')}"

    async def clickhouse() -> str:
        rows = await gausdo.analytics.ask("select version() as version", {})
        return f"version {rows[0]['version']}"

    return {"PostgreSQL": postgres, "schema": schema, "Valkey": valkey, "ClickHouse": clickhouse}


async def _checked(name: str, check: Callable[[], Awaitable[str]]) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE):
            return Finding(name, await check())
    except TimeoutError:
        told = f"no answer within {PATIENCE:g} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
    advice = {
        "schema": "Run `gausdo migrate`.",
        "PostgreSQL": "Is it running, and is GAUSDO_POSTGRES_URL right?",
        "Valkey": "Without it nobody can sign in. Is GAUSDO_VALKEY_URL right?",
        "ClickHouse": "Reports wait until it is back; nothing is lost.",
    }.get(name, "Look at them in administration and run them again.")
    return Finding(name, told, well=False, advice=advice)


async def _parked(db: Any) -> str:
    count = await parked_count(db)
    if count:
        raise LookupError(f"{count} could not be applied and wait")
    return "none"


async def _lags(gausdo: Gausdo) -> AsyncIterator[Finding]:
    try:
        async with asyncio.timeout(PATIENCE):
            nats = await connect(gausdo.settings.nats_url.get_secret_value(), "gausdo doctor")
    except Exception:  # noqa: BLE001
        told = "Changes are kept and sent once it is back. Is it running?"
        yield Finding("NATS", "no answer", well=False, advice=told)
        return
    yield Finding(
        "NATS", "version " + str(nats.connected_server_version).strip("<>").rpartition(" v")[2]
    )
    for name, db in gausdo.databases.items():
        try:
            async with asyncio.timeout(PATIENCE):
                out = await outbox_lag(db, nats)
                lag = max((await consumer_lag(db, nats)).values(), default=0)
        except Exception as error:  # noqa: BLE001
            yield Finding(f"events of {name}", str(error), well=False)
            continue
        waiting = out.unplaced + out.unpublished
        well = waiting < MANY and lag < MANY
        yield Finding(
            f"events of {name}", f"{waiting} on their way out, {lag} to be read", well,
            None if well else "Is `gausdo work` running? It catches up by itself.",
        )  # fmt: skip
    await nats.close()
