"""A whole installation, run as a program by the tests of failures: `gausdo up` without demo data.

`python -m tests.failures.installation FOLDER` says READY once everything is. It has a mail server
and a receiver of webhooks, two web processes, and ports of its own.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gausdo.platform.embedded.home import claimed
from gausdo.platform.embedded.process import Command, free_port
from gausdo.supervisor import Part, Supervisor
from gausdo.up import SERVERS, planned

READY = "READY"
PORTS = (*SERVERS, "web", "metrics", "sink-smtp", "sink-http")
BEAR = 10.0
"""Seconds without a sign of life that a process of ours is given, and NATS."""


def main(folder: Path) -> None:
    os.environ["GAUSDO_RATE_LIMIT"] = "1000000"
    with claimed(folder) as home:
        for name in PORTS:
            home.port(name, free_port())  # not those that other installations prefer, too
        plan = planned(home, 2, demo=True, web=None, host="127.0.0.1")
        parts = [
            replace(part, command=without_demo(part), bear=BEAR)
            if part.name in {"web", "worker", "nats"}
            else part
            for part in plan.parts
        ]
        Supervisor(home, parts, say, lambda: say(READY)).run()


def without_demo(part: Part) -> Callable[[], Command]:
    """With the demo's mail server, but nobody there yet."""

    def command() -> Command:
        told = part.command()
        return replace(told, argv=[word for word in told.argv if word != "--demo"])

    return command


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
