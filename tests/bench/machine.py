"""What the machine can do: `pgbench` on the PostgreSQL that Gausdo uses, for comparison."""

import re
import subprocess

import psycopg

from gausdo.platform.db import migrate as database
from gausdo.platform.embedded.postgres import binaries
from tests.bench.report import Line
from tests.bench.stack import Stack

NAME = "pgbench"
SCALE = 10
"""A million accounts."""
LOADS = {"reads of a row": ("-S",), "transactions (TPC-B)": ()}
_TOLD = re.compile(r"latency average = ([\d.]+) ms.*?tps = ([\d.]+)", re.DOTALL)


def pgbench(stack: Stack, clients: int, seconds: float, scale: int = SCALE) -> list[Line]:
    """In a database of its own, which is dropped at the end."""
    admin = stack.settings.postgres_url.get_secret_value()
    dsn = database.dsn_of(admin, database=NAME)
    with psycopg.connect(admin, autocommit=True) as db:
        db.execute(f"drop database if exists {NAME}".encode())
        db.execute(f"create database {NAME}".encode())
        try:
            _run(dsn, "-i", "-q", f"-s{scale}")
            return [_line(name, dsn, clients, seconds, *how) for name, how in LOADS.items()]
        finally:
            db.execute(f"drop database {NAME} with (force)".encode())


def _line(name: str, dsn: str, clients: int, seconds: float, *how: str) -> Line:
    told = _run(dsn, "-n", *how, f"-c{clients}", "-j2", f"-T{max(round(seconds), 1)}")
    found = _TOLD.search(told)
    if found is None:
        raise RuntimeError(f"pgbench has said nothing of its pace:\n{told}")
    average, pace = map(float, found.groups())
    detail = {"average": average, "per_second": pace}
    return Line(f"pgbench: {name}", pace, None, "/s", True, detail)


def _run(dsn: str, *words: str) -> str:
    run = subprocess.run(
        [str(binaries(None) / "pgbench"), *words, dsn], capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RuntimeError(f"pgbench has failed:\n{run.stderr}")
    return run.stdout
