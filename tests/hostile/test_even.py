"""Connections that chance has given to one of two processes: some are sent to the other one."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from tests.conftest import People
from tests.failures.trial import children
from tests.hostile.conftest import Serve
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

CROWD = 6


def holder(reply: httpx2.Response, processes: Sequence[int]) -> int:
    """The process at the other end of the connection by which it came."""
    stream = reply.extensions["network_stream"]
    ends = [f"{stream.get_extra_info(end)[1]:04X}" for end in ("server_addr", "client_addr")]
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (socket,) = [row[9] for row in table if [row[1][-4:], row[2][-4:]] == ends]
    (found,) = [one for one in processes if f"socket:[{socket}]" in open_files(one)]
    return found


def open_files(process: int) -> set[str]:
    found = set()
    for one in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found.add(str(one.readlink()))
    return found


async def test_who_waits_in_a_crowd_comes_to_the_process_that_rests(
    serve: Serve, people: People
) -> None:
    site = serve(workers=2)
    processes = children(site.pid)
    crowded, resting = processes
    crowd: list[httpx2.AsyncClient] = []
    while len(crowd) < CROWD:
        client = site.client(people.ann)
        if holder(await client.get("/me"), processes) == crowded:
            crowd.append(client)
        else:
            await client.aclose()

    at, over = [crowded] * CROWD, asyncio.Event()

    async def ask(number: int) -> None:
        """Again and again, what takes a server longer than a client."""
        while not over.is_set():
            for _ in range(5):
                reply = await crowd[number].get("/search", params={"q": "ann"})
                assert reply.is_success
            if reply.headers.get("connection") != "close":
                at[number] = holder(reply, processes)

    async with asyncio.TaskGroup() as tasks:
        for number in range(CROWD):
            tasks.create_task(ask(number))
        await eventually(lambda: at.count(resting) > 1, 60, "some are sent to the other one")
        over.set()
    for client in crowd:
        await client.aclose()
