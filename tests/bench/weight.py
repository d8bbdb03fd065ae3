"""What Gausdo weighs: its memory, its start, the interface's first view."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from tests.bench.report import Line
from tests.bench.stack import Stack

WEB = Path(__file__).parent.parent.parent / "web"
QUIET = 10.0
"""Seconds without a request before memory is looked at."""
_SIZE = re.compile(r"first view, (\w+): (\d+) of (\d+) bytes")


def start(stack: Stack) -> Line:
    return Line("gausdo up on existing data", stack.seconds, 6, "s")


def memory(stack: Stack) -> Line:
    """Before anybody has asked for anything; shared pages are counted once."""
    time.sleep(QUIET)
    return _weighed("idle memory (PSS)", stack, 900)


def memory_in_use(stack: Stack) -> Line:
    """After all loads: what connections have prepared and caches have come to hold is there."""
    return _weighed("memory after the loads (PSS)", stack, None)


def _weighed(name: str, stack: Stack, budget: float | None) -> Line:
    parts = stack.memory()
    detail = {f"{name} {kind}": getattr(part, kind) for name, part in parts.items()
              for kind in ("pss", "rss")}  # fmt: skip
    detail["rss"] = sum(part.rss for part in parts.values())
    return Line(name, sum(part.pss for part in parts.values()), budget, "MB", detail=detail)


def first_view() -> list[Line]:
    """What `npm run build` weighs, where it has been built."""
    told = subprocess.run(
        ["node", "scripts/budget.mjs", "dist"], cwd=WEB, capture_output=True, text=True, check=False
    )
    return [
        Line(f"first view, {kind}", int(size) / 1000, int(limit) / 1000, "kB gzip")
        for kind, size, limit in _SIZE.findall(told.stdout)
    ]


def first_paint(stack: Stack) -> list[Line]:
    """Largest contentful paint of the first page in Chromium, the middle of five."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if browser is None:
        return []
    script = Path(__file__).with_name("paint.mjs")
    told = subprocess.run(
        ["node", str(script), browser, stack.url],
        cwd=WEB,
        capture_output=True,
        text=True,
        check=True,
    )
    paints = json.loads(told.stdout)
    return [Line("largest contentful paint", sorted(paints)[len(paints) // 2] / 1000, 1.2, "s",
                 detail={"each": paints})]  # fmt: skip
