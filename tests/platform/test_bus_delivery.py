"""Events reach their handlers: once, in order, whatever is lost or fails on the way."""

import asyncio
import signal
from contextlib import asynccontextmanager, suppress
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
from opentelemetry import trace
from sqlalchemy import delete, select, text

from gausdo.kernel.errors import Unavailable
from gausdo.platform.bus.consumer import Consumer
from gausdo.platform.bus.cursors import janitor, reached
from gausdo.platform.bus.lag import consumer_lag, outbox_lag, parked_count
from gausdo.platform.bus.parked import TRIES, parked_of, run_again
from gausdo.platform.bus.sequencer import Sequencer
from gausdo.platform.bus.stream import connect, last_entry, start_after, stream_of
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.embedded.nats import EmbeddedNats
from tests.platform.bus_trial import (
    Applied,
    Counted,
    Described,
    Trial,
    Trouble,
    Unheard,
    applied,
    count,
    heard,
    how_many,
    in_batches,
    in_order,
    on,
    said,
    trial,
    until,
)
from tests.servers import start_test_servers

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def nats():
    client = await connect(start_test_servers().nats_url)
    yield client
    for stream in await client.jetstream().streams_info():
        await client.jetstream().delete_stream(stream.config.name)
    await client.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database():
    async with trial() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def scratch(database: Trial):
    yield database
    async with database.db(heard) as db, db.begin() as tx:
        for table in ("cursor", "parked", "applied", "trouble"):
            await tx.session.execute(text(f"delete from heard.{table}"))
    async with database.db(said) as db, db.begin() as tx:
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

    await until(there, seconds, f"the arrival of {number} events")
    found = await applied(db)
    assert len(found) == number
    return in_order(found)


async def test_events_of_many_writers_arrive_once_and_in_order(source, db, nats):
    counters = [uuid4() for _ in range(6)]
    async with running(Sequencer(source, nats), Consumer("heard", db, on, None, nats)):
        await asyncio.gather(*(count(source, c, 20) for c in [*counters, *counters]))
        last = await arrived(db, 240)
    assert last == dict.fromkeys(counters, 40)


async def test_a_long_backlog_arrives_in_order(source, db, nats):
    counter = uuid4()
    async with source.begin() as tx:
        for value in range(1, 1301):
            tx.publish(Counted(counter_id=counter, value=value, at=0))
    async with running(Sequencer(source, nats), Consumer("heard", db, in_batches, None, nats)):
        assert await arrived(db, 1300) == {counter: 1300}


async def test_what_is_published_in_a_transaction_that_rolls_back_is_never_heard(source, db, nats):
    kept = uuid4()
    async with running(Sequencer(source, nats), Consumer("heard", db, on, None, nats)):
        with pytest.raises(RuntimeError):
            await _count_and_fail(source)
        await count(source, kept)
        assert await arrived(db, 1) == {kept: 1}


async def _count_and_fail(source) -> None:
    async with source.begin() as tx:
        tx.publish(Counted(counter_id=uuid4(), value=1, at=0))
        await tx.finish()
        raise RuntimeError("changed my mind")


async def test_an_event_too_large_to_travel_is_refused_in_its_transaction(source):
    with pytest.raises(ValueError, match=r"said\.described\.v1 has 10000\d\d bytes"):
        await _describe(source, "x" * 1_000_000)


async def _describe(source, text: str) -> None:
    async with source.begin() as tx:
        tx.publish(Described(counter_id=uuid4(), text=text))


async def test_what_handlers_do_belongs_to_the_trace_of_the_event(source, db, nats):
    traced, seen = Subscriptions(), []

    @traced(Counted)
    async def look(_, envelope, tx):
        seen.append((envelope.trace, trace.get_current_span().get_span_context().trace_id))

    parent = trace.SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=trace.TraceFlags(1))
    async with running(Sequencer(source, nats), Consumer("heard", db, traced, None, nats)):
        with trace.use_span(trace.NonRecordingSpan(parent)):
            await count(source, uuid4())
        await until(lambda: _is(bool(seen)))
    assert seen == [(f"00-{0xABC:032x}-{0xDEF:016x}-01", 0xABC)]


async def _is(true: bool) -> bool:
    return true


async def test_an_envelope_tells_what_caused_what(source, db, nats):
    """What a handler publishes follows from what it was handed."""
    chain = Subscriptions()

    @chain(Counted)
    async def answer(_, envelope, tx):
        tx.publish(Unheard(counter_id=envelope.subject_id))

    counter = uuid4()
    async with running(Sequencer(source, nats), Consumer("heard", db, chain, None, nats)):
        await count(source, counter)

        async def answered() -> bool:
            async with db.begin() as tx:
                return (await tx.session.execute(select(heard.outbox))).first() is not None

        await until(answered)
    async with source.begin() as tx:
        first = (await tx.session.execute(select(said.outbox.c.event_id))).scalar_one()
    async with db.begin() as tx:
        cause = (await tx.session.execute(select(heard.outbox.c.cause))).scalar_one()
        await tx.session.execute(delete(heard.outbox))
    assert cause == {"event_id": str(first), "depth": 1, "rule_id": None}


