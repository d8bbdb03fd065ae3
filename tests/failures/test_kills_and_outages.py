"""Whatever is killed or away while people work: nothing is lost, nothing comes twice, order stays.

The tests share an installation, and each of them counts all that has been written in it so far.
"""

import asyncio
import json
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from gausdo.doctor import examine
from gausdo.supervisor import EMBEDDED
from gausdo.up import SERVERS
from tests.failures.conftest import SOAK
from tests.failures.disks import full
from tests.failures.office import LOOKED_AT, Office
from tests.failures.trial import Trial, children, send, tell, until

DEALS, DASHBOARD, READY = LOOKED_AT
LONGEST = 9.0
"""Seconds within which everything is answered: five, and some for a machine that is busy."""
SOONEST = 2.0
"""Seconds after which a machine that is busy may refuse: the first of our deadlines. Whoever is
refused sooner is refused for another reason."""
RETURN = 90.0
"""Seconds within which everything goes on by itself; on a quiet machine it takes a few."""

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(3600 if SOAK else 600),
]


@pytest.fixture(scope="module")
def apart() -> tuple[str, ...]:
    return ("clickhouse", "nats")


# Kills


def a_web_process(trial: Trial, chance: random.Random) -> None:
    if found := children(trial.pid("web") or 0):
        send(chance.choice(found), signal.SIGKILL)


def the(part: str) -> Callable[[Trial, random.Random], None]:
    def kill(trial: Trial, _: random.Random) -> None:
        send(trial.pid(part), signal.SIGKILL)

    return kill


VICTIMS = {
    "a web process": a_web_process,
    "all web processes": the("web"),
    "the worker": the("worker"),
    "ClickHouse": the("clickhouse"),
}


async def test_kills_at_random_moments_lose_double_and_reorder_nothing(
    office: Office, chance: random.Random
) -> None:
    """The supervisor dies in between, with everything it keeps."""
    trial, rounds = office.trial, 10 if SOAK else 1
    async with office.at_work(chance, patience=15):
        for number in range(rounds):
            for name in chance.sample(list(VICTIMS), len(VICTIMS)):
                await office.change(chance.randint(3, 15), RETURN)
                tell(f"kills {name}")
                VICTIMS[name](trial, chance)
            if number % 5 == 0:
                await office.change(chance.randint(3, 15), RETURN)
                tell("kills the supervisor")
                trial.kill()
                await asyncio.to_thread(trial.start)
        await office.change(10, RETURN)
        await until(lambda: trial.ready, RETURN, "everything runs again")
    assert office.written.broken > 0, "nobody noticed that anything was killed"
    await counted(office)


async def test_our_processes_that_hang_are_replaced(office: Office, chance: random.Random) -> None:
    trial = office.trial
    web, worker = trial.pid("web") or 0, trial.pid("worker") or 0
    async with office.at_work(chance, patience=4):
        await office.change(5, RETURN)
        hung = children(web)[0]
        for pid in (hung, worker):
            send(pid, signal.SIGSTOP)
        await until(lambda: hung not in children(web), RETURN, "the web process is ended")
        await until(lambda: trial.pid("worker") != worker, RETURN, "the worker is ended")
        await until(lambda: trial.ready, RETURN, "everything runs again")
        await office.change(5, RETURN)
    assert trial.pid("web") == web, "the other web process went on"
    await counted(office)


# Outages

Way = Callable[[Trial, tuple[str, ...]], AbstractContextManager[None]]


