"""The web server: a keeper of processes that share a port."""

import os
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

from granian.server import MPServer

from gausdo.platform.embedded.process import end_when_asked


class SignalEvent(Event):
    """An event that handlers of signals may set, whatever the thread they interrupt is doing.

    `threading.Event` takes a lock to be set: who is interrupted while it sets one, and by a handler
    that sets it as well, waits for itself for ever. `SimpleQueue.put` may be entered again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: SimpleQueue[None] = SimpleQueue()

    def is_set(self) -> bool:
        return not self._told.empty()

    def set(self) -> None:
        self._told.put(None)

    def clear(self) -> None:
        with suppress(Empty):
            while True:
                self._told.get_nowait()

    def wait(self, timeout: float | None = None) -> bool:
        try:
            self._told.put(self._told.get(timeout=timeout))
        except Empty:
            return False
        return True


class WebServer(MPServer):
    """granian with processes as workers; it ends whenever it is asked to, and however often.

    Two signals come when a process of several threads dies that has started it: the kernel hands
    its children from thread to thread, and tells them each time. A fork that is not yet a worker
    would take a signal for the keeper's, and not end; and a worker that is asked to end while it
    starts may not hear it, so workers that stay are killed after ten seconds.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **{"workers_kill_timeout": 10, **named})
        self.main_loop_interrupt = SignalEvent()
        os.register_at_fork(after_in_child=end_when_asked)
