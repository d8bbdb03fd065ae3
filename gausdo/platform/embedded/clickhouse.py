"""The ClickHouse engine (`chdb`) as a server of its own, spoken to over ClickHouse's HTTP protocol.

So one client path, `clickhouse-connect`, serves the embedded engine and a real cluster. Run it with
`python -m gausdo.platform.embedded.clickhouse --path DIR --port N`, password in the environment.
"""

import argparse
import asyncio
import importlib.util
import os
import signal
import socket
import sys
from pathlib import Path
from typing import ClassVar

import gausdo
from gausdo.platform.embedded.process import Command
from gausdo.platform.embedded.server import USER, EmbeddedServer, missing

SECRET = "GAUSDO_EMBEDDED_CLICKHOUSE_PASSWORD"  # noqa: S105 - its name, not its value

_SOURCE = Path(gausdo.__file__).parent.parent  # where `python -m` finds us, installed or not


class EmbeddedClickHouse(EmbeddedServer):
    """The engine on loopback; a batch that was answered survives a kill of the process."""

    name: ClassVar[str] = "clickhouse"
    grace: ClassVar[float] = 30.0

    @property
    def url(self) -> str:
        return f"http://{USER}:{self.password}@127.0.0.1:{self.port}/gausdo"

    def prepare(self) -> None:
        if importlib.util.find_spec("chdb") is None:
            raise missing("chdb", "GAUSDO_CLICKHOUSE_URL")
        super().prepare()

    def command(self) -> Command:
        data = ("--path", str(self.folder / "data"), "--port", str(self.port))
        argv = (sys.executable, "-m", __name__, *data)
        return Command(argv, env={SECRET: self.password}, cwd=_SOURCE)

    def ready(self) -> bool:
        """It takes our password and answers a query."""
        ask = (
            f"POST / HTTP/1.1\r\nHost: localhost\r\nX-ClickHouse-User: {USER}\r\n"
            f"X-ClickHouse-Key: {self.password}\r\nContent-Length: 8\r\n\r\nSELECT 1"
        )
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as server:
                server.sendall(ask.encode())
                return server.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False


async def serve(path: Path, port: int, password: str) -> None:
    """Serve the engine at `path` until SIGTERM or SIGINT."""
    # Only this process loads the engine: it takes 0.3 GB.
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.server.embed import Server  # noqa: PLC0415

    from gausdo.platform.embedded.clickhouse_engine import Engine  # noqa: PLC0415
    from gausdo.platform.embedded.clickhouse_http import ClickHouseHttp  # noqa: PLC0415

    engine = Engine(path)
    app = ClickHouseHttp(engine, USER, password)
    server = Server(app, "127.0.0.1", port, interface=Interfaces.ASGINL)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.serve()
    engine.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog=f"python -m {__spec__.name}")
    parser.add_argument("--path", type=Path, required=True, help="the folder of the data")
    parser.add_argument("--port", type=int, required=True, help="the port on 127.0.0.1")
    told = parser.parse_args()
    password = os.environ.pop(SECRET, "")
    if not password:
        parser.error(f"the password is missing: set {SECRET}")
    asyncio.run(serve(told.path, told.port, password))


if __name__ == "__main__":
    main()
