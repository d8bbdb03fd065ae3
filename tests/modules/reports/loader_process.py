"""A process that loads and can be killed without mercy; the first one pays for the imports."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager

from gausdo.modules.activities.facts import datasets as activity_datasets
from gausdo.modules.reports.loader import load
from gausdo.modules.reports.tables import schema
from gausdo.modules.sales.facts import datasets as sales_datasets
from gausdo.platform.analytics import Analytics
from gausdo.platform.bus.stream import connect
from gausdo.platform.db import Database


async def _load(dsn: str, nats_url: str, clickhouse_url: str) -> None:
    datasets = (*sales_datasets, *activity_datasets)
    bus = await connect(nats_url)
    async with Database(dsn, schema) as db, Analytics(clickhouse_url, datasets) as analytics:
        await load(db, bus, analytics)


def run(*urls: str) -> None:
    asyncio.run(_load(*urls))


@contextmanager
def loader_process(*urls: str) -> Iterator[None]:
    """Runs inside the block; its end is SIGKILL."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gausdo.modules.reports.loader", "gausdo.modules.sales.facts"])
    process = context.Process(target=run, args=urls, daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()
