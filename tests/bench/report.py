"""What was measured, beside its budget: a table to read and a file to compare."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.measure import Result

GROWTH = 1.3
"""What a request may cost at the full set, of what it costs at a tenth."""


@dataclass(frozen=True)
class Line:
    """One budget. `value` is what it is about, in `unit`; met when it is on the right side."""

    name: str
    value: float
    budget: float | None
    unit: str
    at_least: bool = False
    detail: dict[str, Any] = field(default_factory=dict)
    reference: float | None = None
    """The same measure of what it is compared with."""
    beyond: bool = False
    """The least a server can do misses the budget as well: the machine is too slow for it."""

    @property
    def met(self) -> bool | None:
        if self.budget is None:
            return None
        return self.value >= self.budget if self.at_least else self.value < self.budget


PART = 0.5
"""Of the reference's pace, at least."""


def part_of(name: str, part: float) -> Line:
    return Line(f"{name}: of the reference", part, PART, "", at_least=True)


def of_pace(
    name: str, pace: float, budget: float, least: float, detail: dict[str, Any]
) -> list[Line]:
    """Rows a second beside those of the reference, and the part of its pace."""
    beyond = least < budget
    line = Line(name, pace, budget, "rows/s", True, detail, reference=least, beyond=beyond)
    return [line, part_of(name, pace / least)]


def of_read(
    name: str, result: Result, budget: float | None = None, beside: Result | None = None
) -> Line:
    line = Line(name, result.p95, budget, "ms p95", detail=asdict(result))
    if beside is None or budget is None:
        return line
    return replace(line, reference=beside.p95, beyond=beside.p95 >= budget)


@dataclass
class Report:
    size: str
    lines: list[Line] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """What could not be measured, and why."""
    began: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])

    def add(self, *lines: Line) -> None:
        self.lines += lines

    def keep(self, folder: Path) -> Path:
        """As JSON: beside the data, and so beside that of the other size."""
        file = folder / f"{self.size}.json"
        told = {
            "size": self.size,
            "began": self.began,
            "load": [self.load_before, os.getloadavg()[0]],
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "failed": self.failed,
            "lines": [{**asdict(line), "met": line.met} for line in self.lines],
        }
        file.write_text(json.dumps(told, indent=1, ensure_ascii=False))
        return file

    def show(self, console: Console) -> None:
        table = Table(title=f"{self.size}, {self.began}, load {self.load_before:.1f} before")
        for name in ("", "measured", "budget", "reference"):
            table.add_column(name, justify="left" if not name else "right")
        for name in ("median", "p95", "p99", "req/s", "kB", "app ms", "db ms", "other ms"):
            table.add_column(name, justify="right")
        for line in self.lines:
            table.add_row(*_cells(line))
        console.print(table)
        missed = [line for line in self.lines if line.met is False]
        told = ", ".join(line.name for line in missed) or "none"
        console.print(f"Budgets not met: {told}")
        if beyond := [line.name for line in missed if line.beyond]:
            told = ", ".join(beyond)
            console.print(f"Of these the reference misses on this machine as well: {told}")
        for name, why in self.failed.items():
            console.print(f"Not measured: {name}: {why}", markup=False)


_SHOWN = ("median", "p95", "p99", "per_second", "kilobytes", "app_cpu", "db_cpu", "other_cpu")


def _cells(line: Line) -> Iterable[str]:
    sign = "≥" if line.at_least else "<"
    mark = {True: "✓ ", False: "✗ ", None: ""}[line.met]
    budget = "" if line.budget is None else f"{sign} {line.budget:g}"
    beside = "" if line.reference is None else f"{line.reference:,.2f}"
    shown = [f"{line.detail[name]:.1f}" if name in line.detail else "" for name in _SHOWN]
    return [line.name, f"{mark}{line.value:,.2f} {line.unit}".rstrip(), budget, beside, *shown]


def growth(folder: Path) -> list[Line]:
    """CPU of a request at the full set by that at a tenth, where both have been measured."""
    files = [folder / f"{size}.json" for size in ("tenth", "full")]
    if not all(file.exists() for file in files):
        return []
    tenth, full = (
        {line["name"]: line["detail"] for line in json.loads(file.read_text())["lines"]}
        for file in files
    )
    return [
        Line(f"{name}: full by tenth", _cpu(full[name]) / _cpu(tenth[name]), GROWTH, "×")
        for name in tenth
        if "db_cpu" in tenth[name]
        and "db_cpu" in full.get(name, {})
        and not name.startswith("reference")
    ]


def _cpu(detail: dict[str, float]) -> float:
    return detail["app_cpu"] + detail["db_cpu"] + detail["other_cpu"]
