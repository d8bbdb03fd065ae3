"""A list on its way into a file: page after page, the next one read while one is written."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from gausdo.gateway.exports.cells import Table
from gausdo.kernel.errors import Busy
from gausdo.kernel.values import Json
from gausdo.platform.deadline import answered_within

AT_ONCE = 2
"""Exports of one process: who works beside them shall not wait for them."""
PATIENCE = 60.0
"""Seconds for one page, however long the whole takes."""
HEAD = 4000
"""Bytes of a page; in them it is told where the next one begins, but for a very long name."""

Page = Callable[[str | None], Awaitable[Json]]
"""The page after a place, of those that follow each other."""


@dataclass
class Places:
    """How many exports may still begin."""

    free: int = field(default=AT_ONCE)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Raises Busy."""
        if self.free <= 0:
            raise Busy("Other lists are being exported. Try again in a moment.")
        self.free -= 1
        try:
            yield
        finally:
            self.free += 1


async def parts(page: Page, table: Table, first: Json) -> AsyncGenerator[bytes, None]:
    """The file, part by part. Who stops listening stops the reading, and with it what the database
    is doing for the page after this.
    """
    yield table.begin()
    told: Json | None = first
    while told is not None:
        after = _next(told)
        coming = asyncio.create_task(_asked(page, after)) if after is not None else None
        try:
            if part := await asyncio.to_thread(_rows, table, told):
                yield part
            told = await asyncio.shield(coming) if coming is not None else None
        finally:
            if coming is not None:
                _left_alone(coming)
    yield await asyncio.to_thread(table.end)


_ending: set[asyncio.Task[Any]] = set()
"""What still tells the database to stop: whoever asked for it has gone, and cancels nothing more,
for a driver that is cancelled twice drops its connection and lets the server go on.
"""


def _left_alone(task: asyncio.Task[Any]) -> None:
    if not task.done():
        task.cancel()
        _ending.add(task)
        task.add_done_callback(_ending.discard)


def _next(page: Json) -> str | None:
    """Where the page after this begins. It stands before the records (`Columned`), so that the
    database is asked for that page before this one is read.
    """
    told = from_json(page[:HEAD], allow_partial=True)
    after: str | None = (told if "next" in told else from_json(page))["next"]
    return after


def _rows(table: Table, page: Json) -> bytes:
    return table.rows(from_json(page)["columns"])


async def _asked(page: Page, after: str) -> Json:
    with answered_within(PATIENCE):
        return await page(after)
