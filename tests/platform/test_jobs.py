"""Jobs run after the commit, once when asked so, and survive the death of their worker."""

import asyncio
import os
import signal
import sys
import time
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import procrastinate
import psycopg
import pytest
import pytest_asyncio
from procrastinate.periodic import PeriodicRegistry
from procrastinate.testing import InMemoryConnector
from sqlalchemy import text

from gausdo.platform.jobs import Jobs, JobWorker, Periodic
from tests.platform.bus_trial import Trial, heard
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
WORKER = Path(__file__).parent / "job_worker.py"


@pytest_asyncio.fixture(loop_scope="session")
async def db(scratch: Trial):
    async with scratch.db(heard) as opened:
        yield opened
    forget(scratch)


@asynccontextmanager
async def working(scratch: Trial, jobs: Jobs, service: object, **options):
    task = asyncio.create_task(
        JobWorker(scratch.dsns["jobs"], {"heard": (jobs, service)}, **options).run()
    )
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def forget(scratch: Trial) -> None:
    path = "-c search_path=jobs"
    with psycopg.connect(scratch.admin, autocommit=True, options=path) as admin:
        admin.execute("delete from procrastinate_jobs")


def jobs_like(scratch: Trial, where: str = "true") -> int:
    with psycopg.connect(scratch.admin) as admin:
        row = admin.execute(
            f"select count(*) from jobs.procrastinate_jobs where {where}"
        ).fetchone()
        return row[0] if row else 0


def told(into: list[object]) -> Jobs:
    jobs = Jobs("heard")

    @jobs.task("hear")
    async def hear(service: str, **args: object) -> None:
        into.append((service, args))

    return jobs


async def test_a_job_runs_after_the_commit_with_its_service_and_arguments(scratch, db):
    ran: list[object] = []
    async with working(scratch, told(ran), "the service"):
        async with db.begin() as tx:
            await tx.enqueue("heard.hear", word="привет", number=7)
            await asyncio.sleep(0.3)
            assert not ran
        await eventually(lambda: len(ran) == 1)
    assert ran == [("the service", {"word": "привет", "number": 7})]
    assert jobs_like(scratch) == 0


async def test_a_transaction_that_is_rolled_back_runs_nothing(scratch, db):
    ran: list[object] = []
    async with working(scratch, told(ran), None):
        with pytest.raises(RuntimeError):
            await _fail_at_the_end(db)
        async with db.begin() as tx:
            await tx.enqueue("heard.hear", word="after")
        await eventually(lambda: len(ran) == 1)
    assert ran == [(None, {"word": "after"})]


async def test_the_same_job_waits_only_once(scratch, db):
    async with db.begin() as tx:
        for word in ("one", "one", "two"):
            await tx.enqueue("heard.hear", once=True, word=word)
    async with db.begin() as tx:
        await tx.enqueue("heard.hear", once=True, word="one")
        await tx.enqueue("heard.hear", word="one")
    assert jobs_like(scratch) == 3


async def test_many_transactions_may_ask_for_the_same_job_at_once(scratch):
    async def ask() -> None:
        async with db.begin() as tx:
            await tx.enqueue("heard.hear", once=True)

    async with scratch.db(heard, 10) as db:
        await asyncio.gather(*(ask() for _ in range(40)))
    assert jobs_like(scratch, "status = 'todo'") == 1
    forget(scratch)


async def test_a_job_for_later_is_brought_forward(scratch, db):
    ran: list[object] = []
    async with db.begin() as tx:
        await tx.session.execute(text("select 1"))
        later = (await tx.session.execute(text("select now() + interval '1 day'"))).scalar_one()
        await tx.enqueue("heard.hear", at=later, once=True)
    async with working(scratch, told(ran), None):
        await asyncio.sleep(0.8)
        assert not ran
        async with db.begin() as tx:
            await tx.enqueue("heard.hear", once=True)
        await eventually(lambda: len(ran) == 1)
    assert jobs_like(scratch) == 0


async def test_no_worker_begins_a_waiting_job_before_the_commit_that_asked_for_it(scratch, db):
    """Else it could miss what that transaction has written, and nobody would start it again."""
    ran: list[object] = []
    async with db.begin() as tx:
        await tx.enqueue("heard.hear", once=True)
    with psycopg.connect(scratch.dsns["heard"]) as asking:
        asking.execute("select jobs.enqueue('heard.hear', '{}', null, 'heard.hear')")
        async with working(scratch, told(ran), None):
            await asyncio.sleep(1.2)
            assert not ran
            asking.commit()
            await eventually(lambda: len(ran) == 1)


async def test_a_job_that_fails_is_tried_again_later(scratch, db):
    jobs, tries = Jobs("heard"), []

    @jobs.task("hear")
    async def hear(_: object) -> None:
        tries.append(1)
        raise RuntimeError("not today")

    async with working(scratch, jobs, None):
        async with db.begin() as tx:
            await tx.enqueue("heard.hear")
        await eventually(
            lambda: (
                jobs_like(
                    scratch,
                    "status = 'todo' and attempts = 1 "
                    "and scheduled_at between now() + interval '2 s' and now() + interval '6 s'",
                )
                == 1
            )
        )
    assert tries == [1]


