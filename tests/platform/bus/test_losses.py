"""A stream, a server, a connection is lost on the way, and no event with it."""

import asyncio
import signal
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from gausdo.kernel.errors import Unavailable
from gausdo.platform.bus.consumer import Consumer
from gausdo.platform.bus.lag import parked_count
from gausdo.platform.bus.sequencer import Sequencer
from gausdo.platform.bus.stream import connect, start_after, stream_of
from gausdo.platform.db import NETWORK, Database
from gausdo.platform.embedded.nats import EmbeddedNats
from tests.platform.bus.conftest import arrived, ends_at, running
from tests.platform.bus_trial import (
    Trial,
    count,
    heard,
    on,
    said,
)
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_lost_stream_is_made_again_and_nothing_is_lost(source, db, nats):
    counter = uuid4()
    async with running(Sequencer(source, nats), Consumer("heard", db, on, None, nats)):
        await count(source, counter, 20)
        await arrived(db, 20)
        await nats.jetstream().delete_stream(stream_of("said"))
        await count(source, counter, 20)
        assert await arrived(db, 40) == {counter: 40}


async def test_a_consumer_that_was_away_while_the_stream_was_made_again_finds_its_place(
    source, db, nats
):
    counter = uuid4()
    async with running(Sequencer(source, nats)):
        async with running(Consumer("heard", db, on, None, nats)):
            await count(source, counter, 10)
            await arrived(db, 10)
        await count(source, counter, 10)
        await nats.jetstream().delete_stream(stream_of("said"))
        await count(source, counter, 10)
        await eventually(lambda: ends_at(nats, 30))
        for seq in (10, 4, 999):
            assert await start_after(nats.jetstream(), "said", 10, seq) == 11
        async with running(Consumer("heard", db, on, None, nats)):
            assert await arrived(db, 30) == {counter: 30}


async def test_events_missing_in_the_stream_are_published_again(source, db, nats):
    counter = uuid4()
    async with running(Sequencer(source, nats)):
        async with running(Consumer("heard", db, on, None, nats)):
            await count(source, counter, 5)
            await arrived(db, 5)
        await count(source, counter, 30)
        await eventually(lambda: ends_at(nats, 35))
        await nats.jetstream().purge_stream(stream_of("said"), keep=4)
        async with running(Consumer("heard", db, on, None, nats)):
            assert await arrived(db, 35) == {counter: 35}
            await count(source, counter, 5)
            assert await arrived(db, 40) == {counter: 40}


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGKILL])
async def test_an_outage_of_nats_is_waited_for(scratch, source, db, tmp_path, kind):
    tmp_path.chmod(0o711)
    server, counter = EmbeddedNats(tmp_path / "nats"), uuid4()
    await asyncio.to_thread(server.start)
    own = await connect(server.url)
    try:
        async with running(Sequencer(source, own), Consumer("heard", db, on, None, own)):
            await count(source, counter, 10)
            await arrived(db, 10)
            await asyncio.to_thread(server._child.stop, kind)
            await count(source, counter, 10)
            assert (await outbox_unpublished(source)) == 10
            await asyncio.to_thread(server.start)
            await count(source, counter, 10)
            assert await arrived(db, 30) == {counter: 30}
        assert await parked_count(db) == 0
    finally:
        await own.close()
        await asyncio.to_thread(server.stop)


async def outbox_unpublished(source) -> int:
    """Events after the tenth, which is the last that NATS has."""
    async with source.begin() as tx:
        found = await tx.session.execute(
            text("select count(*) from said.outbox where pos is null or pos > 10")
        )
        return int(found.scalar_one())


async def test_connections_to_postgres_that_die_are_made_again(scratch, source, db, nats):
    counter = uuid4()
    consumer = Consumer("heard", db, on, None, nats)
    async with running(Sequencer(source, nats), consumer):
        for round_ in range(1, 5):  # more often than the pool has places
            async with scratch.db(said) as anew:
                await count(anew, counter, 5)
            async with scratch.db(heard) as anew:
                assert await arrived(anew, round_ * 5) == {counter: round_ * 5}
                assert await parked_count(anew) == 0
            await _cut_connections(scratch)


async def test_a_dead_connection_gives_its_place_in_the_pool_back(scratch):
    async with scratch.db(heard, 1) as single:
        for _ in range(3):
            with pytest.raises(Unavailable):
                await _cut_within(scratch, single)
            assert await parked_count(single) == 0


async def _cut_within(scratch: Trial, single) -> None:
    async with single.begin() as tx:
        await tx.session.execute(text("select 1"))
        await _cut_connections(scratch)
        await tx.session.execute(text("select 1"))


async def _cut_connections(scratch: Trial) -> None:
    async with await psycopg.AsyncConnection.connect(scratch.admin, autocommit=True) as admin:
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )


async def test_the_server_is_told_to_miss_who_has_vanished(scratch: Trial) -> None:
    """As a worker does whose machine has lost its power; it would be led by nobody for hours."""
    names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count",
             "client_connection_check_interval", "statement_timeout")  # fmt: skip
    told = ", ".join(f"current_setting('{name}')" for name in names)
    asked = f"select {told}".encode()
    dsn = scratch.dsns["said"]
    async with (
        await psycopg.AsyncConnection.connect(dsn, **NETWORK) as own,
        Database(dsn, said) as db,
        Database(dsn, said, longest=2) as hurried,
        db.connection() as lent,
        hurried.connection() as other,
    ):
        for connection, longest in ((own, "20s"), (lent, "20s"), (other, "2s")):
            found = await (await connection.execute(asked)).fetchone()
            assert found == ("10", "5", "3", "5s", longest)
