"""An installation to be hurt, and its processes."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from gausdo.settings import Settings
from gausdo.supervisor import parts_of
from gausdo.up import kept_environment
from tests.failures.installation import READY

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
LARGE = Decimal(500_000)


class Trial:
    """Starts the installation, and starts it again when its supervisor was killed."""

    def __init__(self, environment: Mapping[str, str] = MappingProxyType({})) -> None:
        """`environment`: what its processes are told beside ours."""
        self._environment = environment
        self.above = Path(tempfile.mkdtemp(prefix="gausdo-failures-"))
        self.above.chmod(0o711)
        self.folder = self.above / "data"
        self._log = self.above / "told"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return once everything is ready."""
        with self._log.open("wb") as told:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.failures.installation", str(self.folder)],
                cwd=ROOT,
                env={
                    **{name: os.environ[name] for name in os.environ if name != "GAUSDO_SOAK"},
                    **self._environment,
                },
                stdout=told,
                stderr=told,
            )
        deadline = time.monotonic() + PATIENCE
        while READY not in self._log.read_text().split():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the installation did not start:\n{self._log.read_text()}")
            time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL the supervisor."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(90)
            self._process.kill()
            self._process.wait()

    def remove(self) -> None:
        shutil.rmtree(self.above, ignore_errors=True)

    @property
    def settings(self) -> Settings:
        told = kept_environment(self.folder)
        return Settings(**{name.removeprefix("GAUSDO_").lower(): told[name] for name in told})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def told(self) -> str:
        """What the supervisor said."""
        return self._log.read_text()

    def pid(self, part: str) -> int | None:
        return found.pid if (found := parts_of(self.folder).get(part)) else None

    def processes(self, part: str) -> list[int]:
        """A part's process, and its children; of the supervisor itself, only that."""
        if part == "supervisor":
            return [] if self._process is None else [self._process.pid]
        pid = self.pid(part)
        return [] if pid is None else [pid, *children(pid)]

    @property
    def ready(self) -> bool:
        states = {part.state for part in parts_of(self.folder).values()}
        return bool(states) and states <= {"ready", "done"}

    def logs(self, part: str) -> str:
        return (self.folder / "logs" / f"{part}.log").read_text(errors="replace")


def children(pid: int) -> list[int]:
    with suppress(OSError):
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(found) for found in told.split()]
    return []


def send(pid: int | None, number: signal.Signals) -> None:
    """To a process that may have ended by itself."""
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


async def until(true: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        await asyncio.sleep(0.1)


def tell(line: str) -> None:
    """What a person needs to know when the test has failed."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")


def letters(trial: Trial) -> int:
    """Letters at the mail server, counted as files of its Maildir."""
    box = trial.folder / "sink" / "letters"
    return sum(1 for place in ("new", "cur") for _ in (box / place).iterdir())


def calls(trial: Trial) -> list[dict[str, object]]:
    """Calls at the receiver, as they came."""
    lines = (trial.folder / "sink" / "webhooks.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]
