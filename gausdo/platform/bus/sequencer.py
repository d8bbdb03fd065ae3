"""The sequencer: one leader per module gives events their place in line and publishes them."""

import asyncio
import secrets
import time
from contextlib import suppress
from typing import Any

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import Header
from psycopg import AsyncConnection, AsyncCursor
from pydantic_core import from_json

from gausdo.platform.bus.patience import Patience, gather_more, readable
from gausdo.platform.bus.stream import ensure, last_entry, republish_of, subject_of
from gausdo.platform.db.database import NETWORK, Database
from gausdo.platform.telemetry import traces

BATCH = 500
POLL = 5.0
"""Seconds between looks at the outbox when no NOTIFY comes; with every event one does."""
STANDBY = 1.0
LOCK = 7_220_002

_TRY = "select pg_try_advisory_lock(%s, hashtext(%s))"
_GIVEN = "select pos from {schema}.line"
_UNPLACED = "select exists (select from {schema}.outbox where pos is null)"
_HOLD = "select pos from {schema}.line for update"
_FIRST = "select min(pos) from {schema}.outbox where pos >= %s"

PLACE = """
with unplaced as (
    select id, day, row_number() over (order by id) as place
    from (select id, day from {schema}.outbox where pos is null order by id limit %s) x
), moved as (
    update {schema}.line set pos = pos + (select count(*) from unplaced)
    where exists (select from unplaced) returning pos - (select count(*) from unplaced) as before
), placed as (
    update {schema}.outbox o set pos = moved.before + unplaced.place
    from unplaced, moved where o.id = unplaced.id and o.day = unplaced.day
    returning 1
)
select from placed
"""

BY_INDEX = "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off"
"""For PLACE. Mostly nothing waits, and a day that begins is empty, so PostgreSQL plans for nothing;
where thousands wait it would read them all for each.
"""

_NEXT = """
select pos, event_id::text, row_to_json(e)::text, name, trace from (
    select '{schema}' as source, pos, event_id, name, kind, subject_id, version, at, actor_id,
        via, cause, seen, trace, body
    from {schema}.outbox where pos > %s order by pos limit %s
) e
"""

log = structlog.get_logger("gausdo.bus")


class FencedError(ConnectionError):
    """The stream did not end where this leader thought; look again."""


class AheadError(RuntimeError):
    """The stream holds positions that the database has not given."""


