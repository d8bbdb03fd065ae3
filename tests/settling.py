"""Waiting until every event is handled and every job that is due is done."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import psycopg
from nats.aio.client import Client
from nats.errors import TimeoutError as NatsTimeoutError

from gausdo.app import Gausdo
from gausdo.platform.bus.lag import published


@asynccontextmanager
async def settling(
    gausdo: Gausdo, nats: Client, superuser: str
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """`superuser`: how to connect as one."""
    modules = [db.schema.name for db in gausdo.databases.values()]
    everything = _waiting(modules)
    told: dict[str, int] = {}  # what is known to be published

    async def quiet() -> bool:
        rows = await (await db.execute(everything, prepare=True)).fetchall()
        if any(waiting for _, _, waiting in rows):
            return False
        try:
            for module, given, _ in rows:
                if told.get(module, 0) < given:
                    told[module] = await published(nats, module)
        except NatsTimeoutError:  # a machine full of tests is busy: nothing is quiet there
            return False
        return all(told.get(module, 0) >= given for module, given, _ in rows)

    async def wait(seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        still = 0
        while still < 2:
            still = still + 1 if await quiet() else 0
            if time.monotonic() > deadline:
                raise TimeoutError("events or jobs are still waiting")
            await asyncio.sleep(0.03)

    async with await psycopg.AsyncConnection.connect(superuser, autocommit=True) as db:
        yield wait


def _waiting(modules: Sequence[str]) -> str:
    """Of each module, in one look: the position of its last event, and whether an event has none
    yet or a consumer has not read it; of jobs, whether any is due.
    """
    cursors = " union all ".join(f"select source, pos from {one}.cursor" for one in modules)
    events = (
        f"select '{one}', pos, exists (select from {one}.outbox where pos is null) "
        f"or exists (select from cursors c where c.source = '{one}' and c.pos < line.pos) "
        f"from {one}.line"
        for one in modules
    )
    jobs = (
        "select 'jobs', 0, exists (select from jobs.procrastinate_jobs where status in "
        "('todo', 'doing') and (scheduled_at is null or scheduled_at < now()))"
    )
    return f"with cursors as ({cursors}) {' union all '.join([*events, jobs])}"
