"""How Prometheus reads the metrics: of all web processes at once, and of a worker."""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from wsgiref.simple_server import WSGIServer

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.exposition import start_http_server
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gausdo.platform.embedded.process import began
from gausdo.platform.telemetry.metrics import OURS

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def of_all(folder: Path) -> ASGIApp:
    """`/metrics` of all web processes that keep what they count in `folder`."""

    async def metrics(scope: Scope, receive: Receive, send: Send) -> None:
        told = await asyncio.to_thread(_read, folder)
        await Response(told, media_type=CONTENT_TYPE_LATEST)(scope, receive, send)

    return metrics


def _read(folder: Path) -> bytes:
    pids = _living(folder)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    registry.register(Processes(pids))
    return generate_latest(registry)


def _living(folder: Path) -> list[int]:
    """The processes whose files are in `folder`. What the gauges of dead ones say is removed:

    their requests are not in flight, their sockets not open. What they have counted stays.
    """
    living = set()
    for file in folder.glob("*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if _wrote(pid, file):
            living.add(pid)
        elif file.name.startswith("gauge_live"):
            file.unlink(missing_ok=True)
    return sorted(living)


def _wrote(pid: int, file: Path) -> bool:
    """Whether the process with this pid made the file, and not a later one of the same number."""
    ticks = began(pid)
    if ticks is None:
        return False
    up = float(Path("/proc/uptime").read_text().split()[0])
    return time.time() - up + ticks / _TICKS <= file.stat().st_mtime + 1


class Processes(Collector):
    """Memory and CPU of processes, read when asked for (proc(5))."""

    def __init__(self, pids: list[int]) -> None:
        self._pids = pids

    def collect(self) -> Iterator[Metric]:
        memory = GaugeMetricFamily(
            "gausdo_process_resident_bytes", "Memory of a process", labels=["pid"]
        )
        cpu = CounterMetricFamily(
            "gausdo_process_cpu_seconds", "CPU time of a process", labels=["pid"]
        )
        for pid in self._pids:
            with suppress(OSError):
                after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                memory.add_metric([str(pid)], int(after_name[21]) * _PAGE)
                cpu.add_metric([str(pid)], (int(after_name[11]) + int(after_name[12])) / _TICKS)
        yield memory
        yield cpu


@contextmanager
def answering(host: str, port: int) -> Iterator[int]:
    """The metrics of this one process over HTTP at `/metrics`, from a thread of its own.

    So a process whose loop hangs still answers, and shows an old beat. Answers the port; 0 takes
    a free one. Raises OSError when it is taken.
    """
    registry = CollectorRegistry()
    registry.register(OURS)
    registry.register(Processes([os.getpid()]))
    server: WSGIServer
    thread: threading.Thread
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as refusal:
        raise OSError(
            f"metrics cannot be answered on {host}:{port} ({refusal.strerror}). "
            "Tell GAUSDO_METRICS_PORT another one."
        ) from refusal
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
