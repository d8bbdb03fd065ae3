"""Events reach their handlers: once and in order."""

import asyncio
from uuid import uuid4

import pytest
from opentelemetry import trace
from psycopg import AsyncConnection
from sqlalchemy import delete, select

from gausdo.kernel.actor import Cause
from gausdo.platform.bus.consumer import Consumer
from gausdo.platform.bus.sequencer import BY_INDEX, PLACE, Sequencer
from gausdo.platform.bus.stream import last_entry
from gausdo.platform.bus.subscriptions import Subscriptions
from tests.platform.bus.conftest import arrived, ends_at, running
from tests.platform.bus_trial import (
    Counted,
    Described,
    Unheard,
    count,
    heard,
    in_batches,
    on,
    said,
)
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_events_of_many_writers_arrive_once_and_in_order(source, db, nats):
    counters = [uuid4() for _ in range(6)]
    async with running(Sequencer(source, nats), Consumer("heard", db, on, None, nats)):
        await asyncio.gather(*(count(source, c, 20) for c in [*counters, *counters]))
        last = await arrived(db, 240)
    assert last == dict.fromkeys(counters, 40)


async def test_a_long_backlog_arrives_in_order(source, db, nats):
    counter = uuid4()
    await _wait_for_places(source, 1300, counter)
    async with running(Sequencer(source, nats), Consumer("heard", db, in_batches, None, nats)):
        assert await arrived(db, 1300) == {counter: 1300}


async def test_a_place_costs_the_same_however_many_wait(source, scratch):
    await _wait_for_places(source, 4000, uuid4())
    async with await AsyncConnection.connect(scratch.admin, autocommit=True) as connection:
        await connection.execute("update said.outbox set pos = id")
        await connection.execute("vacuum analyze said.outbox")  # finds that nothing waits
    await _wait_for_places(source, 4000, uuid4())
    async with await AsyncConnection.connect(source.dsn, autocommit=True) as connection:
        await connection.execute(BY_INDEX)
        await connection.execute("set plan_cache_mode = force_generic_plan")
        place = PLACE.format(schema="said").replace("%s", "$1")
        await connection.execute(f"prepare place(int) as {place}".encode())
        explain = await connection.execute("explain (analyze, format json) execute place(500)")
        plan = str(await explain.fetchall())
    assert "Rows Removed by Join Filter" not in plan, "each is looked for among all that wait"


async def _wait_for_places(source, events: int, counter) -> None:
    async with source.begin() as tx:
        for value in range(1, events + 1):
            tx.publish(Counted(counter_id=counter, value=value, at=0))


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
        await eventually(lambda: bool(seen))
    assert seen == [(f"00-{0xABC:032x}-{0xDEF:016x}-01", 0xABC)]


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

        await eventually(answered)
    async with source.begin() as tx:
        first = (await tx.session.execute(select(said.outbox.c.event_id))).scalar_one()
    async with db.begin() as tx:
        cause = (await tx.session.execute(select(heard.outbox.c.cause))).scalar_one()
        await tx.session.execute(delete(heard.outbox))
    assert cause == Cause(event_id=first, depth=1).model_dump(mode="json")


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
        await eventually(lambda: ends_at(nats, 3))
    async with running(Sequencer(source, nats)):
        await count(source, counter, 3)
        await eventually(lambda: ends_at(nats, 6))
    stale._mark = "-another"  # not even as a doubled one, which NATS would drop as well
    async with source.connection() as connection:
        with pytest.raises(ConnectionError, match="wrong last sequence"):
            await stale._publish(await stale._next(connection))
    assert (await last_entry(nats.jetstream(), "said")).seq == 6
    async with running(Consumer("heard", db, on, None, nats)):
        assert await arrived(db, 6) == {counter: 6}


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
