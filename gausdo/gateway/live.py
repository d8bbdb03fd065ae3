"""Live updates: what has changed, by id, to those who may see it.

Every web process hears the events as they are published (a core NATS subscription on the streams'
subjects), checks each open socket's rights coarsely in memory, and tells kind, id and version.
The browser then reads `?ids=` and drops what it no longer gets: the query is the check.
"""

import asyncio
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field

from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic_core import to_json
from starlette.websockets import WebSocket, WebSocketDisconnect

from gausdo.gateway.identify import Identify, cookie, same_origin
from gausdo.kernel.actor import Actor, Reach, Right
from gausdo.kernel.errors import Problem
from gausdo.kernel.events import Envelope

OBJECTS = {
    "deal": "sales.deal",
    "pipeline": "sales.deal",
    "company": "customers.company",
    "person": "customers.person",
    "task": "activities.task",
    "note": "activities.note",
    "letter": "communications.letter",
    "rule": "automation.rule",
    "user": "identity.user",
}
"""The object whose `read` right guards each kind of record."""
WAITING = 200
"""Messages kept for a slow browser; then it is told to read everything again."""
CHECKED = 20
"""Seconds between looks at whether the session still lives and the rights are the same."""


@dataclass(eq=False)
class _Socket:
    actor: Actor
    waiting: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, kind: str, id: str, message: str) -> None:
        """A later change of the same record replaces one that is still waiting."""
        if len(self.waiting) >= WAITING:
            self.waiting.clear()
            kind, id, message = "all", "", '{"kind":"all"}'
        self.waiting.pop((kind, id), None)
        self.waiting[kind, id] = message
        self.woken.set()


class Live:
    """The open sockets of this process."""

    def __init__(self, identify: Identify) -> None:
        self._identify = identify
        self._sockets: set[_Socket] = set()

    async def listen(self, nats: Client) -> None:
        await nats.subscribe("events.*", cb=self._heard)

    async def _heard(self, message: Msg) -> None:
        envelope = Envelope.model_validate_json(message.data)
        told = to_json(
            {
                "kind": envelope.kind,
                "id": str(envelope.subject_id),
                "version": envelope.version,
                "name": envelope.name,
            }
        ).decode()
        for socket in self._sockets:
            if may_see(socket.actor, envelope):
                socket.tell(envelope.kind, str(envelope.subject_id), told)

    async def serve(self, websocket: WebSocket) -> None:
        """One browser tab, until it goes away or its session or rights end."""
        headers = websocket.headers
        try:
            same_origin(headers)
            actor = await self._identify.actor(headers, "GET", websocket.scope["gausdo.address"])
        except Problem:
            actor = None
        if actor is None:
            await websocket.close(4401)
            return
        await websocket.accept()
        socket = _Socket(actor)
        self._sockets.add(socket)
        reading = asyncio.create_task(_until_gone(websocket))
        writing = asyncio.create_task(self._write(websocket, socket))
        try:
            await asyncio.wait((reading, writing), return_when=asyncio.FIRST_COMPLETED)
            over = not reading.done()
        finally:
            self._sockets.discard(socket)
            for task in (reading, writing):
                task.cancel()
            await asyncio.gather(reading, writing, return_exceptions=True)
        if over:  # granian sends no close while somebody still reads
            await websocket.close(4401)

    async def _write(self, websocket: WebSocket, socket: _Socket) -> None:
        """Until the session or the rights end."""
        loop = asyncio.get_running_loop()
        next_check = loop.time() + CHECKED
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_check):
                    await socket.woken.wait()
            socket.woken.clear()
            while socket.waiting:
                await websocket.send_text(socket.waiting.popitem(last=False)[1])
            if loop.time() >= next_check:
                if not await self._lives(websocket, socket):
                    return
                await websocket.send_text('{"kind":"ping"}')
                next_check = loop.time() + CHECKED

    async def _lives(self, websocket: WebSocket, socket: _Socket) -> bool:
        token = cookie(websocket.headers)
        try:
            visit = await self._identify.sessions.touch(token) if token else None
        except Problem:
            return True  # Valkey is away for a moment; the next request will know
        return visit is not None and visit.epoch == socket.actor.epoch


async def _until_gone(websocket: WebSocket) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.receive()


def may_see(actor: Actor, envelope: Envelope) -> bool:
    """The coarse check: owner and team, before and after, against the reach of `read`."""
    for grant in actor.granted(Right(OBJECTS.get(envelope.kind, "-"), "read")):
        if grant.reach is Reach.ALL or actor.id in envelope.seen.owners:
            return True
        if grant.reach is not Reach.OWN and actor.teams_within(grant.reach) & envelope.seen.teams:
            return True
    return False
