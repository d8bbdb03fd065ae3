"""Reports on real servers: the streams of sales and activities, PostgreSQL and ClickHouse."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import pytest_asyncio
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from gausdo.kernel.actor import Actor
from gausdo.modules.activities.facts import datasets as activity_datasets
from gausdo.modules.reports.loader import Loader
from gausdo.modules.reports.service import ReportsService
from gausdo.modules.reports.tables import schema as reports_schema
from gausdo.modules.sales.facts import datasets as sales_datasets
from gausdo.platform.analytics import Analytics
from gausdo.platform.bus.sequencer import Sequencer
from gausdo.platform.bus.stream import connect, stream_of
from gausdo.platform.db import Database, Schema
from tests.conftest import settings_for
from tests.modules.reports.lives import Lives
from tests.servers import Servers
from tests.waiting import eventually

SOURCES = ("sales", "activities")


class NothingShared:
    """What the reports ask of sales."""

    async def shared_deals(self, _: Actor) -> list[UUID]:
        return []


@dataclass
class World:
    """What a test of reports works on; `running` is what brings events into ClickHouse."""

    sales: Database
    activities: Database
    reports: Database
    bus: Client
    analytics: Analytics
    service: ReportsService
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    @property
    def histories(self) -> dict[str, Database]:
        return {"sales": self.sales, "activities": self.activities}

    def start(self, *loaders: str) -> None:
        for source in loaders or SOURCES:
            loader = Loader(self.reports, self.bus, self.analytics, source)
            self.running[source] = asyncio.create_task(loader.run())

    async def stop(self, *loaders: str) -> None:
        for source in loaders or SOURCES:
            if task := self.running.pop(source, None):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def publish(self, lives: Lives) -> None:
        """All that has happened in those lives, in transactions of a few hundred events."""
        for source, steps in lives.events().items():
            for begin in range(0, len(steps), 400):
                async with self.histories[source].begin() as tx:
                    for at, event in steps[begin : begin + 400]:
                        tx.publish(event, at=at)

    async def content(self, table: str, *, final: bool = True) -> list[dict[str, Any]]:
        dataset = next(one for one in self.analytics.datasets if one.name == table)
        columns = ", ".join(column.name for column in dataset.columns)
        return await self.analytics.ask(
            f"select {columns} from {table} {'final' if final else ''} order by all", {}
        )

    async def committed(self) -> dict[str, int]:
        """Source → events committed so far."""
        return {
            source: await scalar(db, f"select count(*) from {source}.outbox")
            for source, db in self.histories.items()
        }

    async def loaded(self) -> dict[str, int]:
        """Source → position of the loader."""
        return {
            source: await scalar(
                self.reports,
                f"select coalesce(max(pos), 0) from reports.cursor where source = '{source}'",
            )
            for source in SOURCES
        }

    async def settle(self, seconds: float = 20) -> None:
        """Until the loader has everything that is committed."""
        wanted = await self.committed()

        async def there() -> bool:
            return await self.loaded() == wanted

        await eventually(there, seconds)


async def scalar(db: Database, sql: str) -> Any:
    async with db.connection() as connection:
        row = await (await connection.execute(sql.encode())).fetchone()
        return row[0] if row else None


@asynccontextmanager
async def new_world(servers: Servers, template: str) -> AsyncIterator[World]:
    """A database of PostgreSQL (migrated) and one of ClickHouse, both gone afterwards."""
    name = f"reports_{secrets.token_hex(4)}"
    async with AsyncExitStack() as stack:
        admin = await psycopg.AsyncConnection.connect(servers.postgres_dsn, autocommit=True)
        await stack.enter_async_context(admin)
        await admin.execute(f"create database {name} template {template}".encode())
        stack.push_async_callback(admin.execute, f"drop database {name} with (force)".encode())
        settings = settings_for(servers, name)
        databases = [
            await stack.enter_async_context(Database(settings.module_dsn(schema.name), schema))
            for schema in (Schema("sales"), Schema("activities"), reports_schema)
        ]
        bus = await connect(servers.nats_url)
        stack.push_async_callback(bus.close)
        for source in SOURCES:
            with suppress(NotFoundError):
                await bus.jetstream().delete_stream(stream_of(source))
        shared = await stack.enter_async_context(Analytics(servers.clickhouse_url))
        await shared.run(f"create database {name}")
        stack.push_async_callback(shared.run, f"drop database {name}")
        url = servers.clickhouse_url.rpartition("/")[0] + f"/{name}"
        analytics = Analytics(url, (*sales_datasets, *activity_datasets))
        await stack.enter_async_context(analytics)
        await analytics.create()
        service = ReportsService(databases[2], analytics, NothingShared())
        world = World(*databases, bus, analytics, service)
        sequencers = [
            asyncio.create_task(Sequencer(db, bus).run()) for db in world.histories.values()
        ]
        try:
            yield world
        finally:
            await world.stop()
            for task in sequencers:
                task.cancel()
            await asyncio.gather(*sequencers, return_exceptions=True)


@pytest_asyncio.fixture(loop_scope="session")
async def world(servers: Servers, template: str) -> AsyncIterator[World]:
    async with new_world(servers, template) as world:
        yield world
