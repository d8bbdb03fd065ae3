"""A part that hangs, though its process is there, is told, ended and started again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import redis

from gausdo.platform.embedded.home import Home, claimed
from gausdo.platform.embedded.process import Command, free_port
from gausdo.platform.embedded.pulse import Pulse, place_of
from gausdo.supervisor import Part, Supervisor, embedded_parts, parts_of

SERVERS = ("postgres", "valkey")
BEATS = """
import asyncio, pathlib, sys
from gausdo.platform.embedded.pulse import beat
asyncio.run(beat(pathlib.Path(sys.argv[1])))
"""
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {BEATS!r}, sys.argv[1]])
sys.exit(child.wait() + 16)  # of a killed one it is -9
"""
BEAR = 7.0


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the account of PostgreSQL can reach; pytest's own is private."""
    above = Path(tempfile.mkdtemp(prefix="gausdo-hung-"))
    above.chmod(0o711)
    yield above / "data"
    shutil.rmtree(above)


def until(told: Callable[[], object], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def kept(home: Home, parts: list[Part], during: Callable[[], None]) -> list[str]:
    """What the supervisor of these parts tells while `during` happens in a thread beside it."""
    lines: list[str] = []
    failures: list[BaseException] = []

    def happen() -> None:
        try:
            until(lambda: {part.state for part in parts_of(home.folder).values()} == {"ready"})
            during()
        except BaseException as failure:  # noqa: BLE001 - raised again below
            failures.append(failure)
        os.kill(os.getpid(), signal.SIGINT)

    beside = threading.Thread(target=happen)
    beside.start()
    Supervisor(home, parts, lines.append).run()
    beside.join()
    for failure in failures:
        raise failure
    return lines


def test_whatever_hangs_is_told_ended_and_started_again(folder: Path) -> None:
    """All processes of the servers are stopped: those of PostgreSQL would keep the next one out.

    Of our own, one is stopped that is a part, and one that a part has started.
    """
    with claimed(folder) as home:
        for name in SERVERS:
            home.port(name, free_port())
        embedded = embedded_parts(home, SERVERS)
        pulse = Pulse(home.folder)
        pulse.begin()
        own = [
            Part(name, command(program, folder), mute=pulse.mute)
            for name, program in (("worker", BEATS), ("web", PARENT))
        ]
        parts = [replace(part, bear=BEAR) for part in (*embedded.parts, *own)]

        def hang() -> None:
            before = {name: part.pid for name, part in parts_of(folder).items()}
            answer(embedded.urls)
            until(lambda: len(list(place_of(folder).iterdir())) == 2)
            beating = {int(file.name) for file in place_of(folder).iterdir()}
            assert before["worker"] in beating
            assert before["web"] not in beating
            for name in SERVERS:
                beating |= {before[name], *children(before[name])}
            for pid in beating:
                with suppress(ProcessLookupError):  # a backend that was just ending
                    os.kill(pid, signal.SIGSTOP)
            until(lambda: {part.state for part in parts_of(folder).values()} >= {"silent"})
            until(lambda: all(again(folder, name, pid) for name, pid in before.items()))
            answer(embedded.urls)

        lines = kept(home, parts, hang)
    for part in parts:
        assert any(line.startswith(f"{part.name}: process") for line in lines), part.name
    assert "worker ended with code -9; again in 0.5 s" in lines
    assert "web ended with code 7; again in 0.5 s" in lines, "only the one that hung was ended"


def command(program: str, folder: Path) -> Callable[[], Command]:
    return lambda: Command((sys.executable, "-c", program, str(folder)))


def again(folder: Path, name: str, before: int | None) -> bool:
    part = parts_of(folder)[name]
    return part.state == "ready" and part.pid != before and part.restarts == 1


def answer(urls: dict[str, str]) -> None:
    redis.Redis.from_url(urls["GAUSDO_VALKEY_URL"]).ping()
    with closing(psycopg.connect(urls["GAUSDO_POSTGRES_URL"])) as db:
        assert db.execute("select 1").fetchone() == (1,)


def children(pid: int | None) -> list[int]:
    return [int(found) for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_who_gives_signs_of_life_is_left_alone(folder: Path) -> None:
    place_of(folder).mkdir(parents=True)
    pulse = Pulse(folder)
    pulse.begin()
    mine = os.getpgid(0)
    child = subprocess.Popen(["sleep", "60"])
    other = subprocess.Popen(["sleep", "60"], process_group=0)
    for pid in (os.getpid(), child.pid, other.pid):
        (place_of(folder) / str(pid)).touch()
    assert pulse.mute(mine) == set()
    os.utime(place_of(folder) / str(os.getpid()), (0, 0))  # a clock may go back
    assert pulse.mute(mine) == {child.pid}
    for each in (child, other):
        each.kill()
        each.wait()
    assert pulse.mute(mine) == {os.getpid()}
    assert {file.name for file in place_of(folder).iterdir()} == {str(os.getpid())}
