"""What runs until cancelled ends when cancelled, even when a library loses the cancellation."""

import asyncio
from contextlib import suppress

import pytest
from procrastinate.manager import JobManager

from gausdo.platform.bus.patience import Patience
from gausdo.platform.jobs import JobWorker
from gausdo.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def losing(entered: asyncio.Event) -> None:
    """As `asyncio.wait_for` of Python 3.11, when what it waits for comes just then."""
    entered.set()
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(1)


@pytest.mark.parametrize("failing", [False, True])
async def test_a_loop_that_lost_its_cancellation_ends_all_the_same(failing: bool) -> None:
    entered = asyncio.Event()
    patience = Patience("a loop")

    async def loop() -> None:
        while True:
            await losing(entered)
            if failing:
                await patience.wait(ConnectionError())
            else:
                patience.worked()

    task = asyncio.create_task(loop())
    await entered.wait()
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=5)
    assert done
    assert task.cancelled()


async def test_a_job_worker_stops_that_lost_its_cancellation_while_it_started(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = asyncio.Event()
    register = JobManager.register_worker

    async def registered(manager: JobManager) -> int:
        await losing(entered)
        return await register(manager)

    monkeypatch.setattr(JobManager, "register_worker", registered)
    task = asyncio.create_task(JobWorker(settings.module_dsn("jobs"), {}).run())
    await asyncio.wait_for(entered.wait(), 20)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=10)
    assert done
    assert task.cancelled()


async def test_a_job_worker_that_is_stopped_while_it_connects_leaves_nothing_behind(
    settings: Settings,
) -> None:
    """The pool of its driver would connect for ever, and take the end of the loop for an error."""
    for moment in range(10):
        others = asyncio.all_tasks()
        task = asyncio.create_task(JobWorker(settings.module_dsn("jobs"), {}).run())
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=10)
        assert done
        assert asyncio.all_tasks() - others == {*()}
