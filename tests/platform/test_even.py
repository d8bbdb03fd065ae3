"""Processes that share a port: who has more under way than another one sends clients away."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.types import Message, Receive, Scope, Send

from gausdo.platform.http.even import LAPSE, REST, Load, Processes, evenly


class Watch:
    at = 10_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


def loads(watch: Watch, under_way: Sequence[int]) -> list[Load]:
    """Of processes that have so many requests under way, and have had them for long."""
    processes = Processes(len(under_way))
    found = [processes.load(place, watch) for place in range(len(under_way))]
    for load, count in zip(found, under_way, strict=True):
        load.add(count)
    watch.at += 20 * LAPSE
    return found


@pytest.mark.parametrize(
    ("under_way", "too_much"),
    [
        ((1, 0), [False, False]),
        ((2, 0), [True, False]),
        ((4, 4), [False, False]),
        ((5, 4), [False, False]),
        ((5, 3), [True, False]),
        ((1, 7), [False, True]),
        ((3, 4, 6), [False, False, True]),
    ],
)
def test_who_has_two_more_than_another_has_too_much(
    watch: Watch, under_way: Sequence[int], too_much: list[bool]
) -> None:
    assert [load.is_too_much() for load in loads(watch, under_way)] == too_much


def test_a_moment_is_not_a_while(watch: Watch) -> None:
    busy, idle = loads(watch, (0, 0))
    busy.add(5)
    assert not busy.is_too_much()
    watch.at += LAPSE / 5
    assert not busy.is_too_much()
    watch.at += LAPSE
    assert busy.is_too_much()
    busy.add(-5)
    watch.at += 2 * LAPSE
    assert not busy.is_too_much()
    assert not idle.is_too_much()


def test_one_after_another_is_sent_away(watch: Watch) -> None:
    busy, _ = loads(watch, (6, 0))
    assert busy.is_too_much()
    assert not busy.is_too_much()
    watch.at += 1.1 * REST
    assert busy.is_too_much()


def test_a_clock_may_go_back(watch: Watch) -> None:
    busy, idle = loads(watch, (6, 0))
    watch.at -= 3600
    assert not idle.is_too_much()
    busy.add(1)
    watch.at += 20 * LAPSE
    assert busy.is_too_much()


def test_who_starts_again_has_nothing_under_way(watch: Watch) -> None:
    processes = Processes(2)
    processes.load(0, watch).add(9)
    watch.at += 20 * LAPSE
    other = processes.load(1, watch)
    other.add(2)
    watch.at += 20 * LAPSE
    assert not other.is_too_much()
    processes.load(0, watch)
    assert other.is_too_much()


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/broken":
        raise ValueError("broken")
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body"})


def _headers(load: Load, path: str = "/", version: str = "1.1") -> list[tuple[bytes, bytes]]:
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def ask() -> None:
        scope = {"type": "http", "path": path, "http_version": version}
        await evenly(_app, load)(scope, receive, send)

    asyncio.run(ask())
    headers: list[tuple[bytes, bytes]] = told[0]["headers"]
    return headers


def test_a_client_is_told_to_come_again(watch: Watch) -> None:
    busy, idle = loads(watch, (5, 1))
    close = (b"connection", b"close")
    assert close not in _headers(busy, version="2")
    assert _headers(busy) == [(b"content-length", b"0"), close]
    assert close not in _headers(busy)
    assert close not in _headers(idle)


def test_what_has_failed_is_not_under_way(watch: Watch) -> None:
    load, other = loads(watch, (0, 0))
    for _ in range(5):
        with pytest.raises(ValueError, match="broken"):
            _headers(load, "/broken")
    watch.at += 20 * LAPSE
    assert not load.is_too_much()
    assert not other.is_too_much()
