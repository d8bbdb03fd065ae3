"""Background work: run after the commit, at a time, or again and again."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias, TypeVar

import procrastinate
from procrastinate.exceptions import JobAborted, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.periodic import PeriodicDeferrer, TaskAtTime
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker

from gausdo.kernel.values import now
from gausdo.platform.backoff import TRIES, later
from gausdo.platform.bus.patience import Patience, heed_cancellation
from gausdo.platform.telemetry import traces

Work: TypeAlias = Callable[..., Awaitable[None]]
W = TypeVar("W", bound=Work)

KEEP_FAILED = 30 * 24
"""Hours a job that failed for good stays in the table."""
FORGET_EVERY = 1000
"""Heartbeats between looks for such jobs."""
POLL = 0.5
"""Seconds between looks for due jobs, when nothing wakes the worker."""
GRACE = 5.0
"""Seconds a running job has to end when the worker is stopped; then another takes it."""


@dataclass(frozen=True)
class Task:
    """`run(service, **args)`; with a `cron` it is started at those times, without arguments."""

    name: str
    run: Work
    cron: str | None = None


class Jobs:
    """A module's jobs. `@jobs.task("deliver")` is enqueued as `communications.deliver`.

    A job may run twice (its process was killed before it could say that it was done), so what
    it does twice must be as if done once. One that raises is tried again: after 5 s, 20 s, 80 s
    … up to 6 h, eight times in all.
    """

    def __init__(self, module: str) -> None:
        self.module = module
        self.tasks: dict[str, Task] = {}

    def task(self, name: str) -> Callable[[W], W]:
        """Above `async def deliver(service, **args)`."""
        return self._remember(name, None)

    def every(self, cron: str, name: str) -> Callable[[W], W]:
        """Above `async def sweep(service)`: run at the times of a cron line (UTC).

        Once each time, however many workers there are, and not while one is still waiting.
        """
        return self._remember(name, cron)

    def _remember(self, name: str, cron: str | None) -> Callable[[W], W]:
        full = f"{self.module}.{name}"
        if full in self.tasks:
            raise ValueError(f"There are two jobs called “{full}”.")

        def remember(work: W) -> W:
            self.tasks[full] = Task(full, work, cron)
            return work

        return remember


class JobWorker:
    """Runs the jobs of some modules, `concurrency` at a time, until cancelled.

    `dsn` is that of the role `gausdo_jobs`. A worker that has given no sign of life for `stalled`
    seconds is taken for dead, and others run its jobs again.
    """

    def __init__(
        self,
        dsn: str,
        modules: Mapping[str, tuple[Jobs, Any]],
        *,
        concurrency: int = 10,
        heartbeat: float = 5.0,
        stalled: float = 30.0,
    ) -> None:
        self._dsn = dsn
        self._modules = modules
        self._concurrency = concurrency
        self._heartbeat = heartbeat
        self._stalled = stalled

    async def run(self) -> None:
        """Work until cancelled; while PostgreSQL is away, wait for it."""
        patience = Patience("the job worker")
        while True:
            app = self._app()
            try:
                async with app.open_async():
                    heed_cancellation()
                    await self._work(app, patience)
                raise ConnectionError("it has lost its connection")  # noqa: TRY301
            except Exception as error:  # noqa: BLE001 - it must go on, whatever it was
                await patience.wait(error.__cause__ or error)
            finally:
                await app.close_async()  # a pool that was only half open would never end

    async def _work(self, app: procrastinate.App, patience: Patience) -> None:
        worker = _Worker(
            app,
            queues=list(self._modules),
            concurrency=self._concurrency,
            fetch_job_polling_interval=POLL,
            delete_jobs="successful",
            install_signal_handlers=False,
            update_heartbeat_interval=self._heartbeat,
            stalled_worker_timeout=self._stalled,
            shutdown_graceful_timeout=GRACE,
        )
        running = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]
        rescue = asyncio.create_task(self._rescue(app, patience))
        try:
            await asyncio.shield(running)
        finally:
            rescue.cancel()
            while not running.done():  # it forgets being asked before its first step
                worker.stop()  # type: ignore[no-untyped-call]
                await asyncio.wait([running], timeout=0.1)
            await asyncio.gather(running, rescue, return_exceptions=True)

    def _app(self) -> procrastinate.App:
        connector = procrastinate.PsycopgConnector(
            conninfo=self._dsn,
            min_size=1,
            max_size=3,
            timeout=5.0,
            kwargs={"options": "-c search_path=jobs", "application_name": "gausdo jobs"},
        )
        app = procrastinate.App(connector=connector)
        app.job_manager = _Manager(connector)
        for jobs, service in self._modules.values():
            for task in jobs.tasks.values():
                once = task.name if task.cron else None
                known = app.task(
                    name=task.name, queue=jobs.module, retry=_Again(), queueing_lock=once
                )(_bound(task, service))
                if task.cron:
                    app.periodic(cron=task.cron)(known)
        return app

    async def _rescue(self, app: procrastinate.App, patience: Patience) -> None:
        """Have the jobs of dead workers run again, and forget those that failed long ago.

        A worker is dead that is still silent after a beat and a half: to a clock that has just
        jumped everybody seems to be.
        """
        silent: dict[int | None, float] = {}
        sure = 1.5 * self._heartbeat
        for beat in count():
            await asyncio.sleep(self._heartbeat * random.uniform(0.75, 1))  # noqa: S311 - not all at once
            try:
                manager = app.job_manager
                stalled: list[Job] = []
                for queue in self._modules:
                    stalled += await manager.get_stalled_jobs(
                        queue=queue,
                        seconds_since_heartbeat=max(0.0, self._stalled - sure),
                    )
                at = time.monotonic()
                silent = {job.id: silent.get(job.id, at) for job in stalled}
                for job in stalled:
                    if at - silent[job.id] >= sure:
                        await manager.retry_job(job)
                for queue in self._modules:
                    if beat % FORGET_EVERY == 0:
                        await manager.delete_old_jobs(KEEP_FAILED, queue, include_failed=True)
                patience.worked()
            except Exception as error:  # noqa: BLE001 - it must go on, whatever it was
                await patience.wait(error.__cause__ or error)


def _bound(task: Task, service: Any) -> Work:
    """The job as the library calls it: a periodic one is told its time, which ours need not."""

    async def run(timestamp: int | None = None, **args: Any) -> None:
        if timestamp is not None and not task.cron:
            args["timestamp"] = timestamp
        name = task.name.replace(".", ": ", 1)
        if task.cron:  # it has hardly ever something to do
            await task.run(service, **args)
            return
        with traces.following(None, name):
            await task.run(service, **args)

    return run


class _Again(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, Exception) or isinstance(exception, JobAborted):
            return RetryDecision(retry_at=now())  # its worker stops; another takes it
        if job.attempts + 1 >= TRIES:
            return None
        return RetryDecision(retry_at=later(job.attempts + 1))


class _Manager(JobManager):
    async def retry_job(self, job: Job, *args: Any, **options: Any) -> None:
        """As the library does, but when the same job waits already, that one is enough."""
        try:
            await super().retry_job(job, *args, **options)
        except UniqueViolation:
            await self.finish_job(job, Status.ABORTED, delete_job=True)


class _Worker(Worker):
    async def _periodic_deferrer(self) -> None:
        await Periodic(self.app.periodic_registry).worker()


class Periodic(PeriodicDeferrer):
    """As the library does, for clocks that jump.

    Of the times that a jump ahead has passed over it would start every one; and after one back
    nothing, until that time has come again.
    """

    def get_previous_tasks(self, at: float) -> Iterable[TaskAtTime]:
        """The last time of each; the database knows whether that was already."""
        self.last_defers.clear()
        return super().get_previous_tasks(at)
