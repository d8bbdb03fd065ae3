"""An event that cannot be applied is parked; those of its record wait behind it."""

from uuid import uuid4

import pytest
from sqlalchemy import delete

from gausdo.kernel.errors import Unavailable
from gausdo.platform.bus.consumer import Consumer
from gausdo.platform.bus.lag import parked_count
from gausdo.platform.bus.parked import TRIES, parked_of, run_again
from gausdo.platform.bus.sequencer import Sequencer
from gausdo.platform.bus.subscriptions import Subscriptions
from tests.platform.bus.conftest import arrived, running
from tests.platform.bus_trial import (
    Applied,
    Counted,
    Trouble,
    count,
    on,
)
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_poison_event_is_parked_and_those_of_its_record_wait_behind_it(source, db, nats):
    sick, well = uuid4(), uuid4()
    async with db.begin() as tx:
        tx.add(Trouble(id=sick))
    async with running(Sequencer(source, nats), Consumer("heard", db, on, None, nats)):
        for _ in range(3):
            await count(source, sick)
            await count(source, well)
        assert await arrived(db, 3) == {well: 3}
        await eventually(lambda: _parked(db, 3))
        (parked,) = await parked_of(db)
        assert (parked.subject_id, parked.behind, parked.attempts) == (sick, 2, 1)
        assert parked.name == "said.counted.v1"
        assert parked.error == "RuntimeError: cannot cope with this counter"
        assert parked.next_try_at is not None

        async with db.begin() as tx:
            await tx.session.execute(delete(Trouble))
        await count(source, sick)  # and while it waits, a later one does not overtake
        await eventually(lambda: _parked(db, 4))
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

        await eventually(given_up)
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
