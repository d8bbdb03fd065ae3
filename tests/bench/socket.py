"""A browser's end of the live updates: as much of RFC 6455 as hearing what a server says takes."""

import base64
import json
import secrets
import socket
from types import TracebackType
from typing import Any, Self

TEXT, CLOSE, PING = 1, 8, 9


class LiveUpdates:
    """The open socket of one signed-in person."""

    def __init__(self, port: int, cookie: str, patience: float = 30.0) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._socket.sendall(
            f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Cookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\r\n".encode()
        )
        self._stream = self._socket.makefile("rb")
        status = self._stream.readline()
        if b" 101 " not in status:
            raise RuntimeError(f"no live updates: {status.decode().strip()}")
        while self._stream.readline().strip():
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._stream.close()
        self._socket.close()

    def wait_for(self, id: str, version: int) -> None:
        """Return once the record's version, or a later one, is told."""
        while True:
            told = self._next()
            if told.get("kind") == "all" or (
                told.get("id") == id and told.get("version", 0) >= version
            ):
                return

    def _next(self) -> dict[str, Any]:
        while True:
            kind, size = self._stream.read(2)
            size &= 0x7F
            if size >= 126:
                size = int.from_bytes(self._stream.read(2 if size == 126 else 8), "big")
            body = self._stream.read(size)
            if kind & 0xF == CLOSE:
                raise RuntimeError("the live updates were closed")
            if kind & 0xF == TEXT:
                told: dict[str, Any] = json.loads(body)
                return told
