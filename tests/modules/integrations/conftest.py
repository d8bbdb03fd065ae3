"""Real receivers of webhooks, known to everything that runs in these tests."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gausdo.demo.sink import Sink
from gausdo.settings import Settings
from tests.post_office import sink

__all__ = ["sink"]


class Receiver:
    """Answers as told, at once or late, and remembers what it was sent."""

    def __init__(self) -> None:
        self.place = ""
        self.reset()

    def reset(self) -> None:
        self.status, self.late = 200, 0.0
        self.got: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://{self.place}/in"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = (line.partition(": ") for line in head.split("\r\n")[1:] if line)
        headers = {name.lower(): value for name, _, value in lines}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append((headers, body))
        await asyncio.sleep(self.late)
        writer.write(b"HTTP/1.1 %d Told\r\ncontent-length: 0\r\n\r\n" % self.status)
        writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def receivers() -> AsyncIterator[tuple[Receiver, Receiver]]:
    made = Receiver(), Receiver()
    servers = []
    for one in made:
        server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
        one.place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        servers.append(server)
    yield made
    for server in servers:
        server.close()


@pytest.fixture
def receiver(receivers: tuple[Receiver, Receiver]) -> Receiver:
    for one in receivers:
        one.reset()
    return receivers[0]


@pytest.fixture
def other(receiver: Receiver, receivers: tuple[Receiver, Receiver]) -> Receiver:
    return receivers[1]


@pytest.fixture(scope="module")
def settings(settings: Settings, sink: Sink, receivers: tuple[Receiver, Receiver]) -> Settings:
    allowed = (f"127.0.0.1:{sink.http}", *(one.place for one in receivers))
    return settings.model_copy(update={"outbound_allow": allowed})