async def test_one_that_failed_gives_way_to_the_same_job_that_waits_already(scratch, db):
    jobs, go, tries = Jobs("heard"), asyncio.Event(), []

    @jobs.task("hear")
    async def hear(_: object) -> None:
        tries.append(1)
        if len(tries) == 1:
            await go.wait()
            raise RuntimeError("not today")

    async with working(scratch, jobs, None, concurrency=1):
        async with db.begin() as tx:
            await tx.enqueue("heard.hear", once=True)
        await eventually(lambda: len(tries) == 1)
        async with db.begin() as tx:
            await tx.enqueue("heard.hear", once=True)
        go.set()
        await eventually(lambda: len(tries) == 2)
        await eventually(lambda: jobs_like(scratch) == 0)


async def test_a_periodic_job_runs_at_its_times(scratch):
    jobs, ran = Jobs("heard"), []

    @jobs.every("* * * * * *", "tick")
    async def tick(service: str) -> None:
        ran.append(service)

    async with working(scratch, jobs, "clock"):
        await eventually(lambda: len(ran) >= 2, what="two ticks")
    assert set(ran) == {"clock"}


async def test_a_job_survives_the_kill_of_its_worker(scratch, db, tmp_path):
    token, began = uuid4().hex, tmp_path / "began"
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        str(WORKER),
        scratch.dsns["jobs"],
        str(began),
        env={**os.environ, "PYTHONPATH": str(WORKER.parent.parent.parent)},
    )
    async with db.begin() as tx:
        await tx.enqueue("heard.hear", token=token)
    await eventually(began.exists, what="the job in the other process")
    worker.send_signal(signal.SIGKILL)
    await worker.wait()
    ran: list[object] = []
    async with working(scratch, told(ran), None, heartbeat=0.3, stalled=1.0):
        await eventually(lambda: len(ran) == 1, what="the second run")
    assert ran == [(None, {"token": token})]


async def test_a_job_whose_worker_is_stopped_is_taken_by_another(scratch, db, monkeypatch):
    monkeypatch.setattr("gausdo.platform.jobs.GRACE", 0.1)
    jobs, began = Jobs("heard"), asyncio.Event()

    @jobs.task("hear")
    async def hear(_: object) -> None:
        began.set()
        await asyncio.sleep(3600)

    async with working(scratch, jobs, None):
        async with db.begin() as tx:
            await tx.enqueue("heard.hear")
        await asyncio.wait_for(began.wait(), 10)
    ran: list[object] = []
    async with working(scratch, told(ran), None):
        await eventually(lambda: len(ran) == 1)


async def test_a_worker_that_lost_postgres_goes_on_when_it_is_back(scratch, db):
    ran: list[object] = []
    async with working(scratch, told(ran), None):
        async with db.begin() as tx:
            await tx.enqueue("heard.hear", number=1)
        await eventually(lambda: len(ran) == 1)
        with psycopg.connect(scratch.admin) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and application_name = 'gausdo jobs'"
            )
        async with db.begin() as tx:
            await tx.enqueue("heard.hear", number=2)
        await eventually(lambda: len(ran) == 2)


async def test_two_jobs_of_one_name_are_refused():
    jobs = told([])
    with pytest.raises(ValueError, match="two jobs"):
        jobs.task("hear")


async def _fail_at_the_end(db) -> None:
    async with db.begin() as tx:
        await tx.enqueue("heard.hear", word="never")
        await tx.finish()
        raise RuntimeError("changed my mind")


async def test_a_worker_that_only_seems_silent_keeps_its_jobs(scratch, db):
    """As after the clock of PostgreSQL has jumped ahead, until each has given a sign again."""
    begun, go = [], asyncio.Event()
    jobs = Jobs("heard")

    @jobs.task("hear")
    async def hear(service: object) -> None:
        begun.append(time.monotonic())
        await go.wait()

    def beats() -> int:
        with psycopg.connect(scratch.admin, autocommit=True) as admin:
            return admin.execute(
                "update jobs.procrastinate_workers set last_heartbeat = now() - interval '1 day'"
            ).rowcount

    async with working(scratch, jobs, None, heartbeat=0.5, stalled=1.5):
        async with db.begin() as tx:
            await tx.enqueue("heard.hear")
        await eventually(lambda: begun)
        assert beats() == 1
        await eventually(lambda: time.monotonic() > begun[0] + 2)
        go.set()
        await eventually(lambda: jobs_like(scratch) == 0)
    assert len(begun) == 1


async def test_a_clock_that_jumps_starts_no_job_for_each_time_it_has_passed_over():
    registry = PeriodicRegistry()
    task = procrastinate.App(connector=InMemoryConnector()).task(name="heard.sweep")(forget)
    registry.register_task(task, "* * * * *", "", {})
    periodic, noon = Periodic(registry), 1_800_014_400
    for at in (noon, noon + 86_400, noon + 82_800):
        assert [when for _, when in periodic.get_previous_tasks(at + 5)] == [at]
