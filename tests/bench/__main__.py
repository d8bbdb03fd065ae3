"""`make bench`: see docs/performance.md."""

import argparse
import asyncio
from pathlib import Path

from rich.console import Console

from tests.bench import run
from tests.bench.size import SIZES


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.bench")
    asked.add_argument("--scale", choices=[*SIZES], default="tenth")
    asked.add_argument("--only", default="", help="parts of names of lines, separated by commas")
    asked.add_argument("--explain", action="store_true", help="plans instead of measurements")
    asked.add_argument("--folder", type=Path, default=Path(".gausdo-bench"))
    asked.add_argument("--seconds", type=float, default=10.0, help="of each load")
    asked.add_argument("--clients", type=int, default=8)
    asked.add_argument("--workers", type=int, default=2, help="web processes")
    told = asked.parse_args()
    plan = run.Plan(
        size=SIZES[told.scale],
        folder=told.folder.absolute(),
        only=tuple(filter(None, told.only.split(","))),
        seconds=told.seconds,
        clients=told.clients,
        workers=told.workers,
    )
    console = Console(highlight=False, width=None if Console().is_terminal else 180)
    if told.explain:
        asyncio.run(run.explain(plan, console))
    else:
        run.bench(plan, console)


if __name__ == "__main__":
    main()
