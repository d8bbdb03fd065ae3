"""Long work goes in portions with pauses: what people wait for goes through the same worker."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

BREATH = 3
"""Times as long as a portion took is the pause after it."""


@asynccontextmanager
async def letting_others_pass() -> AsyncIterator[None]:
    """A portion, and a pause after it."""
    began = time.monotonic()
    yield
    await let_others_pass(began)


async def let_others_pass(began: float) -> None:
    """The pause after a portion that began then (`time.monotonic()`)."""
    await asyncio.sleep(BREATH * (time.monotonic() - began))
