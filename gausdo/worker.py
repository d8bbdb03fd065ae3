"""The worker: events on their way out, handlers of what comes in, jobs, tidying up."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator

import structlog
from nats.aio.client import Client

from gausdo.app import MODULES, Gausdo, opened
from gausdo.kernel.actor import SYSTEM
from gausdo.measuring import Measuring
from gausdo.modules.identity.contract import Identity
from gausdo.platform.audit import sealer
from gausdo.platform.audit.chain import key_of
from gausdo.platform.audit.heads import Heads
from gausdo.platform.bus.consumer import Consumer
from gausdo.platform.bus.cursors import janitor
from gausdo.platform.bus.patience import Patience, heed_cancellation
from gausdo.platform.bus.sequencer import Sequencer
from gausdo.platform.bus.stream import connect
from gausdo.platform.embedded.pulse import beat
from gausdo.platform.jobs import JobWorker
from gausdo.platform.telemetry import exposition, metrics
from gausdo.settings import Settings

log = structlog.get_logger("gausdo.worker")

GRACE = 8.0
"""Seconds to end in, once asked to."""
TIDY, MEASURE = 3600.0, 10.0
"""Seconds between looks at partitions and old answers, and at how far behind everything is."""


async def work(gausdo: Gausdo, nats: Client) -> None:
    """Run until cancelled, for the modules that this process answers itself."""
    async with asyncio.TaskGroup() as tasks:
        for db in gausdo.databases.values():
            tasks.create_task(Sequencer(db, nats).run())
        for consumer in consumers(gausdo, nats):
            tasks.create_task(consumer.run())
        for module in gausdo.near:
            if module.runs is not None:
                tasks.create_task(module.runs(gausdo.services[module.name], nats))
        tasks.create_task(job_worker(gausdo).run())
        tasks.create_task(_again(TIDY, "tidying up", lambda: _tidy(gausdo, nats)))
        for sealing in sealers(gausdo, nats):
            what = f"sealing the history of {sealing.module}"
            tasks.create_task(_again(sealer.PAUSE, what, sealing.seal))
        measuring = Measuring(gausdo, nats)
        tasks.create_task(_again(MEASURE, "measuring lags", measuring.measure))


def consumers(gausdo: Gausdo, nats: Client) -> Iterator[Consumer]:
    """One for each module here that listens to others."""
    for module in gausdo.near:
        if module.handlers:
            yield Consumer(
                module.name,
                gausdo.databases[module.name],
                module.handlers,
                gausdo.services[module.name],
                nats,
            )


def job_worker(gausdo: Gausdo) -> JobWorker:
    return JobWorker(
        gausdo.settings.module_dsn("jobs"),
        {
            module.name: (module.jobs, gausdo.services[module.name])
            for module in gausdo.near
            if module.jobs is not None
        },
    )


def sealers(gausdo: Gausdo, nats: Client) -> Iterator[sealer.Sealer]:
    """One for each module here; their chains begin when people work here."""

    async def inhabited() -> bool:
        return bool(await gausdo.get(Identity).users(SYSTEM))

    heads = Heads(nats, gausdo.settings.database)
    for db in gausdo.databases.values():
        yield sealer.Sealer(db, key_of(gausdo.settings), heads, inhabited)


def listeners(source: str) -> list[str]:
    """The consumers that read a module's events, wherever they run."""
    return [
        module.name
        for module in MODULES
        if source in module.handlers.sources or source in module.reads
    ]


async def _again(seconds: float, what: str, work: Callable[[], Awaitable[None]]) -> None:
    patience = Patience(what)
    while True:
        try:
            await work()
            patience.worked()
            await asyncio.sleep(seconds)
        except Exception as error:  # noqa: BLE001 - it must go on, whatever it was
            await patience.wait(error)


async def _tidy(gausdo: Gausdo, nats: Client) -> None:
    for name, db in gausdo.databases.items():
        await janitor(db, nats, listeners(name))
        await db.forget_answers()


async def _work_with_nats(gausdo: Gausdo) -> None:
    nats = await connect(gausdo.settings.nats_url.get_secret_value(), "gausdo worker")
    try:
        heed_cancellation()
        await work(gausdo, nats)
    finally:
        await nats.close()


async def run(settings: Settings) -> None:
    """The worker process: until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    metrics.tell_build()
    await _run(settings, stop)


async def _answer_metrics(host: str, port: int) -> None:
    """Until cancelled. While somebody else has the port, everything but this goes on.

    Another installation on this machine may have taken it while no worker of ours was there.
    """
    patience = Patience("answering /metrics")
    while True:
        try:
            with exposition.answering(host, port):
                patience.worked()
                await asyncio.Event().wait()
        except OSError as error:
            await patience.wait(error)


async def _run(settings: Settings, stop: asyncio.Event) -> None:
    beside = [asyncio.create_task(beat(settings.data))]
    if settings.metrics_port is not None:
        answering = _answer_metrics(settings.host, settings.metrics_port)
        beside.append(asyncio.create_task(answering))
    async with opened(settings) as gausdo:
        working = asyncio.create_task(_work_with_nats(gausdo))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        # With the servers gone, drivers may wait for them longer than anybody waits for us.
        asyncio.get_running_loop().call_later(GRACE, os._exit, 1)
        for task in (working, stopping, *beside):
            task.cancel()
        ended = await asyncio.gather(working, stopping, *beside, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, Exception):
            if not stop.is_set():
                raise outcome
            log.warning("an error on the way out", exc_info=outcome)
