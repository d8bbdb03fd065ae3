"""Forks of a process that has loaded a program: as its own processes, told of by the forge."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gausdo.platform.embedded.forge import Forge
from gausdo.platform.embedded.process import Child, began, tail
from gausdo.platform.embedded.pulse import Pulse, place_of
from gausdo.up import LOADED
from tests.waiting import until

ROOT = Path(__file__).parents[2]
PLACE = {"PYTHONPATH": str(ROOT)}


class Forging:
    def __init__(self, folder: Path) -> None:
        self.forge = Forge("tests.platform.forged:does", ["tests.platform.forged"], folder, PLACE)
        self.child = Child(self.forge.command(), folder / "forge.log")
        self.child.wait_ready(self.forge.loaded)
        self._folder = folder

    def end(self) -> None:
        """As it does by itself when nobody asks any more."""
        self.forge.close()
        assert ended(self.child) == 0

    def fork(self, *words: str, nice: int = 0, **env: str) -> Child:
        return Child(self.forge.fork(["it", *words], env, nice=nice), self._folder / "log")


@pytest.fixture
def forging(tmp_path: Path) -> Iterator[Forging]:
    made = Forging(tmp_path)
    yield made
    made.end()


def ended(child: Child) -> int | None:
    until(lambda: child.code is not None)
    return child.code


def test_a_fork_is_a_process_of_its_own(forging: Forging) -> None:
    child = forging.fork("say", TOLD="well")
    assert ended(child) == 0
    assert tail(child.log) == "well / True True"
    assert "well" not in os.environ.values()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [(("take", "7"), 7, ""), (("fail", "no paper"), 1, "ValueError: no paper")],
)
def test_its_end_is_told(forging: Forging, words: tuple[str, ...], code: int, said: str) -> None:
    child = forging.fork(*words)
    assert ended(child) == code
    assert tail(child.log).endswith(said)


def test_it_is_stopped_and_gives_way_as_any_other(forging: Forging) -> None:
    child, other = forging.fork("sleep", nice=5), forging.fork("sleep")
    until(lambda: tail(child.log) == "on\non")
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == os.getpriority(os.PRIO_PROCESS, 0) + 5
    assert Path(f"/proc/{child.pid}/comm").read_text() == "it sleep\n"
    assert (child.code, child.stop()) == (None, -signal.SIGTERM)
    assert other.code is None
    other.kill_group()
    assert ended(other) == -signal.SIGKILL


def test_forks_end_with_their_forge_and_a_new_one_forks_again(
    forging: Forging, tmp_path: Path
) -> None:
    children = [forging.fork("sleep") for _ in range(2)]
    until(lambda: tail(children[0].log) == "on\non")
    forging.child.send(signal.SIGKILL)
    assert ended(forging.child) == -signal.SIGKILL
    until(lambda: all(began(child.pid) is None for child in children))
    assert [child.code for child in children] == [-signal.SIGKILL] * 2
    with pytest.raises(OSError, match="Broken pipe"):
        forging.fork("sleep")
    forging.child = Child(forging.forge.command(), tmp_path / "forge.log")
    with pytest.raises(OSError, match="has not been loaded"):
        forging.fork("sleep")
    forging.child.wait_ready(forging.forge.loaded)
    assert ended(forging.fork("take", "3")) == 3


def test_a_forge_gives_signs_of_life(forging: Forging, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    Pulse(tmp_path).begin()
    child = forging.fork("sleep")
    until(lambda: [file.name for file in place_of(tmp_path).iterdir()] == [str(forging.child.pid)])
    child.stop()


def test_a_forge_ends_with_who_asks(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from tests.platform.test_forge import Forging\n"
        "forging = Forging(Path(sys.argv[1]))\n"
        "print(forging.child.pid, forging.fork('sleep').pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdout=subprocess.PIPE, env={**os.environ, **PLACE},
    ) as asking:  # fmt: skip
        assert asking.stdout is not None
        pids = [int(pid) for pid in asking.stdout.readline().split()]
        assert all(map(began, pids))
        asking.kill()
    until(lambda: not any(map(began, pids)))


def test_what_gausdo_loads_begins_no_thread() -> None:
    program = f"import threading, {', '.join(LOADED)}; print(threading.active_count())"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout.strip() == b"1"
