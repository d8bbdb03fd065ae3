"""Signs of life: every process of ours touches a file of its own; the supervisor looks there.

One that is stopped, starved or spinning touches nothing, though its pid is there and its port may
answer. The files are in `run/beats` of the data folder, one per pid; without that folder nobody
looks, and nothing is written.
"""

import asyncio
import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path

from gausdo.platform.embedded.process import began

BEAT = 1.0
"""Seconds between signs of life."""


def place_of(data: Path) -> Path:
    return data / "run" / "beats"


def sign(data: Path) -> None:
    """Give a sign of life."""
    with suppress(OSError):
        (place_of(data) / str(os.getpid())).touch(mode=0o600)


async def beat(data: Path) -> None:
    """Give signs of life for as long as the event loop of this process turns; until cancelled."""
    while True:
        sign(data)
        await asyncio.sleep(BEAT)


def beat_in_background(data: Path) -> None:
    """The same for a process without an event loop; it ends with the process."""
    pause = threading.Event()  # `time.sleep` raises under libfaketime, which tests use

    def beating() -> None:
        while not pause.wait(BEAT):
            sign(data)

    threading.Thread(target=beating, name="pulse", daemon=True).start()


class Pulse:
    """What the keeper of `data` sees of its processes. Times are not compared: clocks jump."""

    def __init__(self, data: Path) -> None:
        self._place = place_of(data)
        self._seen: dict[int, int] = {}

    def begin(self) -> None:
        """Make the folder in which signs of life are given; those of a predecessor are gone."""
        shutil.rmtree(self._place, ignore_errors=True)
        self._place.mkdir(mode=0o700)

    def mute(self, group: int) -> set[int]:
        """The processes of a group that have given no sign of life since this was last asked.

        One that has never given any is not among them.
        """
        silent = set()
        for file in self._place.glob("[0-9]*"):
            pid = int(file.name)
            with suppress(OSError):  # it has just ended
                if began(pid) is None:
                    file.unlink()
                    self._seen.pop(pid, None)
                elif os.getpgid(pid) == group:
                    beat = file.stat().st_mtime_ns
                    if self._seen.get(pid) == beat:
                        silent.add(pid)
                    self._seen[pid] = beat
        return silent
