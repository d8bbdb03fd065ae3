"""The closed-loop client, a process of its own: each of its users waits for one answer before it
asks for the next.

`python -m tests.bench.client` reads a `Load` from its standard input and writes what it measured
to its standard output. HTTP/1.1 with keep-alive over bare sockets: it must cost less than a server.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import cycle
from typing import Any

LIMIT = 2**20


@dataclass(frozen=True)
class Ask:
    """One request. With `versioned` the body's `version` is the last one the server has told."""

    path: str
    method: str = "GET"
    body: dict[str, Any] | None = None
    versioned: bool = False


@dataclass(frozen=True)
class Load:
    """`steps` of each user: requests that go out together, as a page's do; again and again.

    `warm`: the seconds before, that are not counted. They are more where a step has not been asked
    once by then, as many as `seconds` at most: what a server does once for each kind of question is
    not what the next one costs.
    """

    host: str
    port: int
    seconds: float
    cookies: list[str]
    steps: list[list[list[dict[str, Any]]]]
    warm: float = 0.0


@dataclass
class Measured:
    """Milliseconds of each step, and what was answered with anything but success."""

    took: list[float] = field(default_factory=list)
    bytes: int = 0
    requests: int = 0
    seconds: float = 0.0
    failed: list[str] = field(default_factory=list)


class Line:
    """One connection of one user."""

    def __init__(self, load: Load, cookie: str) -> None:
        self._load = load
        self._head = (
            f" HTTP/1.1\r\nHost: {load.host}:{load.port}\r\nCookie: {cookie}\r\n"
            "Sec-Fetch-Site: same-origin\r\n"
        )
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, ask: Ask, version: int | None) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                self._load.host, self._load.port, limit=LIMIT
            )
        reader, writer = self._streams
        body = b""
        head = f"{ask.method} {ask.path}{self._head}"
        if ask.body is not None:
            told = ask.body if version is None else {**ask.body, "version": version}
            body = json.dumps(told).encode()
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"\r\n" + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        told = answer.lower()
        size = int(told.partition(b"content-length: ")[2].partition(b"\r")[0] or b"0")
        answered = int(answer[9:12]), await reader.readexactly(size)
        if b"\r\nconnection: close\r\n" in told:
            self.close()
        return answered

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _user(
    load: Load,
    cookie: str,
    steps: list[list[dict[str, Any]]],
    versions: dict[str, int],
    measured: Measured,
    least: float,
    most: float,
) -> None:
    """Until `least`, and until each step has been asked once or `most`."""
    lines = [Line(load, cookie) for _ in range(max(map(len, steps)))]

    async def one(line: Line, ask: Ask) -> None:
        status, body = await line.ask(ask, versions.get(ask.path))
        measured.requests += 1
        measured.bytes += len(body)
        if not 200 <= status < 300:
            measured.failed.append(f"{status} {ask.method} {ask.path} {body[:300].decode()}")
        elif ask.versioned:
            versions[ask.path] = json.loads(body)["version"]

    every = [[Ask(**ask) for ask in step] for step in steps]
    for times, asked in enumerate(cycle(every), 1):
        began = time.perf_counter()
        if len(asked) == 1:
            await one(lines[0], asked[0])
        else:
            await asyncio.gather(*map(one, lines, asked))
        ended = time.perf_counter()
        measured.took.append(1000 * (ended - began))
        enough = ended > least and times >= len(every)
        if enough or ended > most or len(measured.failed) > 5:
            break
    for line in lines:
        line.close()


async def drive(load: Load) -> Measured:
    """Run a load."""
    measured = Measured()
    versions: dict[str, int] = {}  # no two users change the same record
    for least in filter(None, (load.warm, load.seconds)):
        measured, began = Measured(), time.perf_counter()
        _say("begin")
        users = zip(load.cookies, load.steps, strict=True)
        await asyncio.gather(
            *(
                _user(load, cookie, steps, versions, measured, began + least, began + load.seconds)
                for cookie, steps in users
            )
        )
        measured.seconds = time.perf_counter() - began
    return measured


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    found = asyncio.run(drive(Load(**json.load(sys.stdin))))
    _say(json.dumps(asdict(found)))
