"""A process to be killed: `worker.py sequencer|consumer DSN NATS`."""

import asyncio
import sys

from gausdo.platform.bus.consumer import Consumer
from gausdo.platform.bus.sequencer import Sequencer
from gausdo.platform.bus.stream import connect
from gausdo.platform.db import Database
from tests.platform.bus_trial import heard, on, said


async def main(role: str, dsn: str, url: str) -> None:
    nats = await connect(url)
    schema = said if role == "sequencer" else heard
    async with Database(dsn, schema) as db:
        if role == "sequencer":
            await Sequencer(db, nats).run()
        await Consumer("heard", db, on, None, nats).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
