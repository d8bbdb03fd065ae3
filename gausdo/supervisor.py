"""Keeps the parts of an installation running: starts them in order, restarts, stops in order."""

import asyncio
import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from signal import Signals
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from gausdo.platform.embedded.clickhouse import EmbeddedClickHouse
from gausdo.platform.embedded.home import MARK, Home, holder
from gausdo.platform.embedded.nats import EmbeddedNats
from gausdo.platform.embedded.postgres import EmbeddedPostgres
from gausdo.platform.embedded.process import Child, Command, StartError, tail, turn_over
from gausdo.platform.embedded.server import EmbeddedServer, write_private
from gausdo.platform.embedded.valkey import EmbeddedValkey

Tell: TypeAlias = Callable[[str], None]

GLANCE = 0.1  # seconds between looks at a child
FIRST_PAUSE, LONGEST_PAUSE, STEADY = 0.5, 30.0, 60.0
LOOK, QUIET = 2.0, 6.0  # seconds between looks for signs of life, and without any before it is told
HUNG = 60.0  # seconds an embedded server may give no answer
EMBEDDED: tuple[tuple[type[EmbeddedServer], int], ...] = (
    (EmbeddedPostgres, 15432),
    (EmbeddedValkey, 16379),
    (EmbeddedNats, 14222),
    (EmbeddedClickHouse, 18123),
)


@dataclass(frozen=True)
class Part:
    """One process to keep.

    `after` names the parts that must be ready (a `oneshot`: have ended with 0) before it starts,
    and that stop only after it. `prepare` and `ready` run in a thread, `prepare` before each start.
    Without `restart` its end is the end of the whole installation. `mute`, asked in a thread about
    the group of a pid, names the processes that give no sign of life; one that has given none for
    `bear` seconds is killed.
    """

    name: str
    command: Callable[[], Command]
    prepare: Callable[[], None] | None = None
    ready: Callable[[], bool] | None = None
    patience: float = 60.0
    after: tuple[str, ...] = ()
    stop_signal: Signals = signal.SIGTERM
    grace: float = 10.0
    restart: bool = True
    oneshot: bool = False
    port: int | None = None
    mute: Callable[[int], Collection[int]] | None = None
    bear: float = 30.0


@dataclass(frozen=True)
class PartState:
    """What `state.json` tells of a part.

    `state` is waiting, starting, ready, silent (it was ready, but gives no sign of life), done (a
    oneshot), failed or stopped.
    """

    state: str = "waiting"
    pid: int | None = None
    port: int | None = None
    restarts: int = 0
    since: str = ""


@dataclass(frozen=True)
class Embedded:
    """The embedded servers as parts, and the settings that point at them."""

    parts: list[Part] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)


def embedded_parts(
    home: Home, names: Sequence[str], more: Mapping[str, Mapping[str, Any]] | None = None
) -> Embedded:
    """The servers named (`postgres`, `valkey`, `nats`, `clickhouse`) in `home`.

    `more` has, by such a name, what its server is told beyond its place.
    `urls` has `GAUSDO_POSTGRES_URL` (the superuser's), `GAUSDO_VALKEY_URL` and so on, secrets
    included: for the environment of the processes that use them.
    """
    embedded = Embedded()
    for server in embedded_servers(home, names, more):
        embedded.parts.append(_part(server))
        embedded.urls[f"GAUSDO_{server.name.upper()}_URL"] = server.url
    return embedded


def embedded_servers(
    home: Home, names: Sequence[str], more: Mapping[str, Mapping[str, Any]] | None = None
) -> list[EmbeddedServer]:
    """The same as servers, none of them started."""
    return [
        kind(
            home.folder / kind.name,
            home.port(kind.name, preferred),
            secret=home.secret_file(kind.name),
            **(more or {}).get(kind.name, {}),
        )
        for kind, preferred in EMBEDDED
        if kind.name in names
    ]