async def test_of_two_sequencers_one_leads_and_the_other_takes_over(source, db, nats):
    counter = uuid4()
    one, other = Sequencer(source, nats), Sequencer(source, nats)
    async with running(one, other, Consumer("heard", db, on, None, nats)) as tasks:
        await count(source, counter, 10)
        await arrived(db, 10)
        assert one.leads != other.leads
        tasks[0 if one.leads else 1].cancel()
        await count(source, counter, 10)
        assert await arrived(db, 20) == {counter: 20}


async def test_a_leader_that_lost_its_lock_cannot_publish(source, db, nats):
    """The stream has moved on under another leader: what the old one knows is refused."""
    counter = uuid4()
    stale = Sequencer(source, nats)
    async with running(stale):
        await count(source, counter, 3)
        await until(lambda: _ends_at(nats, 3))
    async with running(Sequencer(source, nats)):
        await count(source, counter, 3)
        await until(lambda: _ends_at(nats, 6))
    stale._mark = "-another"  # not even as a doubled one, which NATS would drop as well
    async with source.connection() as connection:
        with pytest.raises(ConnectionError, match="wrong last sequence"):
            await stale._publish(connection)
    assert (await last_entry(nats.jetstream(), "said")).seq == 6
    async with running(Consumer("heard", db, on, None, nats)):
        assert await arrived(db, 6) == {counter: 6}


async def _ends_at(nats, pos: int) -> bool:
    with suppress(Exception):
        return (await last_entry(nats.jetstream(), "said")).pos == pos
    return False


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
        await until(lambda: _ends_at(nats, 30))
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
        await until(lambda: _ends_at(nats, 35))
        await nats.jetstream().purge_stream(stream_of("said"), keep=4)
        async with running(Consumer("heard", db, on, None, nats)):
            assert await arrived(db, 35) == {counter: 35}
            await count(source, counter, 5)
            assert await arrived(db, 40) == {counter: 40}


async def test_an_event_published_twice_is_applied_once(source, db, nats):
    counter = uuid4()
    async with running(Sequencer(source, nats), Consumer("heard", db, on, None, nats)):
        await count(source, counter, 10)
        await arrived(db, 10)
        await nats.request("republish.said", b'{"from": 3}', timeout=5)
        await count(source, counter, 2)
        assert await arrived(db, 12) == {counter: 12}
        assert (await last_entry(nats.jetstream(), "said")).seq == 20


async def test_two_processes_of_one_consumer_apply_each_event_once(scratch, source, db, nats):
    counters = [uuid4() for _ in range(5)]
    async with (
        scratch.db(heard) as other,
        running(
            Sequencer(source, nats),
            Consumer("heard", db, on, None, nats),
            Consumer("heard", other, on, None, nats),
        ),
    ):
        await asyncio.gather(*(count(source, c, 40) for c in counters))
        assert await arrived(db, 200) == dict.fromkeys(counters, 40)


async def test_a_new_consumer_begins_with_the_first_event_or_with_now(source, db, nats):
    counter = uuid4()
    async with running(Sequencer(source, nats)):
        await count(source, counter, 5)
        await until(lambda: _ends_at(nats, 5))
        late = Consumer("late", db, on, None, nats, start="now")
        async with running(late):
            await until(lambda: _has_cursor(db, "late"))
            await count(source, counter, 2)

            async def both() -> bool:
                return [value for _, value in await applied(db)] == [6, 7]

            await until(both)
        async with db.begin() as tx:
            await tx.session.execute(delete(Applied))
        async with running(Consumer("early", db, on, None, nats, start="first")):
            assert await arrived(db, 7) == {counter: 7}


async def _has_cursor(db, consumer: str) -> bool:
    async with db.begin() as tx:
        cursor = heard.cursor
        found = select(cursor).where(cursor.c.consumer == consumer)
        return (await tx.session.execute(found)).first() is not None


async def test_a_poison_event_is_parked_and_those_of_its_record_wait_behind_it(source, db, nats):
    sick, well = uuid4(), uuid4()
    async with db.begin() as tx:
        tx.add(Trouble(id=sick))
    async with running(Sequencer(source, nats), Consumer("heard", db, on, None, nats)):
        for _ in range(3):
            await count(source, sick)
            await count(source, well)
        assert await arrived(db, 3) == {well: 3}
        await until(lambda: _parked(db, 3))
        (parked,) = await parked_of(db)
        assert (parked.subject_id, parked.behind, parked.attempts) == (sick, 2, 1)
        assert parked.name == "said.counted.v1"
        assert parked.error == "RuntimeError: cannot cope with this counter"
        assert parked.next_try_at is not None

        async with db.begin() as tx:
            await tx.session.execute(delete(Trouble))
        await count(source, sick)  # and while it waits, a later one does not overtake
        await until(lambda: _parked(db, 4))
        assert await arrived(db, 3) == {well: 3}
        async with db.begin() as tx:
            assert await run_again(tx, "counter", sick) == 1
        assert await arrived(db, 7) == {well: 3, sick: 4}
        assert await parked_count(db) == 0


