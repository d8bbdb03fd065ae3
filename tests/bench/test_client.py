"""The bounded client of `make bench`."""

import asyncio
from dataclasses import asdict

import pytest

from tests.bench import client
from tests.bench.client import Ask, Load, drive

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Enough(Exception):
    """What is counted is of no matter here."""


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("seconds", "warmed"), [(20.0, 4), (0.05, 1)])
async def test_what_is_counted_has_been_asked_before_unless_that_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, seconds: float, warmed: int
) -> None:
    """Four questions, each answered after 0.15 seconds, more than the 0.1 that are left out."""
    asked, begun = list[bytes](), list[int]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            asked.append(head)
            await asyncio.sleep(0.15)
            writer.write(ANSWER)
        writer.close()

    def say(line: str) -> None:
        begun.append(len(set(asked)))
        if len(begun) > 1:
            raise Enough(line)

    monkeypatch.setattr(client, "_say", say)
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    steps = [[asdict(Ask(f"/{n}"))] for n in range(4)]
    async with server:
        with pytest.raises(Enough):
            await drive(Load("127.0.0.1", port, seconds, [""], [steps], warm=0.1))
        await asyncio.sleep(0.1)  # until the server has seen that nobody asks any more
    assert begun == [0, warmed]
