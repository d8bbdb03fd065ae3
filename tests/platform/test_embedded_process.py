import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gausdo.platform.embedded.places import can_reach
from gausdo.platform.embedded.process import (
    Account,
    Child,
    Command,
    StartError,
    began,
    free_port,
    is_free,
    tail,
    turn_over,
)
from tests.waiting import until

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SLEEP = "import time; time.sleep(60)"


def is_answered(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def python(text: str, **how) -> Command:
    return Command((sys.executable, "-c", text), **how)


def parent_of(command: str, log: Path) -> subprocess.Popen:
    """A process that starts a command, tells its pid, and waits."""
    program = (
        "from pathlib import Path; import sys, time\n"
        "from gausdo.platform.embedded.process import Account, Child, Command\n"
        f"print(Child({command}, Path({str(log)!r})).pid, flush=True); time.sleep(60)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize(
    "account",
    [
        "None",
        pytest.param(
            "Account(65534, 65534)",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another"),
        ),
    ],
)
def test_a_child_ends_with_its_parent(tmp_path, account: str) -> None:
    sleep = f"Command(('/bin/sleep', '60'), account={account})"
    with parent_of(sleep, tmp_path / "log") as parent:
        child = int(parent.stdout.readline())
        until(lambda: Path(f"/proc/{child}/comm").read_text() == "sleep\n")
        parent.kill()
    until(lambda: began(child) is None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another")
def test_a_child_of_root_can_be_nobody(tmp_path) -> None:
    who = Command(("/bin/sh", "-c", "id -u; id -G; umask"), account=Account(65534, 65534))
    child = Child(who, tmp_path / "log")
    until(lambda: child.code == 0)
    assert tail(tmp_path / "log").split() == ["65534", "65534", "0077"]


def test_a_child_and_all_its_own_children_are_stopped(tmp_path) -> None:
    text = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid)"
    child = Child(python(f"{text}; sys.stdout.flush(); {SLEEP}"), tmp_path / "log")
    until(lambda: tail(tmp_path / "log"))
    grandchild = int(tail(tmp_path / "log"))
    assert child.stop(signal.SIGTERM) == -signal.SIGTERM
    until(lambda: began(grandchild) is None)


def test_what_a_child_leaves_behind_ends_with_it(tmp_path) -> None:
    text = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid)"
    child = Child(python(text), tmp_path / "log")
    until(lambda: child.code == 0)
    until(lambda: began(int(tail(tmp_path / "log"))) is None)


def test_web_workers_end_with_a_killed_keeper(tmp_path) -> None:
    port = free_port()
    argv = (sys.executable, str(HERE / "web.py"), str(port))
    keeper = Child(Command(argv, cwd=HERE, env={"PYTHONPATH": str(ROOT)}), tmp_path / "log")
    keeper.wait_ready(lambda: is_answered(port))
    os.kill(keeper.pid, signal.SIGKILL)  # the keeper alone; nobody clears up its group
    until(lambda: is_free(port))
    keeper.stop()


def test_a_web_server_is_told_to_end_while_it_is_told() -> None:
    program = (
        "import signal, time\n"
        "from gausdo.platform.http.web_server import WebServer\n"
        "server = WebServer('web:app')\n"
        "signal.signal(signal.SIGALRM, server.signal_handler_interrupt)\n"
        "signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)\n"
        "end = time.monotonic() + 1\n"
        "while time.monotonic() < end:\n"
        "    server.main_loop_interrupt.wait()\n"
        "    server.main_loop_interrupt.clear()\n"
        "    server.signal_handler_interrupt()\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=20, check=True)


def test_a_child_gives_way_as_far_as_it_is_told(tmp_path) -> None:
    child = Child(python(f"print('on', flush=True); {SLEEP}", nice=5), tmp_path / "log")
    until(lambda: tail(child.log) == "on")
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == os.getpriority(os.PRIO_PROCESS, 0) + 5
    child.stop()


def test_a_start_that_fails_tells_the_end_of_the_log(tmp_path) -> None:
    child = Child(python("raise SystemExit('the disk is full')"), tmp_path / "log")
    with pytest.raises(StartError, match=r"(?s)ended with code 1.*the disk is full"):
        child.wait_ready(lambda: False)
    slow = Child(python(SLEEP), tmp_path / "log")
    with pytest.raises(StartError, match=r"not ready in 0\.2 s"):
        slow.wait_ready(lambda: False, seconds=0.2)
    slow.stop()


def test_a_log_is_turned_over_without_losing_its_writers(tmp_path) -> None:
    log = tmp_path / "log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * 100)
        turn_over(log, limit=1000)
        assert log.stat().st_size == 400, "still short"
        turn_over(log, limit=100)
        writer.write(b"new\n")
    assert log.read_bytes() == b"new\n"
    assert (tmp_path / "log.1").read_bytes() == b"old\n" * 100


def test_a_free_port_is_free_until_somebody_listens() -> None:
    port = free_port()
    assert is_free(port)
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
    with socket.create_server(("0.0.0.0", port)):  # noqa: S104 - loopback is part of all
        assert not is_free(port)


def test_reach_is_judged_by_every_folder_above(tmp_path) -> None:
    nobody = Account(65534, 65534)
    tmp_path.chmod(0o700)
    file = tmp_path / "file"
    file.write_text("")
    file.chmod(0o644)
    assert can_reach(None, file)
    assert not can_reach(nobody, file)
    assert can_reach(Account(os.getuid(), os.getgid()), file)
    assert can_reach(nobody, Path("/bin/sh"))
