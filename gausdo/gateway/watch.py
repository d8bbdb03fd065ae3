"""Whether those who listen still may: looked at each second, by one question for all of them."""

import asyncio
import time

from gausdo.gateway.identify import Caller, Identify
from gausdo.kernel.errors import Problem

LOOK = 1.0
"""Seconds between two looks."""


class Watch:
    """Watches the sessions, tokens and rights behind the open sockets of this process."""

    def __init__(self, identify: Identify) -> None:
        self._identify = identify
        self._watched: dict[asyncio.Future[None], Caller] = {}
        self._looking: asyncio.Task[None] | None = None

    async def until_over(self, caller: Caller) -> None:
        """Return once the session or the token of `caller` has ended, or the rights are others."""
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._watched[over] = caller
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            await over
        finally:
            del self._watched[over]
            if not self._watched and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            await self._end_those_over()

    async def _end_those_over(self) -> None:
        watched = list(self._watched.items())
        asked = [(caller.actor.id, caller.session_id) for _, caller in watched]
        try:
            epochs = await self._identify.sessions.alive(asked)
        except Problem:
            return  # Valkey is away for a moment; the next look will know
        for (over, caller), epoch in zip(watched, epochs, strict=True):
            expired = caller.until is not None and time.time() > caller.until
            if (expired or epoch != caller.actor.epoch) and not over.done():
                over.set_result(None)
