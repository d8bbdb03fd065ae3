"""A load, run by the client's process, and what it cost the server."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from tests.bench.client import Ask, Load, Measured
from tests.bench.stack import APP, DATABASE

Steps = list[list[Ask]]
Cpu = Callable[[], Mapping[str, float]]


@dataclass(frozen=True)
class Result:
    """Milliseconds of a step; CPU in milliseconds of one request, of the server's processes."""

    median: float
    p95: float
    p99: float
    per_second: float
    requests: int
    kilobytes: float
    app_cpu: float
    db_cpu: float
    other_cpu: float

    @property
    def cpu(self) -> float:
        return self.app_cpu + self.db_cpu + self.other_cpu


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which `part` of them lie."""
    ordered = sorted(values)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


def measured(
    port: int, cookies: Sequence[str], steps: Sequence[Steps], seconds: float, cpu: Cpu
) -> Result:
    """`steps` of each user. Raises RuntimeError when anything was answered with a refusal."""
    plain = [[[asdict(ask) for ask in step] for step in user] for user in steps]
    load = Load("127.0.0.1", port, seconds, [*cookies], plain, warm=min(2.0, seconds / 2))
    before: Mapping[str, float] = {}
    line = ""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.client"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as client:  # fmt: skip
        assert client.stdin is not None
        assert client.stdout is not None
        json.dump(asdict(load), client.stdin)
        client.stdin.close()
        for line in client.stdout:
            if line == "begin\n":
                before = cpu()
        after = cpu()
    if client.returncode != 0:
        raise RuntimeError("the client has failed")
    told = Measured(**json.loads(line))
    if told.failed:
        raise RuntimeError("not answered as it should be:\n" + "\n".join(told.failed[:3]))
    return _result(told, of_each(before, after, told.requests))


def of_each(
    before: Mapping[str, float], after: Mapping[str, float], count: int
) -> dict[str, float]:
    """Milliseconds of CPU of one of `count`: of our own processes, PostgreSQL, everything else."""

    def each(names: Iterable[str]) -> float:
        return 1000 * sum(after[name] - before.get(name, 0) for name in names) / count

    return {
        "app_cpu": each(APP),
        "db_cpu": each(DATABASE),
        "other_cpu": each(name for name in after if name not in {*APP, *DATABASE}),
    }


def _result(told: Measured, cpu: Mapping[str, float]) -> Result:
    return Result(
        median=statistics.median(told.took),
        p95=quantile(told.took, 0.95),
        p99=quantile(told.took, 0.99),
        per_second=told.requests / told.seconds,
        requests=told.requests,
        kilobytes=told.bytes / told.requests / 1024,
        **cpu,
    )
