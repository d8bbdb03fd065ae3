"""What is done once per release: migrations, the analytical tables, the API's document."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import structlog

from gausdo.app import MODULES, analytics_of, opened
from gausdo.demo import routes as demo_routes
from gausdo.gateway import (
    audit_routes,
    configuration_routes,
    federation_routes,
    feed_routes,
    fields_routes,
    operator_routes,
    page_routes,
    parked_routes,
    search_routes,
)
from gausdo.gateway.door import Door
from gausdo.gateway.exports import routes as export_routes
from gausdo.gateway.ways_in import ways_in
from gausdo.gateway.web import Document
from gausdo.kernel.actor import SYSTEM
from gausdo.modules.activities.contract import Activities
from gausdo.modules.reports.rebuild import rebuild
from gausdo.platform import pools
from gausdo.platform.custom_indexes import build_asked
from gausdo.platform.db import NETWORK
from gausdo.platform.db import migrate as database
from gausdo.settings import Settings

ASKED_EVERY = 10.0
"""Seconds between looks for indexes to build."""
MOST_CONNECTIONS = (
    "current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int"
)

log = structlog.get_logger()


def migrate(settings: Settings) -> Iterator[str]:
    """Every module's schema, then the analytical tables; a line for each."""
    admin = settings.postgres_url.get_secret_value()
    database.prepare(admin, settings.database, settings.passwords)
    dsn = database.dsn_of(admin, database=settings.database)
    for module in MODULES:
        yield f"{module.name}: {database.migrate(dsn, module.schema)}"
        for name in build_asked(dsn, module.schema):
            yield f"{module.name}: {name}"
    asyncio.run(make_analytics(settings))
    yield "analytics: tables are there"


def keep_indexes(settings: Settings) -> None:
    """Go on building the indexes that fields which are added ask for, in the background; it ends
    with the process.
    """
    admin = settings.postgres_url.get_secret_value()
    dsn = database.dsn_of(admin, database=settings.database)
    pause = threading.Event()  # `time.sleep` raises under libfaketime, which tests use

    def keeping() -> None:
        while not pause.wait(ASKED_EVERY):
            for module in MODULES:
                try:
                    if built := build_asked(dsn, module.schema):
                        log.info("indexes were built", module=module.name, names=built)
                except Exception as error:  # noqa: BLE001 - it must go on, whatever it was
                    log.warning("indexes were not built", module=module.name, error=str(error))

    threading.Thread(target=keeping, name="indexes", daemon=True).start()


def warn_of_connections(settings: Settings, web_processes: int) -> None:
    """Write to the log when these web processes and one worker may want more than there are.

    Pools grow as they are needed, so it may go well; where it does not, requests are refused. Of a
    server that cannot be asked now, whoever needs it tells.
    """
    modules = len(settings.modules)
    dsn = database.dsn_of(settings.postgres_url.get_secret_value(), database=settings.database)
    try:
        with psycopg.connect(dsn, **NETWORK) as connection:
            row = connection.execute(f"select {MOST_CONNECTIONS}".encode()).fetchone()
    except psycopg.Error:
        return
    wanted = pools.of_all(modules, web_processes)
    if row is not None and wanted > row[0]:
        log.warning(
            "connections to PostgreSQL may run out",
            there_are=row[0],
            wanted=wanted,
            what_to_do=f"raise max_connections by {wanted - row[0]}, or run fewer web processes",
        )


async def make_analytics(settings: Settings) -> None:
    """The tables of the analytical store, and the columns a release has brought."""
    async with analytics_of(settings) as analytics:
        await analytics.create()


def document() -> dict[str, Any]:
    """The OpenAPI document, the demo's routes among it; nothing needs to run for it, so no service
    is there either.
    """
    nobody: Any = None
    door = Door(nobody, nobody, nobody)
    routes = [*ways_in(door, nobody), demo_routes.routes("")]
    routes.append(export_routes.routes(nobody, nobody, nobody, nobody))
    routes += [module.routes(nobody) for module in MODULES]
    routes.append(federation_routes.routes(nobody, door, nobody))
    routes.append(feed_routes.routes(nobody, nobody, nobody))
    routes.append(parked_routes.routes(nobody))
    routes.append(audit_routes.routes(nobody, nobody, nobody))
    routes.append(operator_routes.routes(nobody, nobody, nobody))
    routes.append(configuration_routes.routes(nobody, nobody))
    routes.append(fields_routes.routes(nobody, ()))
    routes.append(search_routes.routes({}))
    routes.append(page_routes.routes(nobody, nobody, nobody))
    return Document(routes).made()


async def rebuild_analytics(settings: Settings) -> list[str]:
    """Dataset by dataset, how many rows it has now."""
    async with opened(settings) as gausdo:
        rows = await rebuild(gausdo.databases["reports"], gausdo.analytics, gausdo.databases)
        return [f"{name}: {count} rows" for name, count in rows.items()]


async def rebuild_timelines(settings: Settings) -> list[str]:
    """Emptied now; the worker fills them."""
    async with opened(settings) as gausdo:
        await gausdo.get(Activities).refill_timelines(SYSTEM)
        return ["timelines are empty; the worker fills them within minutes"]


REBUILT = {"analytics": rebuild_analytics, "timelines": rebuild_timelines}
