"""Asked to end, a process of ours ends well and soon, also while it is only starting."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gausdo.platform.embedded.process import free_port
from gausdo.platform.embedded.pulse import place_of
from gausdo.settings import Settings
from tests.failures.conftest import SOAK
from tests.failures.trial import tell
from tests.servers import ROOT

PATIENCE = 90.0
"""Seconds for a machine that is busy."""
SOON = 9.0
"""Seconds after which a supervisor would kill it, nearly."""


def environment(settings: Settings, data: Path) -> dict[str, str]:
    told = {
        "SECRET": settings.secret.get_secret_value(),
        "POSTGRES_URL": settings.postgres_url.get_secret_value(),
        "DATABASE": settings.database,
        "VALKEY_URL": settings.valkey_url.get_secret_value(),
        "NATS_URL": settings.nats_url.get_secret_value(),
        "CLICKHOUSE_URL": settings.clickhouse_url.get_secret_value(),
        "DATA": str(data),
        "PORT": str(free_port()),
    }
    kept = {name: os.environ[name] for name in os.environ if not name.startswith("GAUSDO_")}
    return {**kept, **{f"GAUSDO_{name}": told[name] for name in told}}


def loads(pid: int, library: str) -> bool:
    """Whether it has begun to load what it needs: before that, only an interpreter starts."""
    return f"/{library}/" in Path(f"/proc/{pid}/maps").read_text()


@contextmanager
def started(command: str, settings: Settings, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gausdo.cli", command],
            cwd=ROOT,
            env=environment(settings, data),
            stdout=log,
            stderr=log,
            process_group=0,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(process: subprocess.Popen[bytes], data: Path, moment: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not MOMENTS[moment](process.pid, data):
        assert process.poll() is None, (data / "log").read_text()
        assert time.monotonic() < deadline, f"{moment}: it never came to that"
        time.sleep(0.002)


MOMENTS = {
    "it loads": lambda pid, _: loads(pid, "granian") or loads(pid, "uvloop"),
    "it begins": lambda _, data: any(place_of(data).iterdir()),
}


@pytest.mark.timeout(1800 if SOAK else 300)
@pytest.mark.parametrize("moment", [*MOMENTS])
@pytest.mark.parametrize("command", ["serve", "work"])
def test_it_ends_well_whenever_it_is_asked_to(
    command: str, moment: str, settings: Settings, tmp_path: Path, chance: random.Random
) -> None:
    for number in range(30 if SOAK else 1):
        data = tmp_path / str(number)
        place_of(data).mkdir(parents=True)
        with started(command, settings, data) as process:
            wait_until(process, data, moment)
            pause = chance.uniform(0, 3 if SOAK else 0.5)
            tell(f"{command} {moment}; asked to end {pause:.3f} s later")
            time.sleep(pause)
            process.terminate()
            begun = time.monotonic()
            code = process.wait(PATIENCE)
            told = (data / "log").read_text()
            assert code == 0, told
            assert time.monotonic() - begun < SOON, told
