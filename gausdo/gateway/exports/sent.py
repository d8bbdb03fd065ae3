"""What a library writes as a file, sent on as it is written."""


class Sent:
    """Takes bytes until they are sent: it knows how far it is, and nobody goes back in it."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        self._at += len(part)
        return len(part)

    def tell(self) -> int:
        return self._at

    def writable(self) -> bool:
        return True

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def taken(self) -> bytes:
        told = b"".join(self._parts)
        self._parts.clear()
        return told
