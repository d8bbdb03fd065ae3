"""Whether the processes of a container live: `python -m gausdo.alive FOLDER [URL]`, 0 when they do.

For health checks: it begins in a moment and needs no curl. FOLDER is GAUSDO_DATA, in which every
process gives signs of life (`platform/embedded/pulse.py`); URL must be answered with 200.
"""

import sys
import time
from pathlib import Path

from gausdo.platform.embedded.process import began
from gausdo.platform.embedded.pulse import BEAT, place_of
from gausdo.supervisor import answers_http

PATIENCE = 5 * BEAT


def signs(data: Path) -> dict[int, int]:
    """Living process → the time of its last sign of life. Who looks makes the place for them."""
    place = place_of(data)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = {int(file.name): file for file in place.glob("[0-9]*")}
    return {pid: file.stat().st_mtime_ns for pid, file in found.items() if began(pid) is not None}


def lives(data: Path, patience: float = PATIENCE) -> bool:
    """Whether there are processes, and each of them gives a sign of life now."""
    before, deadline = signs(data), time.monotonic() + patience
    while time.monotonic() < deadline:
        time.sleep(BEAT / 4)
        now = signs(data)
        if now and all(before.get(pid) != beat for pid, beat in now.items()):
            return True
    return False


def main() -> int:
    folder, *urls = sys.argv[1:]
    if not lives(Path(folder)):
        sys.stdout.write("a process gives no sign of life\n")
        return 1
    for url in urls:
        if not answers_http(url)():
            sys.stdout.write(f"{url} is not answered\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
