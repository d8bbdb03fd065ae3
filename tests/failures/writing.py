"""Clients as they should be: each change with a key, tried again with it until it is answered."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2

from tests.failures.shop import LARGE, Shop

PAUSE = 0.05
GIVE_UP = 240.0
"""Seconds a client keeps trying one and the same change."""


@dataclass
class Written:
    """What was acknowledged, and how it went."""

    deals: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    entered: int = 0
    """How often a large deal has entered *Talks*."""
    changes: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    """Connections that broke before the answer."""
    slowest: float = 0.0
    """Seconds until the slowest answer of any kind."""
    wrong: list[str] = field(default_factory=list)

    def told(self) -> str:
        return (
            f"{self.changes} changes of {len(self.deals)} deals; answers {dict(self.answers)}, "
            f"{self.broken} broken connections, the slowest answer after {self.slowest:.1f} s"
        )


class Writer:
    """One person: opens deals, moves them, changes them, one after another."""

    def __init__(
        self, client: httpx2.AsyncClient, shop: Shop, chance: random.Random, written: Written
    ) -> None:
        self._client, self._shop, self._chance, self._written = client, shop, chance, written
        self._mine: list[UUID] = []

    async def write(self, over: Callable[[], bool]) -> None:
        async with self._client:
            while not over():
                await self._change()
                await asyncio.sleep(self._chance.uniform(0, 2 * PAUSE))

    async def _change(self) -> None:
        chance = self._chance.random()
        if not self._mine or chance < 0.25:
            await self._open()
        elif chance < 0.75:
            await self._move(self._chance.choice(self._mine))
        else:
            await self._revalue(self._chance.choice(self._mine))

    async def _open(self) -> None:
        title = f"Deal {self._chance.getrandbits(60):x}"
        draft = {
            "title": title,
            "contact_id": str(self._shop.contact),
            "worth": self._worth(),
        }
        deal = await self._ask("POST", "/deals", draft)
        id = UUID(deal["id"])
        if deal["title"] != title or id in self._written.deals:
            self._written.wrong.append(f"another deal was answered: {deal}")
        self._mine.append(id)
        self._written.deals[id] = deal

    async def _move(self, id: UUID) -> None:
        deal = self._written.deals[id]
        elsewhere = [stage for stage in self._shop.stages if str(stage) != deal["stage_id"]]
        stage = self._chance.choice(elsewhere)
        move = {"version": deal["version"], "stage_id": str(stage)}
        await self._changed(id, "POST", f"/deals/{id}/move", move)
        if stage == self._shop.talks and Decimal(deal["worth"]["amount"]) > LARGE:
            self._written.entered += 1

    async def _revalue(self, id: UUID) -> None:
        deal = self._written.deals[id]
        worth = self._worth()
        if worth["amount"] == deal["worth"]["amount"]:
            return
        change = {"version": deal["version"], "worth": worth}
        await self._changed(id, "PATCH", f"/deals/{id}", change)

    async def _changed(self, id: UUID, method: str, path: str, body: dict[str, Any]) -> None:
        deal = await self._ask(method, path, body)
        if deal["version"] != self._written.deals[id]["version"] + 1:
            self._written.wrong.append(f"{method} {path} answered version {deal['version']}")
        self._written.deals[id] = deal

    def _worth(self) -> dict[str, str]:
        return {"amount": f"{self._chance.randint(1, 10**8) / 100:.2f}", "currency": "RUB"}

    async def _ask(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer of a change, which is made once however often it has to be asked for."""
        key = {"idempotency-key": str(uuid4())}
        deadline = time.monotonic() + GIVE_UP
        while True:
            begun = time.monotonic()
            try:
                answer = await self._client.request(
                    method, f"/api/v1{path}", json=body, headers=key
                )
            except httpx2.TransportError as error:
                self._written.broken += 1
                if isinstance(error, httpx2.TimeoutException):
                    self._written.slowest = max(self._written.slowest, time.monotonic() - begun)
            else:
                self._written.slowest = max(self._written.slowest, time.monotonic() - begun)
                self._written.answers[answer.status_code] += 1
                if answer.is_success:
                    self._written.changes += 1
                    told: dict[str, Any] = answer.json()
                    return told
                if answer.status_code != 503:
                    self._written.wrong.append(f"{method} {path}: {answer.text}")
                    raise AssertionError(answer.text)
            assert time.monotonic() < deadline, f"{method} {path} was never answered"
            await asyncio.sleep(0.2)