@contextmanager
def hanging(trial: Trial, parts: tuple[str, ...]) -> Iterator[None]:
    """Their processes are there, and do nothing."""
    pids = [pid for part in parts for pid in trial.processes(part)]
    for pid in pids:
        send(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            send(pid, signal.SIGCONT)


@contextmanager
def gone(trial: Trial, parts: tuple[str, ...]) -> Iterator[None]:
    """Their processes are killed, and the supervisor is kept from starting others."""
    with hanging(trial, ("supervisor",)):
        for part in parts:
            send(trial.pid(part), signal.SIGKILL)
        yield


@contextmanager
def ended(trial: Trial, parts: tuple[str, ...]) -> Iterator[None]:
    """Their processes end in good order, as when their machine is shut down; no others start."""
    with hanging(trial, ("supervisor",)):
        for part in parts:
            send(trial.pid(part), STOPS[part])
        yield


STOPS = {kind.name: kind.stop_signal for kind, _ in EMBEDDED}
WAYS = (hanging, gone, ended)


def outages(chance: random.Random) -> Iterator[tuple[tuple[str, ...], Way]]:
    """Each server alone and all together, in any order: one way of each, in a soak every one."""
    parts = [*((server,) for server in SERVERS), SERVERS]
    for which in chance.sample(parts, len(parts)):
        for how in chance.sample(WAYS, len(WAYS) if SOAK else 1):
            yield which, how


async def test_servers_that_hang_end_or_are_gone_are_missed_clearly_and_come_back(
    office: Office, chance: random.Random
) -> None:
    trial = office.trial
    office.written.slowest, office.looks[:] = 0.0, []
    async with office.at_work(chance, patience=20):
        for _ in range(5 if SOAK else 1):
            for parts, how in outages(chance):
                await office.change(3, RETURN)
                tell(f"{how.__name__}: {', '.join(parts)}")
                with how(trial, parts):
                    since = time.monotonic()
                    await missed(office, parts, since)
                back = time.monotonic()
                await returned(office, back)
                tell(f"back after {time.monotonic() - back:.1f} s")
                await until(lambda: trial.ready, RETURN, "everything runs again")
    tell(f"slowest look: {max(office.looks, key=lambda look: look.seconds)}")
    assert office.written.slowest < LONGEST
    assert all(look.seconds < LONGEST for look in office.looks)
    assert {look.status for look in office.looks} <= {200, 503}
    refused = {look.media for look in office.looks if look.status == 503 and look.path != READY}
    assert refused == {"application/problem+json"}
    await counted(office)


# Full disks

LEFT = {"clickhouse": 2**19, "nats": 0}
"""Bytes: ClickHouse begins nothing without a MiB, NATS goes on to the last page."""
SAID = {"clickhouse": "the loader of sales", "nats": "the sequencer of sales"}
"""Who says in the worker's log that it cannot go on."""


async def test_full_disks_of_clickhouse_and_nats_are_not_noticed_at_work_and_what_waits_catches_up(
    office: Office, chance: random.Random, apart: tuple[str, ...]
) -> None:
    trial = office.trial
    if not all((trial.folder / part).is_mount() for part in apart):
        pytest.skip("no file systems can be mounted here: that needs root, and `mount`")
    office.looks.clear()
    async with office.at_work(chance, patience=20):
        for part in apart:
            tell(f"the disk of {part} is full")
            said = len(trial.logs("worker"))
            with full(trial.folder / part, LEFT[part]):
                since = time.monotonic()
                await until(
                    lambda s=said, p=part: stuck(trial.logs("worker")[s:], SAID[p]), 60, SAID[part]
                )
                await office.change(3, 30)
                for path in (DEALS, READY):
                    await office.answered(path, 200, since, 30)
                if part == "nats":
                    assert await nearly_full(trial) == [trial.folder / part]
            await returned(office, time.monotonic())
    for path in (DEALS, READY):
        looks = [look for look in office.looks if look.path == path]
        refused = [look for look in looks if look.status != 200]
        assert not [look for look in refused if look.seconds < SOONEST]
        assert len(refused) < len(looks) / 10, refused
    await counted(office)
    await until(lambda: trial.ready, RETURN, "everything runs again")


def stuck(told: str, who: str) -> bool:
    """Whether these lines of a log say so; the last one may be half written."""
    return any(
        line["event"] in {"waits", "failed"} and line.get("what") == who
        for line in (json.loads(line) for line in told.splitlines() if line.endswith("}"))
    )


async def nearly_full(trial: Trial) -> list[Path]:
    """The disks of which `gausdo doctor` says so."""
    found = [one.told async for one in examine(trial.folder, trial.settings) if not one.well]
    return [Path(told.rpartition(" ")[2]) for told in found if told.startswith("nearly full")]


async def missed(office: Office, parts: tuple[str, ...], since: float) -> None:
    """What is answered meanwhile, as docs/architecture.md says; at least for two seconds."""
    if {"postgres", "valkey"} & {*parts}:
        for path in (DEALS, READY):
            await office.answered(path, 503, since, 30)
        refusals = office.written.answers[503]
        await until(lambda: office.written.answers[503] > refusals, 30, "a change is refused")
    else:
        await office.change(3, 30)
        for path in (DEALS, READY):
            await office.answered(path, 200, since, 30)
    if parts == ("clickhouse",):
        await office.answered(DASHBOARD, 503, since, 30)
    await until(lambda: time.monotonic() > since + 2, 30, "time passes")


async def returned(office: Office, since: float) -> None:
    """Everything is answered again, and nobody had to do anything for it."""
    await office.change(3, RETURN)
    for path in LOOKED_AT:
        await office.answered(path, 200, since, RETURN)


async def counted(office: Office) -> None:
    begun = time.monotonic()
    await office.books.settle(hurry=not SOAK, seconds=600 if SOAK else 150)
    office.books.counted(office.written)
    await office.books.analysed()
    tell(f"settled and counted after {time.monotonic() - begun:.1f} s")
