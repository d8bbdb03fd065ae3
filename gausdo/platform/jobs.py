"""Background work: run after the commit, at a time, or again and again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

Work: TypeAlias = Callable[..., Awaitable[None]]
W = TypeVar("W", bound=Work)


@dataclass(frozen=True)
class Task:
    """`run(service, **args)`; with a `cron` it is started at those times, without arguments."""

    name: str
    run: Work
    cron: str | None = None


class Jobs:
    """A module's jobs. `@jobs.task("deliver")` is enqueued as `communications.deliver`.

    A job may run twice (its process was killed before it could say that it was done), so what
    it does twice must be as if done once.
    """

    def __init__(self, module: str) -> None:
        self.module = module
        self.tasks: dict[str, Task] = {}

    def task(self, name: str) -> Callable[[W], W]:
        """Above `async def deliver(service, **args)`."""
        return self._remember(name, None)

    def every(self, cron: str, name: str) -> Callable[[W], W]:
        """Above `async def sweep(service)`: run at the times of a cron line (UTC)."""
        return self._remember(name, cron)

    def _remember(self, name: str, cron: str | None) -> Callable[[W], W]:
        full = f"{self.module}.{name}"
        if full in self.tasks:
            raise ValueError(f"There are two jobs called “{full}”.")

        def remember(work: W) -> W:
            self.tasks[full] = Task(full, work, cron)
            return work

        return remember
