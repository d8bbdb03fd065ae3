"""A whole database as a stream: PostgreSQL's own pg_dump and pg_restore.

Those of the machine are taken where they know the server, else those of the embedded PostgreSQL.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

from psycopg.conninfo import conninfo_to_dict

from gausdo.platform.embedded.postgres import binaries

PORTION = 1024 * 1024
_TOLD = 2000
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


class DumpError(RuntimeError):
    """It went wrong; the message has what the program said."""


def dumped(dsn: str, server: int, snapshot: str) -> Iterator[bytes]:
    """The database as `pg_dump` tells it, as of an exported snapshot, in its custom format.

    `server` is the major version. Closed early, it ends the program. Raises DumpError.
    """
    command = [_program("pg_dump", server), "--format=custom", f"--snapshot={snapshot}"]
    with _running(command, dsn) as process:
        assert process.stdout is not None
        while portion := process.stdout.read(PORTION):
            yield portion


def restore(dsn: str, server: int, dump: Iterable[bytes]) -> None:
    """Fill an empty database in one transaction: when anything goes wrong, it stays empty.

    Raises DumpError, and whatever `dump` does.
    """
    command = [_program("pg_restore", server), "--single-transaction", "--dbname="]
    with _running(command, dsn) as process:
        assert process.stdin is not None
        try:
            for portion in dump:
                process.stdin.write(portion)
            process.stdin.close()
        except BrokenPipeError:
            return  # it has ended, and said why


@contextmanager
def _running(command: list[str], dsn: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The password goes by the environment: a command line can be read by everybody."""
    told = {_VARIABLES[name]: str(value) for name, value in conninfo_to_dict(dsn).items()
            if name in _VARIABLES and value is not None}  # fmt: skip
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", **told},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
        )
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                _close(pipe)
            code = process.wait()
        if code:
            said.seek(0)
            told_last = said.read()[-_TOLD:].decode(errors="replace").strip()
            raise DumpError(f"{command[0].rpartition('/')[2]} failed: {told_last or code}")


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with suppress(BrokenPipeError):
            pipe.close()


def _program(name: str, server: int) -> str:
    """Raises DumpError when there is none that knows a server of this major version."""
    found = [path] if (path := shutil.which(name)) else []
    with suppress(FileNotFoundError):
        found.append(str(binaries(None) / name))
    for candidate in found:
        said = subprocess.run(
            [candidate, "--version"], capture_output=True, text=True, check=False
        ).stdout
        if (major := re.search(r"\) (\d+)", said)) and int(major[1]) >= server:
            return candidate
    raise DumpError(
        f"There is no {name} here for PostgreSQL {server}. Install the package "
        f"postgresql-client-{server}."
    )
