"""By when the request that is being answered must be answered, whatever hangs beneath it.

A server that is gone refuses at once; one that hangs would let everybody wait for ever.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_until: ContextVar[float | None] = ContextVar("answered until", default=None)


@contextmanager
def answered_within(seconds: float) -> Iterator[None]:
    """What is awaited inside may ask how much time is `left`."""
    token = _until.set(asyncio.get_running_loop().time() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def left(longest: float) -> float:
    """Seconds to wait for something: `longest`, or fewer when the answer is due before."""
    until = _until.get()
    if until is None:
        return longest
    return max(0.0, min(longest, until - asyncio.get_running_loop().time()))
