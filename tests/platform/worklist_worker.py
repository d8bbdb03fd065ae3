"""A worker to be killed: `worklist_worker.py DSN FILE` sends letters by writing their ids down."""

import asyncio
import os
import random
import sys

from gausdo.platform.db import Database, Tx
from gausdo.platform.drain import Work, drain
from tests.platform.bus_trial import Applied, Letter, heard


async def recorded(tx: Tx, letter: Letter, place: int) -> None:
    tx.add(Applied(counter_id=letter.id, value=place, late=0))


async def main(dsn: str, path: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def send(letter: Letter) -> int:
        await asyncio.sleep(random.uniform(0, 0.1))
        return os.write(file, f"{letter.id}\n".encode())

    async with Database(dsn, heard) as db:
        work = Work(Letter, "heard.deliver", send, recorded, seconds=0.5, at_once=10)
        while True:
            await drain(db, work)
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    from gausdo.platform import drain as module

    module.GRACE = 0.5
    asyncio.run(main(*sys.argv[1:]))
