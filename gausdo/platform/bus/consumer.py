"""A consumer: one module's handlers, reading the streams of the modules they listen to."""

import asyncio
import time
from functools import lru_cache
from typing import Literal

import structlog
from nats.aio.client import Client
from nats.js.errors import NotFoundError
from pydantic_core import to_json
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.events import Envelope
from gausdo.platform.bus.cursors import report_cursors
from gausdo.platform.bus.inbox import Inbox, OvertakenError, Place
from gausdo.platform.bus.patience import Patience, gather_more
from gausdo.platform.bus.retry import retry_parked
from gausdo.platform.bus.stream import (
    Arrived,
    last_entry,
    reading,
    republish_of,
    start_after,
)
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.db.database import Database

BATCH = 500
IDLE = 5.0
"""Seconds without an event after which the cursor is brought up to date."""
AHEAD = 2000
"""Events nobody wanted that may lie between the cursor and what was read."""
RETRY_POLL = 2.0
REPORT = 10.0

log = structlog.get_logger("gausdo.bus")


@lru_cache(2 * BATCH)
def _envelope(data: bytes) -> Envelope:
    """An event as it was sent, read once for all consumers of a process; nobody changes it."""
    return Envelope.model_validate_json(data)


class Consumer:
    """Applies every event exactly once, in the order of each source.

    `name` is the module's own, or `module-part` where a module needs a second one with a cursor
    of its own. A new consumer starts with the first event that its sources' streams still hold,
    or with what happens from `now` on. Several processes may run the same consumer: the one that
    moves the cursor applies the events, the others step back.
    """

    def __init__(
        self,
        name: str,
        db: Database,
        subscriptions: Subscriptions,
        service: object,
        nats: Client,
        *,
        start: Literal["first", "now"] = "first",
        retry_after: float = 5.0,
    ) -> None:
        self.name = name
        self.sources = subscriptions.sources
        self.inbox = Inbox(name, db, subscriptions, service, retry_after=retry_after)
        self.db = db
        self.nats = nats
        self.start: Literal["first", "now"] = start

    async def run(self) -> None:
        """Read until cancelled. Nothing but that ends it."""
        async with asyncio.TaskGroup() as tasks:
            for source in sorted(self.sources):
                tasks.create_task(_Feed(self, source).run())
            tasks.create_task(self._retry())
            tasks.create_task(self._report())

    async def _retry(self) -> None:
        patience = Patience(f"{self.name} trying parked events again")
        while True:
            try:
                await retry_parked(self.inbox)
                patience.worked()
                await asyncio.sleep(RETRY_POLL)
            except Exception as error:  # noqa: BLE001 - it must go on, whatever it was
                await patience.wait(error)

    async def _report(self) -> None:
        patience = Patience(f"{self.name} reporting its cursors")
        while True:
            try:
                await report_cursors(self.db, self.nats, self.name)
                patience.worked()
                await asyncio.sleep(REPORT)
            except Exception as error:  # noqa: BLE001 - it must go on, whatever it was
                await patience.wait(error)


class _Feed:
    """One source of a consumer: its cursor as stored, and how far it has been read."""

    def __init__(self, consumer: Consumer, source: str) -> None:
        self._consumer = consumer
        self._source = source
        self._inbox = consumer.inbox
        self._stored = self._at = Place(0, 0)
        self._missing = self._asked = False

    async def run(self) -> None:
        patience = Patience(f"{self._consumer.name} reading {self._source}")
        while True:
            try:
                await self._follow(patience)
            except OvertakenError:
                await asyncio.sleep(1)  # the other process is at work
            except Exception as error:  # noqa: BLE001 - it must go on, whatever it was
                await patience.wait(error)

    async def _follow(self, patience: Patience) -> None:
        """Read from the cursor on, for as long as that goes well."""
        self._stored = self._at = await self._cursor()
        self._missing = self._asked = False
        js = self._consumer.nats.jetstream()
        start = await start_after(js, self._source, *self._at)
        async with reading(self._consumer.nats, self._source, start) as reader:
            while True:
                arrived = await reader.next(BATCH, IDLE)
                began = time.monotonic()
                await self._step(arrived)
                patience.worked()
                if 0 < len(arrived) < BATCH:
                    await gather_more(began)

    async def _step(self, arrived: list[Arrived]) -> None:
        events = self._read(arrived)
        if events:
            self._stored = await self._inbox.apply(self._source, self._stored, events)
        behind = self._at.pos - self._stored.pos
        if behind > AHEAD or (behind and not arrived):
            async with self._inbox.db.begin() as tx:
                await self._inbox.move(tx, self._source, self._stored, self._at)
            self._stored = self._at
        if self._missing and (not self._asked or not arrived):
            await self._ask_again()

    def _read(self, arrived: list[Arrived]) -> list[tuple[Place, Envelope]]:
        """The next events that are wanted; what came before is skipped, what is beyond waits."""
        events = []
        for seq, data in arrived:
            envelope = _envelope(data)
            pos = envelope.pos
            if self._at.pos and pos > self._at.pos + 1:
                self._missing = True
            elif pos > self._at.pos:
                self._at = Place(pos, seq)
                self._missing = self._asked = False
                if self._inbox.wants(envelope.name):
                    events.append((self._at, envelope))
        return events

    async def _ask_again(self) -> None:
        """Ask the source to publish again; asked anew when nothing more comes."""
        self._asked = True
        wanted = self._at.pos + 1
        log.warning(
            "misses events", consumer=self._consumer.name, source=self._source, since=wanted
        )
        await self._consumer.nats.publish(republish_of(self._source), to_json({"from": wanted}))

    async def _cursor(self) -> Place:
        """The stored cursor; made on the first day."""
        cursor = self._inbox.db.schema.cursor
        key = {"consumer": self._consumer.name, "source": self._source}
        query = select(cursor.c.pos, cursor.c.seq).filter_by(**key)
        async with self._inbox.db.begin() as tx:
            row = (await tx.session.execute(query)).first()
        if row is not None:
            return Place(row.pos, row.seq)
        first = await self._first()
        async with self._inbox.db.begin() as tx:
            await tx.session.execute(
                insert(cursor).values(**key, pos=first.pos, seq=first.seq).on_conflict_do_nothing()
            )
            row = (await tx.session.execute(query)).one()
        return Place(row.pos, row.seq)

    async def _first(self) -> Place:
        if self._consumer.start == "first":
            return Place(0, 0)
        try:
            end = await last_entry(self._consumer.nats.jetstream(), self._source)
        except NotFoundError:
            return Place(0, 0)  # nothing was ever published
        return Place(end.pos, end.seq)
