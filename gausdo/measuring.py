"""How far behind everything is, measured by the worker for Prometheus."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from nats.aio.client import Client
from psycopg import AsyncConnection
from sqlalchemy import func, select

from gausdo.app import Gausdo
from gausdo.kernel.values import now
from gausdo.platform.bus.lag import consumer_lag, outbox_of, parked_count, published
from gausdo.platform.db import Database
from gausdo.platform.telemetry import metrics
from gausdo.platform.worklist import FAILED, WAITING, worklists

PATIENCE = 3.0
"""Seconds a server may take to answer before it is told to be down."""

_JOBS = """
    select split_part(task_name, '.', 1) as module,
        count(*) filter (where status = 'todo') as waiting,
        count(*) filter (where status = 'doing') as running,
        count(*) filter (where status = 'failed') as failed,
        extract(epoch from now() - min(coalesce(scheduled_at, now()))
            filter (where status = 'todo'))::float
    from jobs.procrastinate_jobs group by 1
"""

log = structlog.get_logger("gausdo.measuring")


class Measuring:
    """Keeps what it has to remember between two measurements."""

    def __init__(self, gausdo: Gausdo, nats: Client) -> None:
        self._gausdo = gausdo
        self._nats = nats
        self._published: dict[str, int] = {}

    async def measure(self) -> None:
        """One whole measurement. What cannot be measured keeps its value, its server being down."""
        metrics.measure_pools((name, db.pool) for name, db in self._gausdo.databases.items())
        up = {name: await self._answers(ask) for name, ask in self._servers().items()}
        for name, well in up.items():
            metrics.SERVER_UP.labels(name).set(well)
        if up["postgresql"]:
            for name, db in self._gausdo.databases.items():
                await self._module(name, db, nats=up["nats"])
            if "reports" in self._gausdo.services:
                await self._analytics()
            await self._jobs()
        metrics.BEAT.set(time.time())

    def _servers(self) -> dict[str, Callable[[], Awaitable[Any]]]:
        async def postgresql() -> None:
            for db in self._gausdo.databases.values():
                async with db.connection() as connection:
                    await connection.execute("select 1")

        return {
            "postgresql": postgresql,
            "valkey": self._gausdo.cache.redis.ping,
            "nats": self._nats.jetstream().account_info,
            "clickhouse": lambda: self._gausdo.analytics.ask("select 1", {}),
        }

    async def _answers(self, ask: Callable[[], Awaitable[Any]]) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                await ask()
        except Exception:  # noqa: BLE001 - whatever it was, it does not answer
            return False
        return True

    async def _module(self, name: str, db: Database, *, nats: bool) -> None:
        if nats:
            self._published[name] = await published(self._nats, name)
            for (consumer, source), behind in (await consumer_lag(db, self._nats)).items():
                metrics.CONSUMER_LAG.labels(consumer, source).set(behind)
        if name in self._published:
            out = await outbox_of(db, self._published[name])
            metrics.EVENTS_WAITING.labels(name).set(out.unplaced + out.unpublished)
            age = (now() - out.oldest).total_seconds() if out.oldest else 0
            metrics.EVENTS_AGE.labels(name).set(max(0, age))
        metrics.PARKED.labels(name).set(await parked_count(db))
        for kind in worklists(db.schema):
            told = kind.__tablename__
            async with db.begin() as tx:
                found = await tx.session.execute(
                    select(kind.state, func.count().label("total"))
                    .where(kind.state.in_([WAITING, FAILED]))
                    .group_by(kind.state)
                )
                counts: dict[str, int] = {row.state: row.total for row in found}
            metrics.WORK_WAITING.labels(told).set(counts.get(WAITING, 0))
            metrics.WORK_FAILED.labels(told).set(counts.get(FAILED, 0))

    async def _analytics(self) -> None:
        fresh = await self._gausdo.services["reports"].freshness()
        for source, at in fresh.items():
            metrics.ANALYTICS_AGE.labels(source).set(max(0, (now() - at).total_seconds()))

    async def _jobs(self) -> None:
        dsn = self._gausdo.settings.module_dsn("jobs")
        async with await AsyncConnection.connect(dsn, connect_timeout=5) as connection:
            rows = await (await connection.execute(_JOBS)).fetchall()
        told = {module: (counts, late) for module, *counts, late in rows}
        for module in self._gausdo.near:
            if module.jobs is None:
                continue
            counts, late = told.get(module.name, ([0, 0, 0], None))
            for state, count in zip(("waiting", "running", "failed"), counts, strict=True):
                metrics.JOBS.labels(module.name, state).set(count)
            metrics.JOBS_AGE.labels(module.name).set(max(0, late or 0))
