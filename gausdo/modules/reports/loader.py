"""The loader: what sales and activities announce becomes rows of the analytical store.

The borders of a batch are saved before it is inserted, and the position moves after: whoever goes
on after a crash inserts the same events with the same token, and ClickHouse drops what it has
already. Few and large inserts: at most one per `PACE` and source.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import nats.errors
import structlog
from nats.aio.client import Client
from psycopg import AsyncConnection
from pydantic_core import from_json, to_json
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.values import new_id, now
from gausdo.modules.reports.rebuild import CONSUMER, loading
from gausdo.modules.reports.tables import BatchRow, FreshRow, RebuildRow, schema
from gausdo.platform.analytics import Analytics, RejectedRowsError, lines
from gausdo.platform.bus.patience import Patience
from gausdo.platform.bus.stream import Reader, last_entry, reading, republish_of, start_after
from gausdo.platform.db import NETWORK, Database, Tx
from gausdo.platform.facts import Dataset
from gausdo.platform.telemetry import traces

PACE = 0.3
LIMIT = 10_000
"""Events of one batch."""
IDLE = 1.0
"""Seconds without an event after which it is asked whether there is one."""
LOOK = 5.0
"""Seconds from then on between such questions, as long as nothing comes."""
SETTLED = timedelta(seconds=1)
"""How long the sequencer may take to publish what has been committed."""
STANDBY = 1.0
LOCK = 7_240_003
_ALIVE = to_json({"from": 2**62})  # asks a sequencer for nothing; it answers all the same

log = structlog.get_logger("gausdo.reports")


class Outrun(ConnectionError):
    """The position has moved under us: another loader, or a rebuild. Start over from it."""


@dataclass
class Batch:
    """Events of one source, in order and without a gap, from after `pos` on."""

    pos: int
    events: list[dict[str, Any]] = field(default_factory=list)
    seq: int = 0

    @property
    def to_pos(self) -> int:
        return self.pos + len(self.events)


class Loader:
    """Loads one source. Runs until it is cancelled; many may, the one that holds the lock works."""

    def __init__(self, db: Database, bus: Client, analytics: Analytics, source: str) -> None:
        self.source = source
        self._db = db
        self._bus = bus
        self._analytics = analytics
        self._datasets = analytics.of(source)
        self._patience = Patience(f"the loader of {source}")
        self._flushed = 0.0
        self._missing: tuple[int, float] = (0, 0.0)

    async def run(self) -> None:
        while True:
            try:
                await self._stand_by()
            except Exception as error:  # noqa: BLE001 - it must go on, whatever it was
                await self._patience.wait(error)

    async def _stand_by(self) -> None:
        """Wait for the lock on a connection of its own, and lead as long as that one lives."""
        connection = await AsyncConnection.connect(
            self._db.dsn,
            autocommit=True,
            application_name=f"gausdo loader of {self.source}",
            **NETWORK,
        )
        async with connection:
            while not await self._locked(connection):
                self._patience.worked()
                await asyncio.sleep(STANDBY)
            await self._lead()

    async def _locked(self, connection: AsyncConnection[Any]) -> bool:
        asked = "select pg_try_advisory_lock(%s, hashtext(%s))"
        row = await (await connection.execute(asked, [LOCK, self.source])).fetchone()
        return bool(row and row[0])

    async def _lead(self) -> None:
        pos, seq, begun, suffix = await self._resume()
        await self._analytics.create()
        if suffix is not None:
            await self._analytics.create(suffix)
        start = await start_after(self._bus.jetstream(), self.source, pos, seq)
        async with reading(self._bus, self.source, start) as reader:
            batch = Batch(pos, seq=start - 1)
            if begun is not None and begun.to_pos > pos:
                while batch.to_pos < begun.to_pos:
                    await self._read(reader, batch, IDLE, begun.to_pos - batch.to_pos)
                await self._load(batch, begun.token)
                batch = Batch(batch.to_pos, seq=batch.seq)
            looked = 0.0
            while True:
                await self._collect(reader, batch)
                if batch.events:
                    await self._load(batch)
                    batch = Batch(batch.to_pos, seq=batch.seq)
                    looked = 0.0
                elif time.monotonic() - looked > LOOK:
                    await self._look_around(batch.pos)
                    looked = time.monotonic()
                self._patience.worked()

    async def _resume(self) -> tuple[int, int, BatchRow | None, str | None]:
        """Position, its place in the stream, the batch that was begun, the tables being rebuilt."""
        cursor = schema.cursor
        async with self._db.begin() as tx:
            await tx.session.execute(
                insert(cursor)
                .values(consumer=CONSUMER, source=self.source)
                .on_conflict_do_nothing()
            )
            pos, seq = (
                await tx.session.execute(select(cursor.c.pos, cursor.c.seq).where(*self._mine()))
            ).one()
            suffix = await tx.session.scalar(select(RebuildRow.suffix))
            return pos, seq, await tx.session.get(BatchRow, self.source), suffix

    async def _collect(self, reader: Reader, batch: Batch) -> None:
        """The events that are here, and those that come before the next insert is due."""
        await self._read(reader, batch, IDLE, LIMIT)
        while batch.events and len(batch.events) < LIMIT:
            left = self._flushed + PACE - time.monotonic()
            if left <= 0:
                break
            await self._read(reader, batch, left, LIMIT - len(batch.events))

    async def _read(self, reader: Reader, batch: Batch, seconds: float, limit: int) -> None:
        for arrived in await reader.next(limit, seconds):
            event = from_json(arrived.data)
            if event["pos"] == batch.to_pos + 1:
                batch.events.append(event)
            elif event["pos"] > batch.to_pos:
                await self._miss(batch.to_pos + 1)
                continue
            batch.seq = arrived.seq

    async def _miss(self, pos: int) -> None:
        """Ask the source to publish again from `pos` on; ask once more when nothing comes."""
        asked, at = self._missing
        if asked == pos and time.monotonic() - at < 5 * IDLE:
            return
        if asked == pos:
            log.error(
                "events are missing; `gausdo rebuild analytics` brings them from the history",
                source=self.source,
                since=pos,
            )
        self._missing = pos, time.monotonic()
        await self._bus.publish(republish_of(self.source), to_json({"from": pos}))

    async def _load(self, batch: Batch, token: UUID | None = None) -> None:
        """Save the borders, insert, move the position."""
        told = [(event["name"], event["trace"]) for event in batch.events]
        with traces.following_many("reports: load", told):
            await self._load_whole(batch, token)
        self._flushed = time.monotonic()

    async def _load_whole(self, batch: Batch, token: UUID | None) -> None:
        if token is None:
            token = new_id()
            borders = {"from_pos": batch.pos + 1, "to_pos": batch.to_pos, "token": token}
            async with self._db.begin() as tx:
                await tx.session.execute(
                    insert(BatchRow)
                    .values(source=self.source, **borders)
                    .on_conflict_do_update(index_elements=["source"], set_=borders)
                )
        async with loading(self._db) as tx:
            suffixes = ["", *await tx.session.scalars(select(RebuildRow.suffix))]
            for dataset in self._datasets:
                told = [event for event in batch.events if event["name"] in dataset.names]
                for suffix in suffixes if told else ():
                    await self._insert(tx, dataset, suffix, told, str(token))
            await self._move(tx, batch)

    async def _insert(
        self, tx: Tx, dataset: Dataset, suffix: str, told: Sequence[dict[str, Any]], token: str
    ) -> None:
        """Insert the rows of `told`; an event that has no readable row is parked."""
        table = dataset.name + suffix
        try:
            await self._analytics.insert(table, lines(map(dataset.row, told)), token)
        except RejectedRowsError:
            for number, event in enumerate(told):
                try:
                    row = lines([dataset.row(event)])
                    await self._analytics.insert(table, row, f"{token}-{number}")
                except RejectedRowsError as error:
                    await self._park(tx, event, str(error))

    async def _park(self, tx: Tx, event: dict[str, Any], error: str) -> None:
        log.error("parked", source=self.source, pos=event["pos"], error=error)
        await tx.session.execute(
            insert(schema.parked)
            .values(
                consumer=CONSUMER,
                source=self.source,
                pos=event["pos"],
                kind=event["kind"],
                subject_id=UUID(event["subject_id"]),
                envelope=event,
                error=error[:2000],
                attempts=1,
            )
            .on_conflict_do_nothing()
        )

    async def _move(self, tx: Tx, batch: Batch) -> None:
        cursor = schema.cursor
        moved = await tx.session.execute(
            update(cursor)
            .where(*self._mine(), cursor.c.pos == batch.pos)
            .values(pos=batch.to_pos, seq=batch.seq, at=now())
            .returning(cursor.c.pos)
        )
        if moved.first() is None:
            raise Outrun(f"Another loader of {self.source} has moved on from {batch.pos}.")
        await tx.session.execute(delete(BatchRow).where(BatchRow.source == self.source))
        await self._fresh(tx, datetime.fromisoformat(batch.events[-1]["at"]))

    async def _fresh(self, tx: Tx, at: datetime) -> None:
        fresh = insert(FreshRow).values(source=self.source, at=at)
        await tx.session.execute(
            fresh.on_conflict_do_update(
                index_elements=["source"],
                set_={"at": fresh.excluded.at},
                where=FreshRow.at < fresh.excluded.at,
            )
        )

    async def _look_around(self, pos: int) -> None:
        """Nothing has come: fresh as of now, when the sequencer lives and has nothing more.

        And start over when a rebuild has moved the position.
        """
        asked_at = now()
        with suppress(nats.errors.NoRespondersError, nats.errors.TimeoutError):
            await self._bus.request(republish_of(self.source), _ALIVE, timeout=IDLE)
            if (await last_entry(self._bus.jetstream(), self.source)).pos == pos:
                async with self._db.begin() as tx:
                    await self._fresh(tx, asked_at - SETTLED)
        cursor = schema.cursor
        async with self._db.begin() as tx:
            if await tx.session.scalar(select(cursor.c.pos).where(*self._mine())) != pos:
                raise Outrun(f"The position of {self.source} has been moved from {pos}.")

    def _mine(self) -> tuple[Any, ...]:
        cursor = schema.cursor
        return cursor.c.consumer == CONSUMER, cursor.c.source == self.source


async def load(db: Database, bus: Client, analytics: Analytics) -> None:
    """Load all sources until cancelled; `db` is that of reports."""
    async with asyncio.TaskGroup() as group:
        for source in analytics.sources:
            group.create_task(Loader(db, bus, analytics, source).run())
