"""What is done once per release: migrations, the analytical tables, the API's document."""

import asyncio
from collections.abc import Iterator
from typing import Any

from gausdo.app import MODULES, analytics_of, opened
from gausdo.demo import routes as demo_routes
from gausdo.gateway import parked_routes, session_routes
from gausdo.gateway.web import api
from gausdo.modules.reports.rebuild import rebuild
from gausdo.platform.db import migrate as database
from gausdo.settings import Settings


def migrate(settings: Settings) -> Iterator[str]:
    """Every module's schema, then the analytical tables; a line for each."""
    admin = settings.postgres_url.get_secret_value()
    database.prepare(admin, settings.database, settings.passwords)
    dsn = database.dsn_of(admin, database=settings.database)
    for module in MODULES:
        yield f"{module.name}: {database.migrate(dsn, module.schema)}"
    asyncio.run(make_analytics(settings))
    yield "analytics: tables are there"


async def make_analytics(settings: Settings) -> None:
    """The tables of the analytical store, and the columns a release has brought."""
    async with analytics_of(settings) as analytics:
        await analytics.create()


def document() -> dict[str, Any]:
    """The OpenAPI document, the demo's routes among it; nothing needs to run for it, so no service
    is there either.
    """
    nobody: Any = None
    routes = [session_routes.routes(nobody, nobody), demo_routes.routes("")]
    routes += [module.routes(nobody) for module in MODULES]
    routes.append(parked_routes.routes(nobody))
    return api(routes).openapi()


async def rebuild_analytics(settings: Settings) -> list[str]:
    """Dataset by dataset, how many rows it has now."""
    async with opened(settings) as gausdo:
        rows = await rebuild(gausdo.databases["reports"], gausdo.analytics, gausdo.databases)
        return [f"{name}: {count} rows" for name, count in rows.items()]
