"""A child process that cannot outlive its parent, and the small things one needs beside it."""

import ctypes
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedWriter
from pathlib import Path
from random import SystemRandom
from signal import Signals
from typing import Protocol

from gausdo.platform.embedded import launch

_LOG_LIMIT = 16 * 1024 * 1024
_TAIL = 2000
FRUGAL = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1024 * 1024),
    "MALLOC_TRIM_THRESHOLD_": str(1024 * 1024),
}
"""Environment of processes that live long: glibc gives back what they have freed; mallopt(3).

By itself it keeps more the larger a piece was that was ever freed, in each process for ever.
"""


class StartError(RuntimeError):
    """A process ended, or was not ready in time; the message carries the end of its log."""


@dataclass(frozen=True)
class Account:
    """A system account a child runs under."""

    uid: int
    gid: int


class Process(Protocol):
    """What is needed of a process that was started: `subprocess.Popen` has it all."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...


@dataclass(frozen=True)
class Command:
    """What to run. `env` is added to our own; `death` is sent by the kernel when we die.

    `nice` is how far it gives way to others on a busy machine (0 to 19), `stdin` what it reads.
    """

    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = Path("/")
    account: Account | None = None
    death: Signals = signal.SIGTERM
    nice: int = 0
    stdin: socket.socket | None = None

    def start(self, output: BufferedWriter) -> Process:
        """Raises OSError when it cannot be."""
        process = subprocess.Popen(
            self.launcher(),
            env=self.environment(),
            cwd=self.cwd,
            stdin=subprocess.DEVNULL if self.stdin is None else self.stdin.fileno(),
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        if self.stdin is not None:
            self.stdin.close()
        return process

    def launcher(self) -> list[str]:
        """The command line that becomes this command, tied to the calling process."""
        account = f"{self.account.uid}:{self.account.gid}" if self.account else ""
        python = [sys.executable, "-I", "-S", launch.__file__]
        told = [str(int(self.death)), str(os.getpid()), account, str(self.nice)]
        return [*python, *told, *self.argv]

    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.env}


class Child:
    """A running command, leader of its own process group, writing to a log file.

    The kernel ties it to the *thread* that started it: start it from one that lives on.
    """

    def __init__(self, command: Command, log: Path) -> None:
        turn_over(log)
        with log.open("ab") as output:
            self._process = command.start(output)
        self.log = log
        self._over = False
        self.pid = self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code (negative: the signal that ended it), or None while it runs.

        What is left of its group ends with it.
        """
        if (code := self._process.poll()) is not None:
            self.kill_group()
        return code

    def send(self, number: Signals) -> None:
        """Signal the process itself, not its group."""
        self._process.send_signal(number)

    def kill_group(self) -> None:
        """End the whole process group, at once. Only once: the number may then be another's."""
        if not self._over:
            self._over = self._process.poll() is not None
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def stop(self, number: Signals = signal.SIGTERM, grace: float = 10.0) -> int:
        """Ask politely, wait `grace` seconds, then end the whole group. Answers the exit code."""
        self.send(number)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self.kill_group()
        return self._process.wait()

    def wait_ready(self, ready: Callable[[], bool], seconds: float = 30.0) -> None:
        """Return once `ready()`.

        Raises `StartError` when the process ends first or the time is up.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if self.code is not None:
                raise StartError(f"it ended with code {self.code}\n{tail(self.log)}")
            if time.monotonic() > deadline:
                raise StartError(f"it was not ready in {seconds:g} s\n{tail(self.log)}")
            time.sleep(0.01)


def tail(log: Path, size: int = _TAIL) -> str:
    """The last `size` bytes of a log, as text."""
    with suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - size))
        return file.read().decode(errors="replace").strip()
    return ""


def turn_over(log: Path, limit: int = _LOG_LIMIT) -> None:
    """Keep one older log, `NAME.1`, once a log has grown past `limit` bytes.

    The file is emptied, not renamed: its writers hold it open for appending.
    """
    with suppress(FileNotFoundError):
        if log.stat().st_size > limit:
            shutil.copyfile(log, log.with_name(log.name + ".1"))
            os.truncate(log, 0)


def began(pid: int) -> int | None:
    """When a process began, in clock ticks since boot: with its pid, who it is. None: no such."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if after_name[0] == "Z" else int(after_name[19])


def die_with_parent(number: Signals = signal.SIGKILL) -> None:
    """End this process when its parent ends, however that happens.

    For workers that somebody else's code forks, as a web server's: they call it first thing. A
    `Child` is tied already; and what a person started by hand is left to outlive its shell.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    ctypes.CDLL(None).prctl(launch.PR_SET_PDEATHSIG, int(number))
    if parent.pid != os.getppid():
        os.kill(os.getpid(), number)


def end_when_asked() -> None:
    """SIGTERM and SIGINT end this process at once and well, until it has its own way to end.

    For commands that stay, as their first step: while they load they hold nothing that would have
    to be put in order, and the first process of a container would not even hear the signal.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))


def is_free(port: int) -> bool:
    """Whether nobody listens on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_FREE = range(20_000, 32_000)
"""Below the ports that systems give to whoever calls out: one of these may be gone before it is
listened at.
"""


def free_port() -> int:
    """A loopback port that is free now. Raises OSError when there is none."""
    tried = SystemRandom().sample(_FREE, 200)
    found = next(filter(is_free, tried), None)
    if found is None:
        raise OSError("no loopback port is free")
    return found
