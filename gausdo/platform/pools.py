"""How many connections to PostgreSQL our processes may want at once; none of them while idle."""

POOL = 3
"""Connections per module and process."""
RESERVE = 20
"""For whoever looks after the database: `psql`, `gausdo doctor`, a backup."""


def of_web(modules: int, processes: int = 1) -> int:
    return processes * modules * POOL


def of_worker(modules: int) -> int:
    """A worker has more: a sequencer for each module, the analytical loader, jobs."""
    return modules * (POOL + 1) + 6


def of_all(modules: int, web_processes: int) -> int:
    """These web processes, one worker, and `RESERVE`: what `max_connections` must leave."""
    return of_web(modules, web_processes) + of_worker(modules) + RESERVE
