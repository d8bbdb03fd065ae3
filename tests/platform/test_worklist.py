"""Rows that are work to be done: leased, done once as far as is recorded, tried again, given up."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import delete, func, select, update

from gausdo.kernel.values import new_id, now
from gausdo.platform.backoff import TRIES
from gausdo.platform.drain import Hopeless, NotNow, Work, drain
from gausdo.platform.worklist import FAILED, WAITING, lease, next_due
from tests.platform.bus_trial import Applied, Letter, Trial, applied, heard
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
HERE = Path(__file__).parent


@pytest_asyncio.fixture(loop_scope="session")
async def db(scratch: Trial):
    async with scratch.db(heard) as opened:
        yield opened
        async with opened.begin() as tx:
            await tx.session.execute(delete(Letter))
            await tx.session.execute(delete(Applied))
    with psycopg.connect(scratch.admin, options="-c search_path=jobs") as admin:
        admin.execute("delete from procrastinate_jobs")


async def written(db, number: int, **values: object) -> list[UUID]:
    letters = [Letter(id=new_id(), **values) for _ in range(number)]
    async with db.begin() as tx:
        tx.add(*letters)
    return [letter.id for letter in letters]


async def states(db) -> Counter[str]:
    async with db.begin() as tx:
        rows = await tx.session.execute(select(Letter.state, func.count()).group_by(Letter.state))
        return Counter(dict(rows.all()))


async def recorded(tx, letter: Letter, value: int) -> None:
    tx.add(Applied(counter_id=letter.id, value=value, late=0))


def waiting_jobs(scratch: Trial) -> list[tuple[str, datetime]]:
    with psycopg.connect(scratch.admin, options="-c search_path=jobs") as admin:
        return admin.execute(
            "select task_name, scheduled_at from procrastinate_jobs where status = 'todo'"
        ).fetchall()


async def test_what_is_due_and_free_is_leased_by_one_only(db):
    await written(db, 3)
    await written(db, 1, due_at=now() + timedelta(hours=1))
    async with db.begin() as one, db.begin() as other:
        first = await lease(one, Letter, 2, 60)
        second = await lease(other, Letter, 5, 60)
    assert (len(first), len(second)) == (2, 1)
    async with db.begin() as tx:
        assert not await lease(tx, Letter, 5, 60)
        await tx.session.execute(update(Letter).values(leased_until=now() - timedelta(seconds=1)))
        assert len(await lease(tx, Letter, 5, 60)) == 3


async def test_waits_grow_and_end(db):
    letter = Letter(id=new_id(), state=WAITING, attempts=0)
    waits = []
    for _ in range(TRIES - 1):
        letter.fail("busy")
        assert letter.state == WAITING
        waits.append((letter.due_at - now()).total_seconds())
    for wait, full in zip(waits, (5, 20, 80, 320, 1280, 5120, 20480), strict=True):
        assert 0.79 * full < wait <= full
    letter.fail("busy")
    assert (letter.state, letter.attempts, letter.error) == (FAILED, TRIES, "busy")
    letter.retry()
    assert (letter.state, letter.attempts, letter.error) == (WAITING, 0, None)
    assert letter.due_at <= now()
    letter.fail("no such address", final=True)
    assert letter.state == FAILED
    letter.retry()
    letter.succeed()
    assert (letter.state, letter.error) == ("sent", None)


async def test_everything_due_is_worked_off_and_recorded(scratch, db):
    ids = await written(db, 30)

    async def send(_: Letter) -> int:
        return 7

    await drain(db, Work(Letter, "heard.deliver", send, recorded))
    assert await states(db) == {"sent": 30}
    assert sorted(await applied(db)) == sorted((id, 7) for id in ids)
    assert waiting_jobs(scratch) == []


async def test_a_slow_one_does_not_keep_the_others_waiting(db):
    """It does not end before all others have: who kept them waiting would wait in vain."""
    slow, *others = await written(db, 40)
    waited_for = {*others}
    all_ended = asyncio.Event()

    async def send(letter: Letter) -> int:
        if letter.id == slow:
            await all_ended.wait()
        waited_for.discard(letter.id)
        if not waited_for:
            all_ended.set()
        return 1

    await drain(db, Work(Letter, "heard.deliver", send, recorded, at_once=5))
    assert await states(db) == {"sent": 40}


async def test_several_are_worked_on_together_and_the_rest_by_themselves(db):
    ids = await written(db, 120)
    alone, batches = set(ids[::7]), []

    async def send(letter: Letter) -> int:
        assert letter.id in alone
        return 1

    async def together(letters: Sequence[Letter]) -> dict[UUID, int]:
        batches.append(len(letters))
        return {letter.id: 2 for letter in letters if letter.id not in alone}

    await drain(db, Work(Letter, "heard.deliver", send, recorded, together=together))
    assert await states(db) == {"sent": 120}
    assert sorted(await applied(db)) == sorted((id, 1 if id in alone else 2) for id in ids)
    assert batches[0] == 50


async def test_each_is_worked_on_by_itself_when_together_breaks(db):
    await written(db, 10)
    begun, most = 0, 0

    async def send(_: Letter) -> int:
        nonlocal begun, most
        begun += 1
        most = max(most, begun)
        await asyncio.sleep(0.01)
        begun -= 1
        return 1

    async def together(_: Sequence[Letter]) -> dict[UUID, int]:
        raise RuntimeError("a bug")

    await drain(db, Work(Letter, "heard.deliver", send, recorded, at_once=3, together=together))
    assert await states(db) == {"sent": 10}
    assert most == 3


async def test_failures_are_told_apart_and_tried_again_by_the_same_job(scratch, db):
    hopeless, busy, broken, stuck = await written(db, 4)

    async def send(letter: Letter) -> int:
        if letter.id == hopeless:
            raise Hopeless("There is no such address.")
        if letter.id == busy:
            raise NotNow("The post office is closed.")
        if letter.id == broken:
            raise RuntimeError("a bug")
        await asyncio.sleep(60)
        return 1

    await drain(db, Work(Letter, "heard.deliver", send, recorded, seconds=0.2))
    async with db.begin() as tx:
        letters = {letter.id: letter for letter in await tx.session.scalars(select(Letter))}
        assert await next_due(tx, Letter) == min(letters[id].due_at for id in (busy, broken, stuck))
    assert letters[hopeless].state == FAILED
    assert letters[hopeless].error == "There is no such address."
    assert [letters[id].state for id in (busy, broken, stuck)] == [WAITING] * 3
    assert letters[busy].error == "The post office is closed."
    assert letters[stuck].error == "It took too long."
    assert "bug" not in (letters[broken].error or "")
    ((task, at),) = waiting_jobs(scratch)
    assert task == "heard.deliver"
    assert now() < at <= datetime.now(UTC) + timedelta(seconds=5)
    assert await applied(db) == []


async def test_killed_workers_lose_nothing_and_record_nothing_twice(scratch, db, tmp_path):
    ids, kills, at_once = await written(db, 300), 3, 10
    sent = tmp_path / "sent"
    chance = random.Random(3)

    async def worker():
        return await asyncio.create_subprocess_exec(
            sys.executable,
            str(HERE / "worklist_worker.py"),
            scratch.dsns["heard"],
            str(sent),
            env={**os.environ, "PYTHONPATH": str(HERE.parent.parent)},
        )

    for done in range(kills):
        process = await worker()
        target = 40 * (done + 1)

        async def enough(target: int = target) -> bool:
            return (await states(db))["sent"] >= target

        await eventually(enough, 30, "some letters being sent")
        await asyncio.sleep(chance.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        await process.wait()
    process = await worker()
    try:

        async def all_sent() -> bool:
            return await states(db) == {"sent": 300}

        await eventually(all_sent, 30, "every letter being sent")
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()
    assert Counter(id for id, _ in await applied(db)) == Counter(ids)
    times = Counter(await asyncio.to_thread(lambda: sent.read_text().split()))
    assert set(times) == {str(id) for id in ids}
    again = sum(times.values()) - len(ids)
    assert again <= kills * at_once, "only what was under way at a kill is done again"


async def test_what_is_under_way_is_not_begun_again_when_its_lease_has_run_out(db):
    """As after a clock has jumped ahead, for all that this process has begun."""
    await written(db, 3)
    begun: Counter[UUID] = Counter()
    all_begun, go = asyncio.Event(), asyncio.Event()

    async def send(letter: Letter) -> int:
        begun[letter.id] += 1
        if len(begun) == 3:
            all_begun.set()
        await go.wait()
        return 7

    work = Work(Letter, "heard.deliver", send, recorded)
    first = asyncio.create_task(drain(db, work))
    await all_begun.wait()
    async with db.begin() as tx:
        await tx.session.execute(update(Letter).values(leased_until=now() - timedelta(days=1)))
    await drain(db, work)
    assert set(begun.values()) == {1}
    go.set()
    await first
    assert await states(db) == {"sent": 3}
    assert len(await applied(db)) == 3
