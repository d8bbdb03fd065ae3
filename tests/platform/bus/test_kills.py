"""Whatever is killed: nothing is lost, nothing doubled, the order of each record kept."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path
from uuid import uuid4

import pytest

from gausdo.platform.bus.stream import connect, stream_of
from tests.platform.bus_trial import (
    Trial,
    applied,
    count,
    heard,
    how_many,
    in_order,
    said,
    trial,
)
from tests.servers import start_test_servers
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
HERE = Path(__file__).parent
WRITERS, EACH, COUNTERS, KILLS = 6, 350, 40, 7


async def spawn(role: str, scratch: Trial, url: str) -> Process:
    schema = "said" if role == "sequencer" else "heard"
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(HERE / "worker.py"),
        role,
        scratch.dsns[schema],
        url,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[2])},
    )


async def kill(process: Process) -> None:
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def test_processes_killed_at_random_moments_lose_double_and_reorder_nothing():
    url = start_test_servers().nats_url
    nats = await connect(url)
    counters = [uuid4() for _ in range(COUNTERS)]
    roles = ["sequencer", "sequencer", "consumer", "consumer"]
    async with trial() as scratch, scratch.db(said, WRITERS) as source, scratch.db(heard) as db:
        processes = [await spawn(role, scratch, url) for role in roles]

        async def write(seed: int) -> None:
            chance = random.Random(seed)
            for _ in range(EACH):
                await count(source, chance.choice(counters))

        try:
            writing = asyncio.gather(*(write(seed) for seed in range(WRITERS)))
            chance = random.Random(7)
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.2, 1.2))
                victim = chance.randrange(len(roles))
                await kill(processes[victim])
                processes[victim] = await spawn(roles[victim], scratch, url)
            await writing

            async def all_there() -> bool:
                return await how_many(db) >= WRITERS * EACH

            await eventually(all_there, 40, "every event being applied")
            last = in_order(await applied(db))
            assert sum(last.values()) == WRITERS * EACH
        finally:
            for process in processes:
                await kill(process)
            await nats.jetstream().delete_stream(stream_of("said"))
            await nats.close()
