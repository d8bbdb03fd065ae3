"""A worker to be killed: its job says that it has begun, and never ends."""

import asyncio
import sys
from pathlib import Path

from gausdo.platform.jobs import Jobs, JobWorker

jobs = Jobs("heard")


@jobs.task("hear")
async def hear(began: Path, token: str) -> None:
    await asyncio.to_thread(began.write_text, token)
    await asyncio.sleep(3600)


if __name__ == "__main__":
    modules = {"heard": (jobs, Path(sys.argv[2]))}
    asyncio.run(JobWorker(sys.argv[1], modules, heartbeat=0.3, stalled=1.0).run())
