"""What runs, what is wrong, and what to do about it, in words."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from gausdo.app import opened
from gausdo.doctor import backlog, machine, seals, servers
from gausdo.doctor.finding import Finding
from gausdo.settings import Settings

__all__ = ["Finding", "examine"]


async def examine(data: Path, settings: Settings) -> AsyncIterator[Finding]:
    """Findings in the order in which to mend them; `data` is an absolute path."""
    for finding in machine.look(data, settings):
        yield finding
    met = await asyncio.gather(*(server(settings) for server in servers.SERVERS))
    for found in met:
        for finding in found:
            yield finding
    answer = {name: all(finding.well for finding in found)
              for name, found in zip(servers.NAMES, met, strict=True)}  # fmt: skip
    if not answer["PostgreSQL"]:
        return
    async with opened(settings) as gausdo:
        async for finding in backlog.look(gausdo, nats=answer["NATS"]):
            yield finding
        async for finding in seals.look(gausdo, nats=answer["NATS"]):
            yield finding
