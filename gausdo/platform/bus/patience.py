"""What to wait for, and for how long."""

import asyncio
import random
import time
from contextlib import suppress

import httpx2
import nats.errors
import psycopg
import structlog
from psycopg import errors as pg
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SessionTimeout

from gausdo.kernel.errors import Unavailable

LONGEST = 5.0
APART = 0.03
"""Seconds between the beginnings of two rounds of work, at least."""
REST, LONGEST_REST = 3, 0.12
"""After a round that took long a rest of so many times as long, in seconds at most: where rounds
take long the machine is busy, and others wait for it.
"""

_OUTAGES = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    pg.ReadOnlySqlTransaction,  # the server has become a standby
    PoolTimeout,
    SessionTimeout,
    nats.errors.Error,
    httpx2.TransportError,
    OSError,  # TimeoutError among them
    Unavailable,
)

log = structlog.get_logger("gausdo.bus")


def is_outage(error: BaseException) -> bool:
    """Whether the infrastructure failed, so that the same thing may work later.

    A statement that takes too long is not one: it would take as long the next time.
    """
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return isinstance(cause, _OUTAGES) and not isinstance(cause, pg.QueryCanceled)


def heed_cancellation() -> None:
    """Raise CancelledError when this task was cancelled and a library has lost it.

    In Python 3.11 `asyncio.wait_for` does, when what it waits for comes at the same moment; the
    drivers of PostgreSQL and NATS are built on it. A loop that is to end asks this every time.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def gather_more(began: float) -> None:
    """Wait for the next round after one that began then (`time.monotonic()`).

    What comes meanwhile is done together, which costs far less than one by one; what comes after
    a rest does not wait.
    """
    took = time.monotonic() - began
    await asyncio.sleep(max(APART - took, min(REST * took, LONGEST_REST)))


async def readable(socket: int, seconds: float) -> bool:
    """Wait until there is something to read, or until the time is up; answers which.

    psycopg itself looks at its socket ten times a second while it waits for a NOTIFY.
    """
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    loop.add_reader(socket, came.set)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await came.wait()
    finally:
        loop.remove_reader(socket)
    return came.is_set()


class Patience:
    """Waits between attempts: 0.1 s at first, doubled up to 5 s, until one has worked.

    Both methods raise CancelledError when the task is to end and does not know it.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._wait = 0.0

    def worked(self) -> None:
        if self._wait:
            log.info("works again", what=self._what)
        self._wait = 0.0
        heed_cancellation()

    async def wait(self, error: BaseException) -> None:
        """Say what is wrong when it begins and when it lasts; then wait."""
        before, self._wait = self._wait, min(max(0.1, self._wait * 2), LONGEST)
        if is_outage(error):
            if before < self._wait:
                log.warning("waits", what=self._what, error=f"{type(error).__name__}: {error}")
        else:
            log.error("failed", what=self._what, exc_info=error)
        heed_cancellation()
        await asyncio.sleep(self._wait * random.uniform(0.75, 1))  # noqa: S311 - spreads the load
