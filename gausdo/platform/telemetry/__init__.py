"""What the processes tell of themselves: logs, traces and metrics, joined by the trace id.

`logs.configure` and `traces.keep` are called once per process; `metrics` declares what is counted,
`exposition` is how Prometheus reads it.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gausdo.settings import Settings

SHARED = "PROMETHEUS_MULTIPROC_DIR"


def configure(settings: Settings, service: str) -> None:
    """Once per process: `service` is its name in logs and traces (web, worker, …)."""
    # The supervisor asks for a name only, and everything waits until it has loaded itself.
    from gausdo.platform.telemetry import logs, traces  # noqa: PLC0415

    if settings.otlp_endpoint:
        traces.keep(settings.otlp_endpoint, service, settings.trace_share)
    logs.configure(settings, service)


@contextmanager
def shared(told: str | None) -> Iterator[Path]:
    """An empty folder in which the processes of one `gausdo serve` or `work` keep what they count.

    It is the one that is told, or one for the time being. The variable `SHARED` has to name it, and
    one before the first metric is imported: `prometheus_client` looks only then whether what
    is counted is kept in files. Where the files are it looks in each process anew.
    """
    folder = emptied(Path(told or tempfile.mkdtemp(prefix="gausdo-metrics-")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder
