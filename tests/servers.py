"""The real servers of a test run: started when first asked for, shared, gone with the last user.

A server is kept by a process of its own (`python -m tests.servers NAME FOLDER`) as long as any
pytest process holds the lock file `users`; the kernel lets go of it however that process ends.
PostgreSQL and ClickHouse are one for all workers of pytest-xdist (use a database each); Valkey and
NATS are small, so each worker has its own and may name keys and streams as it likes.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from gausdo.platform.embedded.clickhouse import EmbeddedClickHouse
from gausdo.platform.embedded.nats import EmbeddedNats
from gausdo.platform.embedded.postgres import EmbeddedPostgres
from gausdo.platform.embedded.process import tail
from gausdo.platform.embedded.server import EmbeddedServer
from gausdo.platform.embedded.valkey import EmbeddedValkey

ROOT = Path(__file__).parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
PATIENCE = 60.0
ROOM = 4 * 1024**3
"""Bytes that must be free in memory; a run of all tests takes less than half."""


class Servers:
    """Where the servers are; asking for one starts it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._users = _locked(folder / "users", fcntl.LOCK_SH)
        self._urls: dict[str, str] = {}
        self._keepers: list[subprocess.Popen[bytes]] = []

    @property
    def run(self) -> str:
        """With this as PYTEST_XDIST_TESTRUNUID another pytest shares these servers."""
        return self._folder.name.removeprefix("gausdo-tests-")

    @property
    def postgres_dsn(self) -> str:
        """The superuser's; `postgres` is the database. Not durable, so fast."""
        return self._url("postgres")

    @property
    def valkey_url(self) -> str:
        return self._url(f"valkey-{WORKER}")

    @property
    def nats_url(self) -> str:
        return self._url(f"nats-{WORKER}")

    @property
    def clickhouse_url(self) -> str:
        return self._url("clickhouse")

    def _url(self, name: str) -> str:
        if name not in self._urls:
            with self.alone(name):
                self._urls[name] = self._kept(name)
        return self._urls[name]

    def alone(self, name: str) -> TextIO:
        """In `with`: no other worker does this at the same time. `roles` belong to PostgreSQL as
        a whole: who makes any does it alone.
        """
        return _locked(self._folder / f"{name}.lock", fcntl.LOCK_EX)

    def _kept(self, name: str) -> str:
        told, log = self._folder / f"{name}.url", self._folder / f"{name}.log"
        if told.exists():
            return told.read_text()
        with log.open("wb") as output:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "tests.servers", name, str(self._folder)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._keepers.append(keeper)
        deadline = time.monotonic() + PATIENCE
        while not told.exists():
            if keeper.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the test server {name} did not start:\n{tail(log)}")
            time.sleep(0.02)
        return told.read_text()

    def close(self) -> None:
        """Let go; the servers stop when nobody holds on to them any more."""
        self._users.close()
        for keeper in self._keepers:
            keeper.returncode = 0  # it stays until the last user is gone; nobody waits for it


_servers: Servers | None = None


def start_test_servers(folder: Path | None = None) -> Servers:
    """The servers of this test run; every call in a process answers with the same ones."""
    global _servers  # noqa: PLW0603 - one per process is the point
    if _servers is None:
        _servers = Servers(folder or _folder_of_run())
    return _servers


def _place() -> str:
    """In memory where there is room: a database is two thousand files, copied for each module
    (on a disk 0.8–2.5 s of the kernel's time, in memory 0.1 s).
    """
    memory = "/dev/shm"  # noqa: S108 - a folder of unguessable name is made in it
    with suppress(OSError):
        if os.path.ismount(memory) and shutil.disk_usage(memory).free > ROOM:
            return memory
    return tempfile.gettempdir()


def _folder_of_run() -> Path:
    """A folder all workers of the run agree on, and other accounts can pass through."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    place = _place()
    folder = (
        Path(place, f"gausdo-tests-{run}")
        if run
        else Path(tempfile.mkdtemp(prefix="gausdo-tests-", dir=place))
    )
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    return folder


def _locked(path: Path, kind: int) -> TextIO:
    file = path.open("w")
    fcntl.flock(file, kind)
    return file


def _server(name: str, folder: Path) -> EmbeddedServer:
    kind = name.partition("-")[0]
    if kind == "postgres":
        memory = {
            "shared_buffers": "128MB",
            "max_wal_size": "512MB",
            "max_locks_per_transaction": "256",
        }
        return EmbeddedPostgres(folder, durable=False, max_connections=300, configuration=memory)
    return {"valkey": EmbeddedValkey, "nats": EmbeddedNats, "clickhouse": EmbeddedClickHouse}[kind](
        folder
    )


def keep(name: str, folder: Path) -> None:
    """Run a server as long as somebody holds `users`; then leave nothing behind."""
    server = _server(name, folder / name)
    server.start()
    told = folder / f"{name}.url"
    draft = told.with_suffix(".draft")
    draft.write_text(server.url)
    draft.chmod(0o600)
    draft.rename(told)
    _locked(folder / "users", fcntl.LOCK_EX).close()  # waits here
    server.stop()
    shutil.rmtree(folder / name, ignore_errors=True)
    told.unlink()
    if not any(folder.glob("*.url")):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]))