async def _parked(db, number: int) -> bool:
    return await parked_count(db) == number


async def test_a_parked_event_is_given_up_after_five_tries_until_somebody_says_again(
    source, db, nats, monkeypatch
):
    monkeypatch.setattr("gausdo.platform.bus.consumer.RETRY_POLL", 0.1)
    sick = uuid4()
    async with db.begin() as tx:
        tx.add(Trouble(id=sick))
    consumer = Consumer("heard", db, on, None, nats, retry_after=0.001)
    async with running(Sequencer(source, nats), consumer):
        await count(source, sick, 2)

        async def given_up() -> bool:
            found = await parked_of(db)
            return bool(found) and found[0].attempts == TRIES

        await until(given_up)
        (parked,) = await parked_of(db)
        assert (parked.next_try_at, parked.behind) == (None, 1)
        async with db.begin() as tx:
            await tx.session.execute(delete(Trouble))
            await run_again(tx, "counter", sick)
        assert await arrived(db, 2) == {sick: 2}


async def test_what_another_module_tells_is_fetched_before_the_transaction(
    source, db, nats, monkeypatch
):
    """And while that module is away, the consumer waits and parks nothing."""
    monkeypatch.setattr("gausdo.platform.bus.patience.LONGEST", 0.1)
    away, fetched = [True] * 8, []
    names = Subscriptions()

    async def fetch(service, envelopes):
        if away.pop() if away else False:
            raise Unavailable("not now")
        fetched.append(len(envelopes))
        return {e.subject_id: service for e in envelopes}

    @names.batch(Counted, prepare=fetch)
    async def take(service, envelopes, prepared, tx):
        for envelope in envelopes:
            assert prepared[envelope.subject_id] == "customers"
            tx.add(Applied(counter_id=envelope.subject_id, value=envelope.version, late=0))

    counter = uuid4()
    await count(source, counter, 30)
    async with running(Sequencer(source, nats), Consumer("heard", db, names, "customers", nats)):
        assert await arrived(db, 30) == {counter: 30}
    assert await parked_count(db) == 0
    assert sum(fetched) == 30


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


async def test_the_lag_of_everything_can_be_measured(source, db, nats):
    counter = uuid4()
    await count(source, counter, 4)
    lag = await outbox_lag(source, nats)
    assert (lag.unplaced, lag.unpublished) == (4, 0)
    assert lag.oldest is not None
    async with running(Sequencer(source, nats)):
        async with running(Consumer("heard", db, on, None, nats)):
            await arrived(db, 4)
        assert await consumer_lag(db, nats) == {("heard", "said"): 0}
        await count(source, counter, 3)
        await until(lambda: _ends_at(nats, 7))
        assert await consumer_lag(db, nats) == {("heard", "said"): 3}
        assert (await outbox_lag(source, nats))[:2] == (0, 0)


async def test_events_nobody_wants_move_the_cursor_too(source, db, nats, monkeypatch):
    monkeypatch.setattr("gausdo.platform.bus.consumer.IDLE", 0.2)
    async with running(Sequencer(source, nats), Consumer("heard", db, on, None, nats)):
        async with source.begin() as tx:
            for _ in range(3):
                tx.publish(Unheard(counter_id=uuid4()))

        async def caught_up() -> bool:
            return await consumer_lag(db, nats) == {("heard", "said"): 0}

        await until(lambda: _ends_at(nats, 3))
        await until(caught_up)


async def test_outbox_days_go_when_everybody_has_read_them(scratch, source, db, nats, monkeypatch):
    monkeypatch.setattr("gausdo.platform.bus.consumer.REPORT", 0.2)
    counter = uuid4()
    await _an_old_day(scratch)
    await count(source, counter, 3)
    async with source.begin() as tx:
        await tx.session.execute(text("update said.outbox set day = current_date - 10"))
    async with running(Sequencer(source, nats)):
        async with running(Consumer("heard", db, on, None, nats)):
            await arrived(db, 3)
            await until(lambda: _reached(nats, 3))
        assert await reached(nats, "said", ["heard", "unheard-of"]) == 0
        assert await janitor(source, nats, ["heard", "unheard-of"]) == 0
        assert await janitor(source, nats, ["heard"]) == 1
        await count(source, counter, 1)
        async with running(Consumer("heard", db, on, None, nats)):
            assert await arrived(db, 4) == {counter: 4}


async def _reached(nats, pos: int) -> bool:
    return await reached(nats, "said", ["heard"]) == pos


async def _an_old_day(scratch: Trial) -> None:
    async with await psycopg.AsyncConnection.connect(scratch.admin, autocommit=True) as admin:
        await admin.execute("set role gausdo_said_owner")
        await admin.execute(
            "do $$ begin execute format('create table said.outbox_%s partition of said.outbox "
            "for values from (%L) to (%L)', to_char(current_date - 10, 'YYYYMMDD'), "
            "current_date - 10, current_date - 9); end $$"
        )
