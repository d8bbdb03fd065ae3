"""A process that has loaded a program, and forks for whoever asks: what it forks starts at once and
shares the memory of what is loaded.

Run as `python -m gausdo.platform.embedded.forge DATA MODULE…`, standard input a socket of `Forge`.
Nothing that it loads may have begun a thread: a fork has the one that forks, and no other.
"""

import ctypes
import importlib
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedWriter
from pathlib import Path
from typing import Any

from gausdo.platform.collector import rest, settle
from gausdo.platform.embedded.launch import PR_SET_PDEATHSIG
from gausdo.platform.embedded.process import Command, Process
from gausdo.platform.embedded.pulse import BEAT, sign

PR_SET_NAME = 15
LARGEST = 1 << 17
"""Bytes of what a fork is told, its environment included."""
_LOADED = b"loaded"
_NUMBER = 8
"""Bytes of a pid or an exit code on their way."""


class Forge:
    """Whoever asks for forks. `command` is what runs it, anew after its end; `does` (`module:name`)
    is called in a fork, which finds its command line in `sys.argv`.
    """

    def __init__(
        self, does: str, modules: Sequence[str], data: Path, env: Mapping[str, str]
    ) -> None:
        self._does, self._modules, self._data, self._env = does, modules, data, env
        self._wire: socket.socket | None = None
        self._is_loaded = False

    def command(self) -> Command:
        self.close()
        self._wire, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._is_loaded = False
        argv = [sys.executable, "-m", __name__, str(self._data), *self._modules]
        return Command(argv, env=self._env, stdin=theirs)

    def close(self) -> None:
        """Ask for no more forks; it ends then."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def loaded(self) -> bool:
        """Whether it can fork."""
        if not self._is_loaded and self._wire is not None:
            with suppress(BlockingIOError):
                self._is_loaded = self._wire.recv(LARGEST, socket.MSG_DONTWAIT) == _LOADED
        return self._is_loaded

    def fork(self, argv: Sequence[str], env: Mapping[str, str], *, nice: int = 0) -> "Forked":
        """The command line as a fork; `env` is added to our own, as that of any `Command`."""
        return Forked(argv, env=env, nice=nice, forge=self)

    def start(self, command: Command, output: BufferedWriter) -> Process:
        """Raises OSError when it does not run, or has not loaded yet."""
        if self._wire is None or not self.loaded():
            raise OSError("what it is forked from has not been loaded")
        told = {
            "does": self._does,
            "argv": [*command.argv],
            "env": command.environment(),
            "cwd": str(command.cwd),
            "death": int(command.death),
            "nice": command.nice,
        }
        ours, theirs = os.pipe()
        try:
            message = json.dumps(told).encode()
            socket.send_fds(self._wire, [message], [output.fileno(), theirs])
        finally:
            os.close(theirs)
        return _Process(ours)


@dataclass(frozen=True)
class Forked(Command):
    """A command that is no program of its own, but a fork of the `forge`."""

    forge: Forge = field(kw_only=True)

    def start(self, output: BufferedWriter) -> Process:
        return self.forge.start(self, output)


class _Process:
    """A fork, told of by the forge through a pipe: its pid, and its exit code when it has ended.

    When the forge ends, it ends as well (`Command.death`), and nobody can tell its code.
    """

    def __init__(self, told: int) -> None:
        self._told = told
        self._code: int | None = None
        try:
            self.pid = self._read()
        except EOFError:
            raise OSError("what it is forked from has ended") from None

    def poll(self) -> int | None:
        if self._code is None and select.select([self._told], [], [], 0)[0]:
            try:
                self._code = self._read()
            except EOFError:
                self._code = -signal.SIGKILL
            os.close(self._told)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        if self._code is None and not select.select([self._told], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _read(self) -> int:
        if not (told := os.read(self._told, _NUMBER)):
            raise EOFError
        return int.from_bytes(told, "big", signed=True)


def _tell(pipe: int, number: int) -> None:
    with suppress(BrokenPipeError):
        os.write(pipe, number.to_bytes(_NUMBER, "big", signed=True))


def main() -> None:
    wire = socket.socket(fileno=0)
    rest()
    for module in sys.argv[2:]:
        importlib.import_module(module)
    settle()
    wire.send(_LOADED)
    if (asked := _forking(wire, Path(sys.argv[1]))) is not None:
        _become(**asked)()


def _forking(wire: socket.socket, data: Path) -> dict[str, Any] | None:
    """Fork for whoever asks, and tell them how each fork has ended, until nobody asks any more:
    then None. In a fork: what it is to be. Gives signs of life in `data`.
    """
    forge = os.getpid()
    with selectors.DefaultSelector() as heard:
        heard.register(wire, selectors.EVENT_READ)
        while True:
            sign(data)
            for key, _ in heard.select(BEAT):
                if key.fileobj is wire:
                    told, handed, _, _ = socket.recv_fds(wire, LARGEST, 2)
                    if not told:
                        return None
                    output, pipe = handed
                    if not (pid := os.fork()):
                        _let_go(heard, wire)
                        os.close(pipe)
                        return {**json.loads(told), "output": output, "forge": forge}
                    os.close(output)
                    _tell(pipe, pid)
                    heard.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, pipe))
                else:
                    pid, pipe = key.data
                    _tell(pipe, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                    heard.unregister(key.fileobj)
                    os.close(key.fd)
                    os.close(pipe)


def _let_go(heard: selectors.BaseSelector, wire: socket.socket) -> None:
    """Of what is the forge's own: a pipe that a fork held would hide that the forge has ended."""
    for key in heard.get_map().values():
        if key.data is not None:
            os.close(key.fd)
            os.close(key.data[1])
    heard.close()
    wire.close()


def _become(
    does: str, argv: list[str], env: dict[str, str], cwd: str, death: int, nice: int, output: int,
    forge: int,
) -> Callable[[], object]:  # fmt: skip
    """As `launch.become`: what is to be called then, so that its end is that of the process."""
    os.setpgid(0, 0)
    os.nice(nice)
    system = ctypes.CDLL(None)
    system.prctl(PR_SET_PDEATHSIG, death)
    if os.getppid() != forge:
        sys.exit("the process that started this one is gone")
    system.prctl(PR_SET_NAME, " ".join(argv[:2]).encode())
    assert os.open(os.devnull, os.O_RDONLY) == 0
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = argv
    module, _, name = does.partition(":")
    does_it: Callable[[], object] = getattr(importlib.import_module(module), name)
    return does_it


if __name__ == "__main__":
    main()
