"""What is counted. Every metric is declared here, once; `docs/operations.md` lists them.

In a web process values lie in files that all web processes share (PROMETHEUS_MULTIPROC_DIR, made by
`gausdo serve`), and a gauge is summed over those that live. The worker is one process and keeps
them in memory.
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from psycopg_pool import AsyncConnectionPool

from gausdo import __version__

OURS = CollectorRegistry()

REQUESTS = Counter(
    "gausdo_requests", "Requests answered", ["method", "route", "status"], registry=OURS
)
SECONDS = Histogram(
    "gausdo_request_seconds",
    "Time to answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=OURS,
)


def _gauge(name: str, told: str, *labels: str) -> Gauge:
    return Gauge(f"gausdo_{name}", told, labels, multiprocess_mode="livesum", registry=OURS)


IN_FLIGHT = _gauge("requests_in_flight", "Requests being answered now")
SOCKETS = _gauge("live_sockets", "Open tabs that are told of changes")

POOL_SIZE = _gauge("pool_size", "Connections to PostgreSQL a module may have", "module")
POOL_IN_USE = _gauge("pool_in_use", "Connections to PostgreSQL in use", "module")
POOL_WAITING = _gauge("pool_waiting", "Those who wait for a connection now", "module")
POOL_WAITS = Counter(
    "gausdo_pool_waits", "Times somebody had to wait for a connection", ["module"], registry=OURS
)
POOL_REFUSALS = Counter(
    "gausdo_pool_refusals",
    "Times somebody waited for a connection in vain",
    ["module"],
    registry=OURS,
)

EVENTS_WAITING = _gauge(
    "events_waiting", "Events that are committed and not yet published", "module"
)
EVENTS_AGE = _gauge(
    "events_oldest_seconds", "Age of the oldest event that is not yet published", "module"
)
CONSUMER_LAG = _gauge(
    "consumer_lag", "Published events that a consumer has not read yet", "consumer", "source"
)
PARKED = _gauge(
    "events_parked", "Events that could not be applied, with those behind them", "module"
)

WORK_WAITING = _gauge("work_waiting", "Letters, webhook calls and effects to be done", "kind")
WORK_FAILED = _gauge("work_failed", "Those that were given up: dead letters", "kind")
JOBS = _gauge("jobs", "Background jobs: waiting, running, failed", "module", "state")
JOBS_AGE = _gauge("jobs_overdue_seconds", "How long the most overdue job has been due", "module")

ANALYTICS_AGE = _gauge("analytics_lag_seconds", "How old what reports show is", "source")

SERVER_UP = _gauge("server_up", "1 when a server answers the worker", "server")
BEAT = _gauge("worker_beat_timestamp_seconds", "When the worker last measured all of the above")
BUILD = _gauge("build_info", "1 for the version that runs", "version")


def tell_build() -> None:
    """Once per process."""
    BUILD.labels(__version__).set(1)


def measure_pools(pools: Iterable[tuple[str, AsyncConnectionPool]]) -> None:
    """(module, its pool) → metrics. What was counted since the last time is added."""
    for module, pool in pools:
        now = pool.get_stats()
        POOL_SIZE.labels(module).set(pool.max_size)
        POOL_IN_USE.labels(module).set(now.get("pool_size", 0) - now.get("pool_available", 0))
        POOL_WAITING.labels(module).set(now.get("requests_waiting", 0))
        since = pool.pop_stats()
        POOL_WAITS.labels(module).inc(since.get("requests_queued", 0))
        POOL_REFUSALS.labels(module).inc(since.get("requests_errors", 0))
