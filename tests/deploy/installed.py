"""Gausdo as somebody else installs it: from its packages, in an environment of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gausdo.platform.embedded.process import tail
from tests.servers import ROOT

UV = Path(sys.executable).with_name("uv")
PATIENCE = 400.0


@dataclass(frozen=True)
class Packages:
    wheel: Path
    sdist: Path


def build(source: Path, folder: Path) -> Packages:
    """Both packages of the tree `source`, in `folder`."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Packages(wheel, sdist)


def environment(folder: Path, python: str = sys.executable) -> Path:
    """An empty virtual environment; answers its `bin`."""
    subprocess.run([str(UV), "venv", "-q", "--python", python, str(folder)], check=True)
    return folder / "bin"


def install(bin: Path, *what: str) -> None:
    """From uv's cache where it has everything, or else as anybody would."""
    command = [str(UV), "pip", "install", "-q", "--python", str(bin / "python"), *what]
    told = subprocess.run([*command, "--offline"], check=False, capture_output=True)
    if told.returncode:
        subprocess.run(command, check=True)


def install_wheel(bin: Path, wheel: Path, *, extra: str) -> None:
    lock = str(ROOT / "requirements.lock")
    install(bin, "--constraint", lock, f"gausdo[{extra}] @ {wheel.as_uri()}")


def install_production(bin: Path, wheel: Path) -> None:
    """What the image has."""
    install(bin, "--require-hashes", "-r", str(ROOT / "requirements-production.lock"))
    install(bin, "--no-deps", str(wheel))


def clean_environment(home: Path, settings: Mapping[str, str] = {}) -> dict[str, str]:
    """Nothing of this checkout, and nothing of whoever runs the tests."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8", **settings}


@contextmanager
def running(command: list[str], log: Path, **how: object) -> Iterator[subprocess.Popen[bytes]]:
    """A program for the time of the block; asked to end afterwards, and waited for."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, **how)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def until(told: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not told():
        assert process.poll() is None, tail(log)
        assert time.monotonic() < deadline, tail(log)
        time.sleep(0.1)


def said(command: list[str], **how: object) -> str:
    """What a program says. Raises AssertionError when it fails."""
    told = subprocess.run(command, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload]
    assert told.returncode == 0, told.stdout + told.stderr
    return str(told.stdout)


def nobody() -> dict[str, object]:
    """How to be an ordinary user, where we are root."""
    if os.geteuid() != 0:
        return {}
    return {"user": 65534, "group": 65534, "extra_groups": []}
