"""People who write and people who look, while the installation is hurt."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2

from tests.failures.audit import Books
from tests.failures.shop import Shop, open_shop
from tests.failures.trial import Trial, tell, until
from tests.failures.writing import Writer, Written

LOOKED_AT = ("/api/v1/deals?limit=5", "/api/v1/reports/dashboard", "/ready")


@dataclass(frozen=True)
class Look:
    """One request of somebody who looks; `status` is 0 when the connection broke."""

    path: str
    begun: float
    seconds: float
    status: int
    media: str = ""


@dataclass
class Office:
    """`written` and `looks` add up as long as it is open."""

    trial: Trial
    shop: Shop
    books: Books
    written: Written = field(default_factory=Written)
    looks: list[Look] = field(default_factory=list)

    @classmethod
    async def opened(cls, trial: Trial, writers: int) -> "Office":
        shop = await open_shop(trial, writers)
        return cls(trial, shop, Books(trial, shop))

    @asynccontextmanager
    async def at_work(self, chance: random.Random, patience: float) -> AsyncIterator[None]:
        """Everybody works inside; at the end they finish what they have begun.

        `patience`: seconds a client waits for an answer.
        """
        over = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for token in self.shop.tokens:
                client, dice = self._client(token, patience), random.Random(chance.random())
                writer = Writer(client, self.shop, dice, self.written)
                tasks.create_task(writer.write(over.is_set))
            for path in LOOKED_AT:
                client = self._client(self.shop.tokens[0], patience)
                tasks.create_task(self._look(client, path, over))
            yield
            await until(lambda: self.written.entered, 60, "the rule has something to do")
            over.set()
        tell(self.written.told())

    def _client(self, token: str, patience: float) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=self.trial.url,
            timeout=patience,
            headers={"authorization": f"Bearer {token}"},
        )

    async def _look(self, client: httpx2.AsyncClient, path: str, over: asyncio.Event) -> None:
        async with client:
            while not over.is_set():
                begun = time.monotonic()
                try:
                    answer = await client.get(path)
                    status, media = answer.status_code, answer.headers.get("content-type", "")
                except httpx2.TransportError:
                    status, media = 0, ""
                self.looks.append(Look(path, begun, time.monotonic() - begun, status, media))
                await asyncio.sleep(0.2)

    async def answered(self, path: str, status: int, since: float, seconds: float) -> None:
        """Return when a request for a path that began after `since` was answered so."""

        def found() -> bool:
            return any(
                look.path == path and look.status == status and look.begun >= since
                for look in self.looks
            )

        await until(found, seconds, f"{path} is answered with {status}")

    async def change(self, count: int = 1, seconds: float = 60) -> None:
        """Return when so many more changes have been acknowledged."""
        target = self.written.changes + count
        await until(lambda: self.written.changes >= target, seconds, "changes are acknowledged")
