"""Receivers of webhooks that behave badly, on real sockets: bounded, tried again, one id."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from gausdo.platform import outbound
from gausdo.platform.outbound import ANSWER, Answer, Outbound, Unreachable

pytestmark = pytest.mark.asyncio(loop_scope="session")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def receiver(
    answer: bytes, *, ends: bool = True, endless: bool = False
) -> AsyncIterator[str]:
    """One that answers with these bytes; then it closes, stays silent, or goes on for ever."""
    held: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        task = asyncio.current_task()
        assert task is not None
        held.append(task)
        try:
            while endless:
                writer.write(b"x" * 65536)
                await writer.drain()
            if not ends:
                await reader.read()
                await asyncio.Event().wait()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for task in held:
        task.cancel()
    await asyncio.gather(*held, return_exceptions=True)


async def called(place: str) -> Answer:
    async with Outbound([place]) as client:
        return await client.post(f"http://{place}/in", b"{}", {"webhook-id": "1"})


@pytest.mark.parametrize(
    "answer",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 999999 What\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-le"],
    ids=["nothing", "garbage", "no status", "half a head"],
)
async def test_what_is_no_http_is_tried_again(answer: bytes) -> None:
    async with receiver(answer) as place:
        with pytest.raises(Unreachable):
            await called(place)


async def test_a_receiver_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT", 0.5)
    async with receiver(OK, ends=False) as place:
        with pytest.raises(Unreachable, match="in time"):
            await called(place)


async def test_an_endless_answer_is_cut() -> None:
    async with receiver(OK + b"\r\n", endless=True) as place, asyncio.timeout(20):
        answer = await called(place)
    assert (answer.status, len(answer.body)) == (200, ANSWER)


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with receiver(OK + b"content-length: 0\r\n\r\n") as other:
        head = f"HTTP/1.1 302 Found\r\nlocation: http://{other}/\r\ncontent-length: 0\r\n\r\n"
        async with receiver(head.encode()) as place:
            assert (await called(place)).status == 302


async def test_nobody_there_is_told_so() -> None:
    async with receiver(OK) as place:
        pass
    with pytest.raises(Unreachable):
        await called(place)


async def test_two_answers_to_one_call_are_one() -> None:
    twice = (OK + b"content-length: 0\r\n\r\n") * 2
    async with receiver(twice) as place:
        assert (await called(place)).status == 200
