"""HTTP by hand, for what no client would send, and a browser's WebSocket."""

import asyncio
import json
import os
import struct
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["code"])


async def sent(
    port: int, head: str, *headers: str, body: bytes | Iterable[bytes] = b"", seconds: float = 30
) -> Reply:
    """What is answered to these very bytes; `content-length` is added for a body in one piece."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    lines = [f"{head} HTTP/1.1", "host: localhost", "connection: close", *headers]
    if isinstance(body, bytes):
        lines.append(f"content-length: {len(body)}")
    writer.write("\r\n".join((*lines, "", "")).encode())
    try:
        async with asyncio.timeout(seconds):
            return await _answered(reader, writer, body)
    finally:
        writer.close()


async def _answered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes | Iterable[bytes]
) -> Reply:
    writing = asyncio.create_task(_write(writer, body))  # it may be refused before all is sent
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.partition(": ") for line in head[1:] if line)
        headers = {name.lower(): value for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        return Reply(int(head[0].split()[1]), headers, await reader.readexactly(length))
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


async def _write(writer: asyncio.StreamWriter, body: bytes | Iterable[bytes]) -> None:
    for piece in [body] if isinstance(body, bytes) else body:
        writer.write(piece)
        await writer.drain()


def chunked(*pieces: bytes) -> Iterable[bytes]:
    """A body without a length (RFC 9112, 7.1)."""
    for piece in pieces:
        yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"


class Tab:
    """A browser's end of a WebSocket (RFC 6455)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def say(self, text: bytes) -> None:
        length = struct.pack("!BBQ", 0x81, 0xFF, len(text))
        self._writer.write(length + bytes(4) + text)  # a mask of zeros leaves the text as it is
        await self._writer.drain()

    async def closed(self) -> int:
        """The code it is closed with; what is told before is read over."""
        while True:
            first, length = await self._reader.readexactly(2)
            if length == 126:
                (length,) = struct.unpack("!H", await self._reader.readexactly(2))
            payload = await self._reader.readexactly(length)
            if first & 0x0F == 8:
                return int.from_bytes(payload[:2])


@asynccontextmanager
async def tab(port: int, cookie: str) -> AsyncIterator[Tab]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"GET /api/v1/live HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\n"
        b"upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-fetch-site: same-origin\r\n"
        b"sec-websocket-key: %s\r\ncookie: %s\r\n\r\n"
        % (os.urandom(12).hex()[:22].encode() + b"==", cookie.encode())
    )
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        yield Tab(reader, writer)
    finally:
        writer.close()
