import contextlib
import json
import os
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest
import redis

from gausdo.platform.embedded.home import MARK, HomeError, claimed, holder
from gausdo.platform.embedded.places import can_reach
from gausdo.platform.embedded.process import Account, Child, Command, StartError, began, is_free
from gausdo.supervisor import Part, Supervisor, parts_of
from tests.processes import passable
from tests.waiting import until

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NOBODY = Account(65534, 65534)


class Installation:
    """`installation.py` as a child, its lines and its URLs."""

    def __init__(self, folder: Path, *arguments: str, python: str = sys.executable, **how):
        self.folder = folder
        paths = f"{ROOT}:{sysconfig.get_path('purelib')}"
        self.process = subprocess.Popen(
            [python, str(HERE / "installation.py"), str(folder), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": paths},
            **how,
        )
        self.lines: list[str] = []
        self.urls: dict[str, str] = {}
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith("{"):
                self.urls = json.loads(line)
                break
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        self.lines += [line.rstrip() for line in self.process.stdout]

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join()
        self.process.stdout.close()
        return code

    @property
    def ports(self) -> list[int]:
        told = json.loads((self.folder / "run" / "ports.json").read_text())
        return list(told.values())


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the account of PostgreSQL can reach; pytest's own is private."""
    with passable("home") as above:
        yield above / "data"


@pytest.fixture
def installed(folder: Path) -> Iterator[Callable[..., Installation]]:
    began: list[Installation] = []

    def start(*arguments: str, at: Path = folder, **how) -> Installation:
        began.append(Installation(at, *arguments, **how))
        return began[-1]

    yield start
    for one in began:
        one.end()


def test_all_parts_start_in_order_and_stop_on_ctrl_c(folder, installed) -> None:
    one = installed("postgres,valkey,nats,clickhouse", "web")
    assert {name: part.state for name, part in parts_of(folder).items()} == {
        "postgres": "ready",
        "valkey": "ready",
        "nats": "ready",
        "clickhouse": "ready",
        "migrate": "done",
        "web": "ready",
    }
    ready = [line.split(":")[0] for line in one.lines if ": ready" in line or ": running" in line]
    assert ready.index("migrate") > max(ready.index(name) for name in ("postgres", "nats"))
    assert httpx2.get(one.urls["web"]).text == "here"
    assert one.end(signal.SIGINT) == 0
    assert all(is_free(port) for port in one.ports)
    assert parts_of(folder) == {}
    assert holder(folder) is None


def test_a_killed_supervisor_leaves_nothing_that_blocks_the_next(folder, installed) -> None:
    one = installed("postgres,valkey", "web")
    with contextlib.closing(psycopg.connect(one.urls["GAUSDO_POSTGRES_URL"])) as db:
        db.execute("CREATE TABLE kept AS SELECT 1 AS x")
        db.commit()
    assert one.end(signal.SIGKILL) == -signal.SIGKILL

    two = installed("postgres,valkey", "web")
    assert two.urls == one.urls, "same ports, same secrets"
    with contextlib.closing(psycopg.connect(two.urls["GAUSDO_POSTGRES_URL"])) as db:
        assert db.execute("SELECT x FROM kept").fetchone() == (1,)
    assert two.end() == 0
    assert all(is_free(port) for port in two.ports)


def test_after_a_kill_everything_ends_even_without_a_next_start(folder, installed) -> None:
    one = installed("postgres,valkey,nats,clickhouse", "web")
    lived = {part.pid: began(part.pid) for part in parts_of(folder).values() if part.pid}
    assert len(lived) == 5
    one.end(signal.SIGKILL)
    # not by the ports or the numbers alone: somebody else may have taken one by now
    until(lambda: all(began(pid) != when for pid, when in lived.items()), 20)


@pytest.mark.parametrize("name", ["valkey", "postgres", "web"])
def test_a_part_that_dies_is_started_again(folder, installed, name: str) -> None:
    one = installed("postgres,valkey", "web")
    before = parts_of(folder)[name].pid
    os.kill(before, signal.SIGKILL)

    def again() -> bool:
        now = parts_of(folder)[name]
        return now.state == "ready" and now.restarts > 0 and now.pid != before

    until(again)
    redis.Redis.from_url(one.urls["GAUSDO_VALKEY_URL"]).ping()
    with contextlib.closing(psycopg.connect(one.urls["GAUSDO_POSTGRES_URL"])) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
    assert httpx2.get(one.urls["web"]).text == "here"
    one.end()
    assert any(line.startswith(f"{name} ended with code -9; again in") for line in one.lines)


def test_a_folder_has_one_supervisor(folder, installed) -> None:
    one = installed("valkey")
    with pytest.raises(HomeError, match=f"pid {one.process.pid}: stop that one first"):
        claimed(folder).__enter__()
    two = installed("valkey")
    assert two.end() == 1
    assert f"pid {one.process.pid}" in two.lines[0]
    redis.Redis.from_url(one.urls["GAUSDO_VALKEY_URL"]).ping()


def test_two_installations_run_side_by_side(folder, installed) -> None:
    one = installed("postgres,valkey,nats")
    two = installed("postgres,valkey,nats", at=folder.with_name("other"))
    assert not set(one.ports) & set(two.ports)
    for each in (one, two):
        with contextlib.closing(psycopg.connect(each.urls["GAUSDO_POSTGRES_URL"])) as db:
            assert db.execute("SELECT 1").fetchone() == (1,)


def test_ports_are_remembered(folder) -> None:
    with claimed(folder) as home:
        first = home.port("web", 18080)
        other = home.port("admin", first)
    assert other != first
    with claimed(folder) as home:
        assert (home.port("web", 18080), home.port("admin", 18080)) == (first, other)


def test_secrets_are_for_the_owner_only(folder) -> None:
    with claimed(folder) as home:
        secret = home.secret("valkey")
        assert len(secret) >= 32
        assert home.secret("valkey") == secret
        assert home.secret("nats") != secret
        assert home.secret_file("valkey").stat().st_mode & 0o777 == 0o600
    assert {(folder / name).stat().st_mode & 0o77 for name in ("secrets", "run", "logs")} == {0}


def test_a_folder_that_cannot_be_used_is_named(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match="cannot be used for data"):
        claimed(tmp_path / "file" / "data").__enter__()


def script(text: str) -> Callable[[], Command]:
    return lambda: Command((sys.executable, "-c", text))


def test_a_part_that_does_not_start_ends_the_whole_with_its_log(folder) -> None:
    lines: list[str] = []
    parts = [
        Part("steady", script("import time; time.sleep(60)")),
        Part("broken", script("print('no such table'); raise SystemExit(3)"), ready=lambda: False),
    ]
    with (
        claimed(folder) as home,
        pytest.raises(StartError, match=r"(?s)broken ended with code 3.*no such table"),
    ):
        Supervisor(home, parts, lines.append).run()
    assert "steady: stopping" in lines


def test_a_failed_oneshot_holds_back_what_comes_after(folder) -> None:
    lines: list[str] = []
    parts = [
        Part("migrate", script("raise SystemExit('version 7 is unknown')"), oneshot=True),
        Part("web", script("import time; time.sleep(60)"), after=("migrate",)),
    ]
    with claimed(folder) as home, pytest.raises(StartError, match="version 7 is unknown"):
        Supervisor(home, parts, lines.append).run()
    assert "web: starting" not in lines


def test_a_part_that_is_never_ready_is_given_up(folder) -> None:
    parts = [Part("mute", script("import time; time.sleep(60)"), ready=lambda: False, patience=1)]
    with claimed(folder) as home, pytest.raises(StartError, match="mute was not ready in 1 s"):
        Supervisor(home, parts, lambda _: None).run()


def test_a_missing_program_is_told(folder) -> None:
    parts = [Part("web", lambda: Command(("/nowhere/web",)), ready=lambda: False)]
    with claimed(folder) as home, pytest.raises(StartError, match="cannot run /nowhere/web"):
        Supervisor(home, parts, lambda _: None).run()


def test_parts_are_checked_before_anything_starts(folder) -> None:
    idle = script("pass")
    with claimed(folder) as home:
        with pytest.raises(ValueError, match="two parts are called web"):
            Supervisor(home, [Part("web", idle), Part("web", idle)])
        with pytest.raises(ValueError, match="web comes after unknown migrate"):
            Supervisor(home, [Part("web", idle, after=("migrate",))])


def test_what_ignores_sigterm_is_killed_after_its_grace(folder, installed) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    parts = [
        Part("deaf", script(f"{deaf}; time.sleep(60)"), grace=0.5),
        Part("last", script("import time; time.sleep(1); raise SystemExit(1)"), restart=False),
    ]
    begun = time.monotonic()
    with claimed(folder) as home, pytest.raises(StartError, match="last ended"):
        Supervisor(home, parts, lambda _: None).run()
    assert time.monotonic() - begun < 10


def test_leftovers_of_a_folder_are_ended_before_anything_else(folder) -> None:
    with claimed(folder):
        pass
    here = "import time; print(1, flush=True); time.sleep(60)"
    stubborn = Command((sys.executable, "-c", here), env={MARK: str(folder)})
    other = Command(stubborn.argv, env={MARK: f"{folder}-other"})
    left, stays = (Child(each, folder / "log") for each in (stubborn, other))
    until(lambda: (folder / "log").read_text().count("1") == 2, what="both are there")
    with claimed(folder):
        assert left.code is not None
        assert stays.code is None
    stays.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_can_run_it(folder, installed) -> None:
    pythons = [sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"]
    reached = [path for path in pythons if Path(path).exists() and can_reach(NOBODY, Path(path))]
    wheels = Path(sysconfig.get_path("purelib")) / "chdb" / "__init__.py"
    if not reached or not can_reach(NOBODY, wheels, HERE / "installation.py"):
        pytest.skip("no interpreter with our packages that an ordinary user can reach")
    os.chown(folder.parent, NOBODY.uid, NOBODY.gid)
    user = {"user": NOBODY.uid, "group": NOBODY.gid, "extra_groups": []}
    names = "postgres,valkey,nats,clickhouse"
    for _ in range(2):
        one = installed(names, python=reached[0], cwd="/", **user)
        with contextlib.closing(psycopg.connect(one.urls["GAUSDO_POSTGRES_URL"])) as db:
            assert db.execute("SELECT 1").fetchone() == (1,)
        assert one.end() == 0
    assert folder.stat().st_uid == NOBODY.uid
