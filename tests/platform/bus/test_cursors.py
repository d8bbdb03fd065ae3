"""How far everybody has read: measured, kept up to date, and what may go for it."""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import delete, select, text

from gausdo.platform.bus.consumer import Consumer
from gausdo.platform.bus.cursors import janitor, reached
from gausdo.platform.bus.lag import consumer_lag, outbox_lag
from gausdo.platform.bus.sequencer import Sequencer
from tests.platform.bus.conftest import arrived, ends_at, running
from tests.platform.bus_trial import (
    Applied,
    Trial,
    Unheard,
    applied,
    count,
    heard,
    on,
)
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_new_consumer_begins_with_the_first_event_or_with_now(source, db, nats):
    counter = uuid4()
    async with running(Sequencer(source, nats)):
        await count(source, counter, 5)
        await eventually(lambda: ends_at(nats, 5))
        late = Consumer("late", db, on, None, nats, start="now")
        async with running(late):
            await eventually(lambda: _has_cursor(db, "late"))
            await count(source, counter, 2)

            async def both() -> bool:
                return [value for _, value in await applied(db)] == [6, 7]

            await eventually(both)
        async with db.begin() as tx:
            await tx.session.execute(delete(Applied))
        async with running(Consumer("early", db, on, None, nats, start="first")):
            assert await arrived(db, 7) == {counter: 7}


async def _has_cursor(db, consumer: str) -> bool:
    async with db.begin() as tx:
        cursor = heard.cursor
        found = select(cursor).where(cursor.c.consumer == consumer)
        return (await tx.session.execute(found)).first() is not None


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
        await eventually(lambda: ends_at(nats, 7))
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

        await eventually(lambda: ends_at(nats, 3))
        await eventually(caught_up)


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
            await eventually(lambda: _reached(nats, 3))
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
