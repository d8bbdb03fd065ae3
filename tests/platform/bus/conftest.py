"""A module that tells and one that listens, with what runs between them."""

import asyncio
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import pytest_asyncio
from sqlalchemy import text

from gausdo.platform.bus.consumer import Consumer
from gausdo.platform.bus.sequencer import Sequencer
from gausdo.platform.bus.stream import connect, last_entry
from tests.platform.bus_trial import (
    Trial,
    applied,
    heard,
    how_many,
    in_order,
    said,
)
from tests.servers import start_test_servers
from tests.waiting import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def nats():
    client = await connect(start_test_servers().nats_url)
    yield client
    for stream in await client.jetstream().streams_info():
        await client.jetstream().delete_stream(stream.config.name)
    await client.close()


@pytest_asyncio.fixture(loop_scope="session")
async def scratch(scratch: Trial):
    """Emptied after each test."""
    yield scratch
    async with scratch.db(heard) as db, db.begin() as tx:
        for table in ("cursor", "parked", "applied", "trouble"):
            await tx.session.execute(text(f"delete from heard.{table}"))
    async with scratch.db(said) as db, db.begin() as tx:
        await tx.session.execute(text("delete from said.outbox"))
        await tx.session.execute(text("update said.line set pos = 0"))


@pytest_asyncio.fixture(loop_scope="session")
async def source(scratch: Trial):
    async with scratch.db(said, 6) as db:
        yield db


@pytest_asyncio.fixture(loop_scope="session")
async def db(scratch: Trial):
    async with scratch.db(heard) as opened:
        yield opened


@asynccontextmanager
async def running(*parts: Sequencer | Consumer):
    tasks = [asyncio.create_task(part.run()) for part in parts]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def arrived(db, number: int, seconds: float = 20.0) -> dict[UUID, int]:
    async def there() -> bool:
        return await how_many(db) >= number

    await eventually(there, seconds, f"the arrival of {number} events")
    found = await applied(db)
    assert len(found) == number
    return in_order(found)


async def ends_at(nats, pos: int) -> bool:
    with suppress(Exception):
        return (await last_entry(nats.jetstream(), "said")).pos == pos
    return False
