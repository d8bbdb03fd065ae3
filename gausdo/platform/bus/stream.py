"""A module's stream: `EVENTS_sales` in JetStream, with its events in the order of their `pos`.

In a stream a position is at most one above the highest before it: the sequencer publishes them in
order and goes back only to publish some again. So whoever reads on from a message at or below its
own position meets the next one, or learns that it is missing.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    Header,
    RawStreamMsg,
    StorageType,
    StreamConfig,
)
from nats.js.errors import APIError, NotFoundError
from pydantic_core import from_json, to_json

KEEP = 14 * 24 * 3600.0
"""Seconds an event stays in the stream."""
BATCH = 500
HEARTBEAT = 2.0
"""Seconds between signs of life; after two without one the reader is opened anew."""
EXPIRES = 30.0
GONE_QUIET = ("404", "408")  # nothing there, or the request has run out: ask again


def stream_of(module: str) -> str:
    return f"EVENTS_{module}"


def subject_of(module: str) -> str:
    return f"events.{module}"


def republish_of(module: str) -> str:
    """The subject on which `{"from": pos}` asks a sequencer to publish again."""
    return f"republish.{module}"


async def connect(
    url: str, name: str = "gausdo", back: Callable[[], Awaitable[None]] | None = None
) -> Client:
    """A connection that comes back for ever; while nobody answers at first, this waits as well.

    `back` is called whenever it has come back: what was said meanwhile has not been heard.
    """

    async def quiet(_: Exception) -> None:
        """Whoever uses the connection notices and says what it means."""

    return await nats.connect(
        url,
        name=name,
        error_cb=quiet,
        reconnected_cb=back,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        connect_timeout=5,
    )


class Entry(NamedTuple):
    """Where the stream holds a position."""

    seq: int
    pos: int


async def ensure(js: JetStreamContext, module: str, replicas: int = 1) -> None:
    """Make the stream unless it is there; one that is there stays as it is."""
    try:
        await js.stream_info(stream_of(module))
    except NotFoundError:
        await js.add_stream(
            StreamConfig(
                name=stream_of(module),
                subjects=[subject_of(module)],
                storage=StorageType.FILE,
                discard=DiscardPolicy.OLD,
                max_age=KEEP,
                duplicate_window=120.0,
                num_replicas=replicas,
            )
        )


async def forget(js: JetStreamContext, module: str) -> None:
    """Drop the stream: what it held was of another database. Its sequencer makes it anew."""
    with suppress(NotFoundError):
        await js.delete_stream(stream_of(module))


async def last_entry(js: JetStreamContext, module: str) -> Entry:
    """The end of the stream; `pos` is 0 when it is empty. Raises NotFoundError without stream."""
    state = (await js.stream_info(stream_of(module))).state
    if not state.messages:
        return Entry(state.last_seq, 0)
    message = await js.get_last_msg(stream_of(module), subject_of(module))
    return Entry(message.seq or 0, _pos(message))


async def start_after(js: JetStreamContext, module: str, pos: int, seq: int) -> int:
    """The sequence to read from so that nothing after `pos` is missed.

    `seq` is where `pos` was last seen; in a stream that was made anew it is elsewhere.
    """
    state = (await js.stream_info(stream_of(module))).state
    if not pos or not state.messages:
        return max(1, state.first_seq)
    first = await _pos_at(js, module, state.first_seq)
    for guess in (seq, state.first_seq + pos - (first or 0)):
        if state.first_seq <= guess <= state.last_seq and await _pos_at(js, module, guess) == pos:
            return guess + 1
    return max(1, state.first_seq)


async def _pos_at(js: JetStreamContext, module: str, seq: int) -> int | None:
    try:
        return _pos(await js.get_msg(stream_of(module), seq))
    except NotFoundError:
        return None


def _pos(message: RawStreamMsg) -> int:
    return int(from_json(message.data or b"")["pos"])


def _seq(reply: str) -> int:
    """The place in the stream, from a message's reply subject (ADR-15 of NATS, both forms)."""
    tokens = reply.split(".")
    return int(tokens[5] if len(tokens) == 9 else tokens[7])  # noqa: PLR2004


class Arrived(NamedTuple):
    seq: int
    data: bytes


class StreamLostError(ConnectionError):
    """The reader, or its stream, is gone; open another."""


class Reader:
    """Messages as they come, through a pull consumer that keeps nothing on the server."""

    def __init__(self, client: Client, request_to: str, inbox: str) -> None:
        self._client = client
        self._request_to = request_to
        self._inbox = inbox
        self._here: deque[Arrived] = deque()
        self._asked = 0
        self._came = asyncio.Event()
        self._heard = time.monotonic()
        self._lost: str | None = None

    async def arrive(self, message: Msg) -> None:
        self._heard = time.monotonic()
        status = message.headers.get(Header.STATUS.value) if message.headers else None
        if status is None:
            self._here.append(Arrived(_seq(message.reply), message.data))
            self._asked -= 1
        elif status in GONE_QUIET:
            self._asked = 0
        elif status != "100":
            self._lost = (message.headers or {}).get(Header.DESCRIPTION.value) or status
        self._came.set()

    async def next(self, limit: int, seconds: float) -> list[Arrived]:
        """What is here, at most `limit`; none when nothing comes in `seconds`.

        Raises StreamLostError.
        """
        deadline = time.monotonic() + seconds
        while not self._here:
            if self._lost:
                raise StreamLostError(f"NATS says: {self._lost}")
            if time.monotonic() - self._heard > HEARTBEAT * 2:
                raise StreamLostError("NATS gives no sign of life")
            left = deadline - time.monotonic()
            if left <= 0:
                return []
            await self._ask()
            self._came.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, HEARTBEAT)):
                    await self._came.wait()
        return [self._here.popleft() for _ in range(min(limit, len(self._here)))]

    async def _ask(self) -> None:
        """Have some messages on their way."""
        if self._asked <= 0:
            self._asked = BATCH
            request = {
                "batch": BATCH,
                "expires": int(EXPIRES * 1e9),
                "idle_heartbeat": int(HEARTBEAT * 1e9),
            }
            await self._client.publish(self._request_to, to_json(request), reply=self._inbox)


@asynccontextmanager
async def reading(client: Client, module: str, start: int) -> AsyncIterator[Reader]:
    """Read a module's stream from sequence `start`."""
    js = client.jetstream()
    stream = stream_of(module)
    consumer = await js.add_consumer(
        stream,
        ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=start,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=60.0,
            mem_storage=True,
        ),
    )
    inbox = client.new_inbox()
    reader = Reader(client, f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer.name}", inbox)
    subscription = await client.subscribe(inbox, cb=reader.arrive)
    try:
        yield reader
    finally:
        with suppress(nats.errors.Error):
            await subscription.unsubscribe()
        with suppress(nats.errors.Error, APIError):
            await js.delete_consumer(stream, consumer.name)
