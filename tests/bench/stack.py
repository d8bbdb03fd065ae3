"""The real thing over the data set: `gausdo up` in a process of its own, watched through /proc."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gausdo.platform.embedded.process import free_port, tail
from gausdo.settings import Settings
from gausdo.supervisor import answers_http
from gausdo.up import kept_environment

TICK = os.sysconf("SC_CLK_TCK")
APP, DATABASE = ("web", "worker"), ("postgres",)
PATIENCE = 900.0
"""Seconds to start in, for a new release may have indexes to build first; and to come to rest."""
REST, IDLE = 4.0, 0.1
"""Seconds, longer than any work pauses, and the part of them that resting takes of a processor."""


@dataclass(frozen=True)
class Memory:
    """Megabytes. `pss` counts a shared page once over all who share it."""

    pss: float
    rss: float


@dataclass(frozen=True)
class Stack:
    """What runs in `folder`; `seconds` is how long it took to serve its first page."""

    folder: Path
    seconds: float
    settings: Settings

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def parts(self) -> dict[str, list[int]]:
        """Part → its processes, those it has started included that are no parts themselves."""
        state = json.loads((self.folder / "run" / "state.json").read_text())
        roots = {name: part["pid"] for name, part in state["parts"].items() if part["pid"]}
        parents = {pid: of for pid, of in _parents().items() if pid not in roots.values()}
        return {name: _family(root, parents) for name, root in roots.items()}

    def cpu(self) -> dict[str, float]:
        """Part → seconds of CPU so far."""
        return {name: sum(map(_seconds, pids)) for name, pids in self.parts().items()}

    def rest(self) -> float:
        """Wait until what was set off is done; answers how many seconds that took. Raises
        TimeoutError.
        """
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            at, before = time.monotonic(), self.cpu().get("worker")
            time.sleep(REST)
            if before is not None and self.cpu()["worker"] - before < IDLE * REST:
                return at - began
        raise TimeoutError("the worker has not come to rest")

    def memory(self) -> dict[str, Memory]:
        supervisor = int((self.folder / "lock").read_text())
        return {
            name: Memory(
                *(round(sum(found) / 1024, 1) for found in zip(*map(_pages, pids), strict=True))
            )
            for name, pids in {**self.parts(), "supervisor": [supervisor]}.items()
        }


@contextmanager
def running(folder: Path, workers: int = 2, **told: str) -> Iterator[Stack]:
    """`gausdo up` until the block ends. `told`: settings, as `rate_limit`."""
    environment = {name: value for name, value in os.environ.items() if "GAUSDO" not in name}
    # Another installation that starts at this moment would prefer the same ones.
    environment |= {f"GAUSDO_{name}": str(free_port()) for name in ("PORT", "METRICS_PORT")}
    environment |= {f"GAUSDO_{name.upper()}": value for name, value in told.items()}
    log = folder / "logs" / "up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with log.open("wb") as output:
        up = subprocess.Popen(
            [sys.executable, "-m", "gausdo.cli", "up", f"--data={folder}", f"--workers={workers}"],
            env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        port = _first_page(folder, up, log)
        seconds = time.monotonic() - began
        kept = {**kept_environment(folder), **environment}
        yield Stack(folder, seconds, _settings({**kept, "GAUSDO_PORT": str(port)}))
    finally:
        up.send_signal(signal.SIGINT)
        up.wait(60)


def _first_page(folder: Path, up: "subprocess.Popen[bytes]", log: Path) -> int:
    """Wait until the interface's first page is served; answers the port."""
    deadline = time.monotonic() + PATIENCE
    told = folder / "run" / "environment.json"
    before = told.stat().st_mtime_ns if told.exists() else 0
    while up.poll() is None and time.monotonic() < deadline:
        if told.exists() and told.stat().st_mtime_ns != before:
            port = int(kept_environment(folder)["GAUSDO_PORT"])
            if answers_http(f"http://127.0.0.1:{port}/ready")():
                return port
        time.sleep(0.02)
    raise RuntimeError(f"gausdo up did not start:\n{tail(log)}")


def _settings(environment: Mapping[str, str]) -> Settings:
    known = {f"GAUSDO_{name.upper()}": name for name in Settings.model_fields}
    return Settings(**{known[name]: value for name, value in environment.items() if name in known})  # type: ignore[arg-type]


def _parents() -> dict[int, int]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (stat := _stat(int(entry.name))):
            found[int(entry.name)] = int(stat[1])
    return found


def _family(root: int, parents: Mapping[int, int]) -> list[int]:
    family = [root]
    for pid in family:
        family += [child for child, parent in parents.items() if parent == pid]
    return family


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name; proc_pid_stat(5)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _seconds(pid: int) -> float:
    """Its own and those of children that have ended."""
    return sum(map(int, _stat(pid)[11:15])) / TICK


def _pages(pid: int) -> tuple[float, float]:
    """Pss and Rss in kilobytes; nothing when it has just ended."""
    found = {"Pss": 0.0, "Rss": 0.0}
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in found:
                found[name] = float(rest.split()[0])
    except OSError:
        pass
    return found["Pss"], found["Rss"]