class Sequencer:
    """Runs until it is cancelled; many may, the one that holds the lock works.

    Positions are committed first and published afterwards, strictly in order, each message
    expecting the one before it to be the stream's last: a leader that lost its lock cannot
    publish between those of another.
    """

    def __init__(self, db: Database, nats: Client, *, replicas: int = 1) -> None:
        self.module = db.schema.name
        self._db = db
        self._nats = nats
        self._replicas = replicas
        self._patience = Patience(f"the sequencer of {self.module}")
        self._seq = self._pos = 0  # the end of the stream
        self._again: int | None = None
        self._mark = ""
        self.leads = False

    async def run(self) -> None:
        while True:
            try:
                await self._stand_by()
            except Exception as error:  # noqa: BLE001 - it must go on, whatever it was
                await self._patience.wait(error)
            finally:
                self.leads = False

    async def _stand_by(self) -> None:
        """Wait for the lock on a connection of its own, and lead as long as that one lives."""
        connection = await AsyncConnection.connect(
            self._db.dsn,
            autocommit=True,
            application_name=f"gausdo {self.module} sequencer",
            **NETWORK,
        )
        async with connection:
            while not await self._one(connection, _TRY, LOCK, self.module):
                self._patience.worked()
                await asyncio.sleep(STANDBY)
            requests = await self._nats.subscribe(republish_of(self.module), cb=self._asked)
            try:
                await self._lead(connection)
            finally:
                with suppress(Exception):
                    await requests.unsubscribe()

    async def _lead(self, connection: AsyncConnection[Any]) -> None:
        await connection.execute(f"listen {self.module}_outbox".encode())
        await connection.execute(BY_INDEX)
        await self._resume(connection)
        self.leads = True
        while True:
            began = time.monotonic()
            if self._again is not None:
                await self._go_back(connection)
            rows = await self._next(connection)
            await self._publish(rows)
            self._patience.worked()
            if not rows:
                await self._woken(connection)
            elif len(rows) < BATCH:
                await gather_more(began)

    async def _woken(self, connection: AsyncConnection[Any]) -> None:
        """Wait for the NOTIFY of an event, or for one that came without."""
        while not [_ async for _ in connection.notifies(timeout=0, stop_after=1)]:
            if not await readable(connection.fileno(), POLL):
                self._patience.worked()
                if await self._one(connection, _UNPLACED):
                    return

    async def _resume(self, connection: AsyncConnection[Any]) -> None:
        """Find the end of the stream, which is where to go on."""
        js = self._nats.jetstream()
        await ensure(js, self.module, self._replicas)
        self._seq, self._pos = await last_entry(js, self.module)
        given = await self._one(connection, _GIVEN)
        if self._pos > given:
            raise AheadError(
                f"The stream of {self.module} holds event {self._pos}, but its database has only "
                f"given {given}: the database is an older one. Delete the stream to start over "
                "from the database, and rebuild the consumers."
            )

    async def _next(self, connection: AsyncConnection[Any]) -> list[Any]:
        """Give committed events the next positions, commit, and read those to be published.

        The line is locked by a statement of its own, so that the next one sees what a former
        leader has placed meanwhile. All are sent at once: in a worker that is busy each answer
        waits for its turn, and people wait for their events.
        """
        async with connection.pipeline():
            await connection.execute("begin")
            await self._sent(connection, _HOLD)
            await self._sent(connection, PLACE, BATCH)
            await connection.execute("commit")
            found = await self._sent(connection, _NEXT, self._pos, BATCH)
        return await found.fetchall()

    async def _publish(self, rows: list[Any]) -> None:
        """Publish these events; the answer to the last one vouches for those before it."""
        if not rows:
            return
        if self._pos and rows[0][0] != self._pos + 1:
            log.error(
                "events are gone", module=self.module, since=self._pos + 1, until=rows[0][0] - 1
            )
        if not self._nats.is_connected:
            raise ConnectionError("NATS is not connected")
        subject, begun = subject_of(self.module), time.time_ns()
        for number, (_, event_id, envelope, *_) in enumerate(rows):
            headers = {
                Header.MSG_ID.value: event_id + self._mark,
                Header.EXPECTED_LAST_SEQUENCE.value: str(self._seq + number),
            }
            if number < len(rows) - 1:
                await self._nats.publish(subject, envelope.encode(), headers=headers)
            else:
                answer = await self._nats.request(
                    subject, envelope.encode(), timeout=5, headers=headers
                )
        said = from_json(answer.data)
        if said.get("error") or said.get("duplicate"):
            self._mark = f"-{secrets.token_hex(4)}"  # so that it is not taken for a doubled one
            raise FencedError(f"NATS refused an event: {said}")
        self._seq, self._pos = said["seq"], rows[-1][0]
        traces.published(self.module, [(name, trace) for *_, name, trace in rows], begun)

    async def _asked(self, message: Msg) -> None:
        """Somebody misses events from a position on."""
        pos = int(from_json(message.data)["from"])
        self._again = pos if self._again is None else min(pos, self._again)
        if message.reply:
            await message.respond(b"{}")
        async with self._db.connection() as connection:  # the leader's own is listening
            await connection.execute(f"notify {self.module}_outbox".encode())

    async def _go_back(self, connection: AsyncConnection[Any]) -> None:
        """Publish again, at the end of the stream, from the position asked for."""
        wanted, self._again = self._again or 1, None
        if wanted > self._pos:
            return  # on its way anyhow
        first = await self._one(connection, _FIRST, wanted)
        log.warning("publishes again", module=self.module, since=first, asked=wanted)
        if first != wanted:
            log.error("events are gone", module=self.module, since=wanted, until=first)
        self._mark = f"-{secrets.token_hex(4)}"
        self._pos = wanted - 1

    async def _sent(
        self, connection: AsyncConnection[Any], query: str, *args: Any
    ) -> AsyncCursor[Any]:
        return await connection.execute(query.format(schema=self.module).encode(), args)

    async def _one(self, connection: AsyncConnection[Any], query: str, *args: Any) -> Any:
        return (await (await self._sent(connection, query, *args)).fetchall())[0][0]
