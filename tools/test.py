"""`make test`: every check and all tests, and one summary at the end.

What looks at Python and what looks at the interface goes side by side, and is shown when it has
ended; the long tests follow, as they happen.

Chromium drives the browser tests, Prometheus reads the metrics, libfaketime has clocks jump. Where
they are missing they are installed from the system's packages when that can be done; otherwise
their tests are skipped and the summary says how to enable them.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).parent.parent
WEB = ROOT / "web"
PROCESSES = 3
"""Of pytest: one more than CI has processors, for there is always one that waits."""


@dataclass(frozen=True)
class Step:
    """One command; `count` reads how many passed, failed and were skipped from its result."""

    name: str
    words: Sequence[str]
    folder: Path = ROOT
    count: Callable[[int], tuple[int, int, int]] = lambda code: (code == 0, code != 0, 0)


def checks(chromium: str | None, results: Path | None) -> tuple[list[Step], list[Step]]:
    """Of Python, and of the interface: with its tests, where there is a place for `results`."""
    python = [
        Step("format", ["ruff", "format", "--check", "."]),
        Step("lint", ["ruff", "check", "."]),
        Step("types", ["mypy"]),
        Step("rules of the house: imports", ["lint-imports"]),
        Step("rules of the house: code", [sys.executable, "-m", "tools.lint"]),
    ]
    web = [Step("web: types, lint, format, catalogues, lock", ["npm", "run", "-s", "check"], WEB)]
    if results is not None:
        unit = results / "vitest.json"
        told = ["--reporter=default", "--reporter=json", f"--outputFile={unit}"]
        words = ["npx", "vitest", "run", *told, *([] if chromium else ["--project=unit"])]
        count = partial(_vitest, unit)
        web.append(Step("web: unit and component tests", words, WEB, count))
    return python, web


def tests(results: Path) -> Step:
    """In processes that share PostgreSQL and ClickHouse; `tests/conftest.py` says what is first."""
    told = results / "pytest.xml"
    order = ["-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder"]
    words = [sys.executable, "-m", "pytest", *order, f"--junitxml={told}"]
    return Step("tests", words, count=partial(_junit, told))


def _vitest(file: Path, code: int) -> tuple[int, int, int]:
    try:
        told = json.loads(file.read_text())
    except (OSError, ValueError):
        return 0, 1, 0
    failed = told["numFailedTests"] or int(code != 0)
    return told["numPassedTests"], failed, told["numPendingTests"]


def _junit(file: Path, code: int) -> tuple[int, int, int]:
    try:
        suite = next(ET.parse(file).getroot().iter("testsuite"))  # noqa: S314 - pytest wrote it
    except (OSError, ET.ParseError, StopIteration):
        return 0, 1, 0
    number = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
    failed = number["failures"] + number["errors"] or int(code != 0)
    return number["tests"] - failed - number["skipped"], failed, number["skipped"]


@dataclass(frozen=True)
class Tool:
    """A program that tests need and Python's packages do not bring."""

    name: str
    find: Callable[[], Path | str | None]
    packages: Sequence[str]
    """Of the system; the last one is what has to be named to whoever installs it by hand."""
    tests: str
    """What is skipped without it."""
    afterwards: Sequence[str] = ()

    def provide(self) -> Path | str | None:
        """Where it is; installed by root, and by whoever becomes it on a machine of CI."""
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        may = not root or ("CI" in os.environ and shutil.which("sudo"))
        if (found := self.find()) or not may or not shutil.which("apt-get"):
            return found
        print(f"Installing {self.name} from the system's packages…", flush=True)
        for words in (["update", "-qq"], ["install", "-y", "-qq", *self.packages]):
            subprocess.run([*root, "apt-get", *words], check=False, stdout=subprocess.DEVNULL)
        if self.afterwards and shutil.which(self.afterwards[0]):
            subprocess.run([*root, *self.afterwards], check=False, capture_output=True)
        return self.find()


def find_shell() -> str | None:
    """Chromium without its own windows, pages and menus: a third less of the processors' time."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell")


def find_chromium() -> str | None:
    """The browser of the environment or the system."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return find_shell() or next(filter(None, map(shutil.which, names)), None)


def faketime() -> Path | None:
    """The library that tells processes another time."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


CHROMIUM = Tool(
    "Chromium", find_shell, ("fonts-noto-core", "chromium-headless-shell"), "Browser tests"
)
OTHERS = (
    Tool(
        "Prometheus",
        lambda: shutil.which("promtool"),
        ("prometheus",),
        "Tests of metrics",
        ("systemctl", "disable", "--now", "prometheus"),
    ),
    Tool("libfaketime", faketime, ("faketime",), "Tests of clocks that jump"),
)


class Run:
    """Runs steps and keeps what is to be said at the end."""

    def __init__(self, chromium: str | None) -> None:
        self._environment = {**os.environ, **({"CHROMIUM": chromium} if chromium else {})}
        self._alone = Lock()
        self.lines: list[str] = []
        self.passed = self.failed = self.skipped = 0

    def step(self, step: Step, *, at_once: bool = True) -> None:
        """Run it, and show what it says `at_once` or when it has ended."""
        began = time.monotonic()
        if at_once:
            print(f"\n── {step.name}", flush=True)
        ended = subprocess.run(
            step.words,
            cwd=step.folder,
            env=self._environment,
            check=False,
            stdout=None if at_once else subprocess.PIPE,
            stderr=None if at_once else subprocess.STDOUT,
            text=True,
        )
        seconds = time.monotonic() - began
        counts = step.count(ended.returncode)
        with self._alone:
            if not at_once:
                print(f"\n── {step.name}\n{ended.stdout}", end="", flush=True)
            mark = "✓" if ended.returncode == 0 else "✗"
            self.lines.append(f"{mark} {step.name:<46} {seconds:6.1f} s")
            self.passed += counts[0]
            self.failed += counts[1]
            self.skipped += counts[2]

    def side_by_side(self, *lanes: Sequence[Step]) -> None:
        """Each lane's steps one after the other, the lanes beside each other."""
        with ThreadPoolExecutor(len(lanes)) as pool:
            list(pool.map(self._lane, lanes))

    def _lane(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self.step(step, at_once=False)


def main() -> int:
    began = time.monotonic()
    only_checks = "--checks" in sys.argv
    tools = [] if only_checks else [CHROMIUM, *OTHERS]
    provided = {tool.name: tool.provide() for tool in tools}
    chromium = find_chromium()
    run = Run(chromium)
    with tempfile.TemporaryDirectory(prefix="gausdo-results-") as folder:
        results = Path(folder)
        run.side_by_side(*checks(chromium, None if only_checks else results))
        if not only_checks:
            run.step(tests(results))
    print("\n" + "\n".join(run.lines))
    for tool in tools:
        if provided[tool.name] is None and not (tool is CHROMIUM and chromium):
            enable = f"apt-get install {tool.packages[-1]}"
            print(f"{tool.tests} were skipped: no {tool.name}. To enable them: {enable}")
    print(f"in {time.monotonic() - began:.0f} s")
    print(f"{run.passed} passed, {run.failed} failed, {run.skipped} skipped")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
