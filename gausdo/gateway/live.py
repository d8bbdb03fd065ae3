"""Live updates: what has changed, by id, to those who may see it.

Every web process hears the events as they are published (a core NATS subscription on the streams'
subjects), checks each open socket's rights coarsely in memory, and tells kind, id and version; the
kind alone where only grants with a condition come so far, which nothing here could ask.
What is shared with a listener is read when they begin to listen: another share ends the socket.
The browser then reads `?ids=` and drops what it no longer gets: the query is the check.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic_core import to_json
from starlette.websockets import WebSocket, WebSocketDisconnect

from gausdo.gateway.identify import Caller, Identify, same_origin
from gausdo.gateway.watch import Watch
from gausdo.kernel.actor import Actor, Grant, Reach, Right
from gausdo.kernel.errors import Problem
from gausdo.kernel.events import Envelope
from gausdo.platform.telemetry.metrics import SOCKETS

OBJECTS = {
    "deal": "sales.deal",
    "pipeline": "sales.deal",
    "quote": "sales.deal",
    "company": "customers.company",
    "person": "customers.person",
    "task": "activities.task",
    "meeting": "activities.meeting",
    "reminder": "activities.meeting",
    "note": "activities.note",
    "letter": "communications.letter",
    "rule": "automation.rule",
    "user": "identity.user",
}
"""The object whose `read` right guards each kind of record."""
TO_ONE = frozenset({"notices"})
"""What is somebody's own, whatever their rights: only its owner hears of it."""
TABS = 20
"""Open sockets of one person in one process; one more is closed with 4429."""
SAID = 1000
"""Characters a browser may say, in all: it has nothing to say."""
WAITING = 200
"""Messages kept for a slow browser; then it is told to read everything again."""
PING = 20
"""Seconds of silence after which a tab is told that there is nothing new."""
OVER = 4401
"""The code that closes a socket whose session or rights have ended."""


Shared = Callable[[Actor], Awaitable[Sequence[UUID]]]
"""The records shared with somebody, of all kinds."""


@dataclass(frozen=True)
class Told:
    """A change as it is told: the record and the name of the event. `all` and `ping` have none,
    nor has what may be of a record that a condition leaves out.
    """

    kind: str
    id: UUID | None = None
    version: int | None = None
    name: str | None = None

    def json(self) -> str:
        told = {name: value for name, value in vars(self).items() if value is not None}
        return to_json(told).decode()


@dataclass(eq=False)
class Ear:
    """What one listener has not heard yet: the latest of every record."""

    actor: Actor
    shared: frozenset[UUID]
    _waiting: OrderedDict[tuple[str, str], Told] = field(default_factory=OrderedDict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, told: Told) -> None:
        """A later change of the same record replaces one that is still waiting."""
        if len(self._waiting) >= WAITING:
            self.tell_all()
            return
        key = told.kind, str(told.id)
        self._waiting.pop(key, None)
        self._waiting[key] = told
        self._woken.set()

    def tell_all(self) -> None:
        """Everything may have changed: it is to be read again."""
        self._waiting.clear()
        self._waiting["all", ""] = Told("all")
        self._woken.set()

    async def next(self) -> Told:
        while not self._waiting:
            self._woken.clear()
            await self._woken.wait()
        return self._waiting.popitem(last=False)[1]


class Live:
    """Who listens in this process, and for how long they may."""

    def __init__(self, identify: Identify, shared: Shared) -> None:
        self._identify = identify
        self._shared = shared
        self._watch = Watch(identify)
        self._ears: set[Ear] = set()

    async def listen(self, nats: Client) -> None:
        await nats.subscribe("events.*", cb=self._heard)

    async def missed(self) -> None:
        """Nothing was heard for a while: whoever is there reads everything again."""
        for ear in self._ears:
            ear.tell_all()

    async def _heard(self, message: Msg) -> None:
        if not self._ears:
            return
        envelope = Envelope.model_validate_json(message.data)
        told = Told(envelope.kind, envelope.subject_id, envelope.version, envelope.name)
        for ear in self._ears:
            if envelope.kind in TO_ONE:
                if ear.actor.id in envelope.seen.owners:
                    ear.tell(told)
            elif grants := _reaching(ear, envelope):
                whole = any(grant.condition is None for grant in grants)
                ear.tell(told if whole else Told(envelope.kind))

    @asynccontextmanager
    async def hearing(self, actor: Actor) -> AsyncIterator[Ear]:
        ear = Ear(actor, frozenset(await self._shared(actor)) if actor.shared else frozenset())
        self._ears.add(ear)
        SOCKETS.inc()
        try:
            yield ear
        finally:
            self._ears.discard(ear)
            SOCKETS.dec()

    async def caller(self, websocket: WebSocket) -> Caller | None:
        """Who opens a socket, from our own page or with a token; None when nobody may."""
        headers = websocket.headers
        try:
            if "authorization" not in headers:
                same_origin(headers)
            caller = await self._identify.caller(
                headers, "GET", websocket.scope["gausdo.place"], renewing=False
            )
        except Problem:
            return None
        return None if caller is None or caller.half else caller

    async def fresh(self, actor: Actor) -> bool:
        """Whether the rights are still those the actor came with."""
        return await self._identify.sessions.epoch(actor.id) == actor.epoch

    async def serve(self, websocket: WebSocket) -> None:
        """One browser tab, until it goes away or its session or rights end."""
        caller = await self.caller(websocket)
        if caller is None:
            await websocket.close(OVER)
            return
        actor = caller.actor
        if sum(ear.actor.id == actor.id for ear in self._ears) >= TABS:
            await websocket.accept()
            await websocket.close(4429)
            return
        await websocket.accept()
        async with self.hearing(actor) as ear:
            await self.while_allowed(
                websocket, caller, _until_gone(websocket), _write(websocket, ear)
            )

    async def while_allowed(
        self, websocket: WebSocket, caller: Caller, *doing: Coroutine[Any, Any, None]
    ) -> None:
        """Do all of it until one part ends, or until the session or the rights do."""
        ending = asyncio.create_task(self._watch.until_over(caller))
        tasks = [ending, *map(asyncio.create_task, doing)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            over = ending.done()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if over:  # granian sends no close while somebody still reads
            await websocket.close(OVER)


async def _write(websocket: WebSocket, ear: Ear) -> None:
    while True:
        try:
            async with asyncio.timeout(PING):
                told = await ear.next()
        except TimeoutError:
            told = Told("ping")
        await websocket.send_text(told.json())


async def _until_gone(websocket: WebSocket) -> None:
    """Until the browser leaves, or is left because it says too much."""
    said = 0
    with suppress(WebSocketDisconnect):
        while said <= SAID:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            said += len(message.get("text") or message.get("bytes") or "")
        await websocket.close(1009)


def _reaching(ear: Ear, envelope: Envelope) -> list[Grant]:
    """The coarse check: owner and team, before and after, against the reach of `read`."""
    grants = list(ear.actor.granted(Right(OBJECTS.get(envelope.kind, "-"), "read")))
    if envelope.subject_id in ear.shared or ear.actor.id in envelope.seen.owners:
        return grants
    return [grant for grant in grants if _comes_to(ear.actor, grant, envelope)]


def _comes_to(actor: Actor, grant: Grant, envelope: Envelope) -> bool:
    if grant.reach in (Reach.OWN, Reach.ALL):
        return grant.reach is Reach.ALL
    return bool(actor.teams_within(grant.reach) & envelope.seen.teams)
