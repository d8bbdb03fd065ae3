"""The data folder of one installation: its lock, its secrets, its ports, and what ran in it."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from gausdo.platform.embedded.process import began, free_port, is_free
from gausdo.platform.embedded.server import kept_secret, write_private

# Every process of an installation carries its folder in this variable.
MARK = "SUPERVISED_BY_GAUSDO"
_LEFTOVER_GRACE = 20.0


class HomeError(RuntimeError):
    """The data folder cannot be used now; the message says why and what to do."""


class Home:
    """A data folder that this process has claimed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def secret(self, name: str) -> str:
        """A secret of this installation, made when first asked for."""
        return kept_secret(self.secret_file(name))

    def secret_file(self, name: str) -> Path:
        return self.folder / "secrets" / name

    @property
    def state_file(self) -> Path:
        return self.folder / "run" / "state.json"

    def port(self, name: str, preferred: int) -> int:
        """The port `name` had before; else `preferred`; else, when somebody has it, a free one."""
        file = self.folder / "run" / "ports.json"
        ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        others = {port for other, port in ports.items() if other != name}
        for port in (ports.get(name, preferred), preferred):
            if port not in others and is_free(port):
                break
        else:
            port = free_port()
        if ports.get(name) != port:
            write_private(file, json.dumps({**ports, name: port}, indent=1))
        return port


@contextmanager
def claimed(folder: Path) -> Iterator[Home]:
    """Claim a data folder, made when absent, for the life of the block.

    What a killed predecessor left running is ended first. Raises `HomeError` when another
    process has the folder, or it cannot be written.
    """
    folder = folder.resolve()
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o711)  # the account of PostgreSQL passes through
        for name in ("logs", "run", "secrets"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        file = (folder / "lock").open("a+")
    except OSError as refusal:
        raise HomeError(
            f"{folder} cannot be used for data ({refusal.strerror}): run as its owner, or choose "
            "another folder with GAUSDO_DATA"
        ) from None
    with file:
        _lock(file, folder)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        _end_leftovers(folder)
        yield Home(folder)
        file.truncate(0)


def _lock(file: TextIO, folder: Path) -> None:
    """Try for a second: `holder` looks for a moment, a supervisor keeps."""
    deadline = time.monotonic() + 1
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
    file.seek(0)
    raise HomeError(
        f"{folder} is in use by Gausdo with pid {file.read().strip()}: stop that one first, or "
        "choose another folder with GAUSDO_DATA"
    )


def holder(folder: Path) -> int | None:
    """The pid of the process that has claimed the folder, if one has."""
    with suppress(OSError), (folder / "lock").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read().strip() or 0)
    return None


def _end_leftovers(folder: Path) -> None:
    """The kernel has told the children of a killed supervisor to end; wait, then insist."""
    deadline = time.monotonic() + _LEFTOVER_GRACE
    while left := _marked(folder):
        if time.monotonic() > deadline:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        elif time.monotonic() > deadline - _LEFTOVER_GRACE + 1:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
        time.sleep(0.05)


def _marked(folder: Path) -> list[int]:
    """Living processes, other than this one, that were started for this folder."""
    mark = f"{MARK}={folder}\0".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            with suppress(OSError):
                variables = (entry / "environ").read_bytes() + b"\0"
                if mark in variables and began(int(entry.name)) is not None:
                    found.append(int(entry.name))
    return found