def _part(server: EmbeddedServer) -> Part:
    return Part(
        name=server.name,
        command=server.command,
        prepare=server.prepare,
        ready=server.ready,
        patience=server.patience,
        mute=lambda pid: () if server.lives() else (pid,),
        bear=HUNG,
        stop_signal=server.stop_signal,
        grace=server.grace,
        port=server.port,
    )


def answers_http(url: str) -> Callable[[], bool]:
    """Ready when a GET of `http://host:port/path` is answered with 200."""
    where = urlsplit(url)

    def ready() -> bool:
        connection = http.client.HTTPConnection(where.netloc, timeout=2)
        try:
            connection.request("GET", where.path or "/")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ready


class Supervisor:
    """Runs `parts` in a claimed `home` until SIGINT or SIGTERM, or until one fails for good.

    `tell` gets a line for a person at every step; `on_ready` is called once all parts are ready.
    """

    def __init__(
        self,
        home: Home,
        parts: Sequence[Part],
        tell: Tell = print,
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._home, self._tell, self._on_ready = home, tell, on_ready
        self._parts = {part.name: part for part in parts}
        _check(parts)
        self._states = {part.name: PartState(port=part.port) for part in parts}
        self._children: dict[str, Child] = {}

    def run(self) -> None:
        """Block until stopped. Call it on the main thread: children are tied to it.

        Raises `StartError` when a part does not start, or ends and may not be restarted; all
        others are stopped by then.
        """
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._ready = {name: asyncio.Event() for name in self._parts}
        self._stopped = {name: asyncio.Event() for name in self._parts}
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._asked_to_stop, asked)
        tending = [loop.create_task(self._tend(part)) for part in self._parts.values()]
        others = [loop.create_task(asked.wait()), loop.create_task(self._watch())]
        try:
            await _until(others[0], {*tending, others[1]})
        finally:
            for task in (*tending, *others):
                task.cancel()
            await asyncio.gather(*tending, *others, return_exceptions=True)
            await asyncio.gather(*(self._stop(part) for part in self._parts.values()))

    def _asked_to_stop(self, asked: asyncio.Event) -> None:
        """A second request does not wait any more."""
        if asked.is_set():
            for child in self._children.values():
                child.kill_group()
        asked.set()

    async def _watch(self) -> None:
        for event in self._ready.values():
            await event.wait()
        self._on_ready()
        while True:
            for name in self._parts:
                await asyncio.to_thread(turn_over, self._home.log(name))
            await asyncio.sleep(STEADY)

    async def _tend(self, part: Part) -> None:
        """Keep one part: start it, and again whenever it ends."""
        for name in part.after:
            await self._ready[name].wait()
        pause, restarts = FIRST_PAUSE, 0
        while True:
            begun = time.monotonic()
            try:
                child = await self._start(part, restarts)
                code = await self._ended(part, child)
                if part.oneshot and code == 0:
                    self._note(part.name, state="done", pid=None)
                    self._ready[part.name].set()
                    return
                failure = _failure(part, child)
            except StartError as refusal:
                failure = refusal
            self._note(part.name, state="failed", pid=None)
            if part.oneshot or not part.restart or not self._ready[part.name].is_set():
                raise failure
            if time.monotonic() - begun > STEADY:
                pause = FIRST_PAUSE
            self._tell(f"{str(failure).splitlines()[0]}; again in {pause:g} s")
            await asyncio.sleep(pause)
            pause, restarts = min(pause * 2, LONGEST_PAUSE), restarts + 1

    async def _start(self, part: Part, restarts: int) -> Child:
        begun = time.monotonic()
        self._note(part.name, state="starting", pid=None, restarts=restarts)
        self._tell(f"{part.name}: running" if part.oneshot else f"{part.name}: starting")
        try:
            if part.prepare:
                await asyncio.to_thread(part.prepare)
            told = part.command()
            command = replace(told, env={**told.env, MARK: str(self._home.folder)})
            child = Child(command, self._home.log(part.name))
            self._children[part.name] = child
        except OSError as refusal:
            raise StartError(f"{part.name} did not start: {refusal}") from refusal
        self._note(part.name, state="starting", pid=child.pid)
        if part.oneshot:
            return child
        while part.ready and not await asyncio.to_thread(part.ready):
            if child.code is not None:
                raise _failure(part, child)
            if time.monotonic() - begun > part.patience:
                child.kill_group()
                raise StartError(
                    f"{part.name} was not ready in {part.patience:g} s\n{tail(child.log)}"
                )
            await asyncio.sleep(GLANCE / 4)
        at = f" on port {part.port}" if part.port else ""
        self._tell(f"{part.name}: ready{at} after {time.monotonic() - begun:.1f} s")
        self._note(part.name, state="ready")
        self._ready[part.name].set()
        return child

    async def _ended(self, part: Part, child: Child) -> int:
        """Wait for a child's end, and bring it about when it hangs. Answers its exit code."""
        listening = asyncio.create_task(self._listen(part, child))
        try:
            while (code := child.code) is None:  # noqa: ASYNC110 - a child is no event
                await asyncio.sleep(GLANCE)
            return code
        finally:
            listening.cancel()

    async def _listen(self, part: Part, child: Child) -> None:
        """Tell of processes that give no sign of life, and kill them when that lasts.

        Only what was waited here counts: after a pause of the whole machine nobody is late.
        """
        silent: dict[int, float] = {}
        while part.mute:
            begun = time.monotonic()
            await asyncio.sleep(LOOK)
            mute = await asyncio.to_thread(part.mute, child.pid)
            passed = min(time.monotonic() - begun, 2 * LOOK)
            silent = {pid: silent.get(pid, 0.0) + passed for pid in mute}
            state = "silent" if max(silent.values(), default=0.0) >= QUIET else "ready"
            if self._states[part.name].state != state:
                self._note(part.name, state=state)
            for pid, seconds in silent.items():
                if seconds >= part.bear:
                    self._tell(f"{part.name}: process {pid} has hung for {seconds:.0f} s; ended")
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

    async def _stop(self, part: Part) -> None:
        """Stop a part once everything that was started after it has stopped."""
        for other in self._parts.values():
            if part.name in other.after:
                await self._stopped[other.name].wait()
        child = self._children.get(part.name)
        if child and child.code is None:
            self._tell(f"{part.name}: stopping")
            await asyncio.to_thread(child.stop, part.stop_signal, part.grace)
        if self._states[part.name].state != "failed":
            self._note(part.name, state="stopped", pid=None)
        self._stopped[part.name].set()

    def _note(self, name: str, **changes: Any) -> None:
        """Tell `state.json`, for `gausdo doctor`."""
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self._states[name] = replace(self._states[name], since=since, **changes)
        parts = {name: asdict(state) for name, state in self._states.items()}
        state = {"pid": os.getpid(), "parts": parts}
        write_private(self._home.state_file, json.dumps(state, indent=1))


async def _until(asked: "asyncio.Task[Any]", others: set["asyncio.Task[Any]"]) -> None:
    """Wait until asked to stop, or until one of the others fails; their success is no reason."""
    waiting = {asked, *others}
    while not asked.done():
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


def _failure(part: Part, child: Child) -> StartError:
    return StartError(f"{part.name} ended with code {child.code}\n{tail(child.log)}")


def _check(parts: Sequence[Part]) -> None:
    """Names are unique, and a part comes after parts before it in the list: no circles."""
    known: set[str] = set()
    for part in parts:
        if part.name in known:
            raise ValueError(f"two parts are called {part.name}")
        if unknown := set(part.after) - known:
            raise ValueError(f"{part.name} comes after unknown {', '.join(sorted(unknown))}")
        known.add(part.name)


def parts_of(folder: Path) -> dict[str, PartState]:
    """What runs in a data folder now; nothing when no supervisor has it."""
    if holder(folder) is None:
        return {}
    with suppress(OSError, ValueError):
        told = json.loads((folder / "run" / "state.json").read_text())
        return {name: PartState(**state) for name, state in told["parts"].items()}
    return {}
