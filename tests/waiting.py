"""Waiting for what has to happen, with a deadline, instead of for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any

LOOK = 0.05
"""Seconds between two looks."""


def until(told: Callable[[], Any], seconds: float = 30, what: str = "it") -> Any:
    """What `told` answers, once that is something. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (answer := told()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen in {seconds:g} s")
        time.sleep(LOOK)
    return answer


async def eventually(
    told: Callable[[], Any | Awaitable[Any]], seconds: float = 30, what: str = "it"
) -> Any:
    """As `until`, while everything else in this process goes on; `told` may be awaited, too."""
    deadline = time.monotonic() + seconds
    while True:
        answer = told()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen in {seconds:g} s")
        await asyncio.sleep(LOOK)
