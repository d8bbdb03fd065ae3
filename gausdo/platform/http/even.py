"""Requests spread evenly over the processes that share a port.

The kernel gives a new connection to one of them by chance, and whoever keeps it open stays there:
of eight connections five or more mostly come to one of two processes, and wait twice as long as
the others. A process that has had more requests under way than another one for a while says
`Connection: close` in an answer; that client comes again, and chance decides anew. Where few
requests are under way nobody is sent away.
"""

import ctypes
import fcntl
import math
import mmap
import os
import tempfile
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Clock = Callable[[], float]

LAPSE = 0.25
"""Seconds over which it is looked at how many requests are under way."""
UNEVEN = 1.5
"""Requests more than another process has, from which on one is better off there."""
REST = 0.1
"""Seconds between two who are sent away by one process, so that it shows."""


class _Row(ctypes.Structure):
    """Of a process: requests under way, their average over a while, and when they last changed."""

    _fields_ = tuple((name, ctypes.c_double) for name in ("under_way", "average", "changed"))
    under_way: float
    average: float
    changed: float

    def average_at(self, now: float) -> float:
        """What was longer ago counts less and less; what another clock has told is just now."""
        past = self.average - self.under_way
        return self.under_way + past * math.exp(min(0.0, (self.changed - now) / LAPSE))


class Processes:
    """What each of so many processes, two or more, has under way, in memory that they share: to be
    made before they are forked.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        table = _Row * count
        self._rows = table.from_buffer(mmap.mmap(-1, ctypes.sizeof(table)))
        with tempfile.TemporaryFile() as file:
            self._places = os.dup(file.fileno())  # as long as any of them lives

    def join(self) -> "Load | None":
        """The place of this process, until it ends; None where all are taken by others."""
        for place in range(self._count):
            try:
                fcntl.lockf(self._places, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except OSError:
                continue
            return self.load(place)
        return None

    def load(self, place: int, clock: Clock = time.monotonic) -> "Load":
        rows = [*self._rows]
        own = rows.pop(place)
        own.under_way, own.average, own.changed = 0.0, 0.0, clock()
        return Load(own, rows, clock)


class Load:
    """The requests one process has under way, beside those of the others."""

    def __init__(self, own: _Row, others: list[_Row], clock: Clock) -> None:
        self._own, self._others, self._clock = own, others, clock
        self._rested = 0.0

    def add(self, count: int) -> None:
        now = self._clock()
        self._own.average, self._own.changed = self._own.average_at(now), now
        self._own.under_way += count

    def is_too_much(self) -> bool:
        """Whether somebody is to be sent away now."""
        now = self._clock()
        if now < self._rested:
            return False
        least = min(one.average_at(now) for one in self._others)
        if self._own.average_at(now) - least < UNEVEN:
            return False
        self._rested = now + REST
        return True


def evenly(app: ASGIApp, load: Load) -> ASGIApp:
    """`app`, that sends its clients away where it has too much."""

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        keeps = scope["http_version"].startswith("1")  # of HTTP/2 one connection is everything

        async def told(message: Message) -> None:
            if keeps and message["type"] == "http.response.start" and load.is_too_much():
                headers = [*message.get("headers", ()), (b"connection", b"close")]
                message = {**message, "headers": headers}
            await send(message)

        load.add(1)
        try:
            await app(scope, receive, told)
        finally:
            load.add(-1)

    return counted
