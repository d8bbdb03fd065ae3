"""`make test`: every check and all tests, each as it happens, and one summary at the end.

Chromium drives the browser tests, Prometheus reads the metrics. Where they are missing they are
installed from the system's packages when that can be done; otherwise their tests are skipped and
the summary says how to enable them.
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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
WEB = ROOT / "web"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ENABLE = "apt-get install chromium, or tell CHROMIUM=/path/to/chromium"


@dataclass(frozen=True)
class Step:
    """One command; `count` reads how many passed, failed and were skipped from its result."""

    name: str
    words: Sequence[str]
    folder: Path = ROOT
    count: Callable[[int], tuple[int, int, int]] = lambda code: (code == 0, code != 0, 0)


def steps(only_checks: bool, chromium: str | None, results: Path) -> list[Step]:
    python = [
        Step("format", ["ruff", "format", "--check", "."]),
        Step("lint", ["ruff", "check", "."]),
        Step("types", ["mypy"]),
        Step("rules of the house: imports", ["lint-imports"]),
        Step("rules of the house: code", [sys.executable, "-m", "tools.lint"]),
        Step("web: types, lint, format, catalogues, lock", ["npm", "run", "-s", "check"], WEB),
    ]
    if only_checks:
        return python
    unit = results / "vitest.json"
    pytest = results / "pytest.xml"
    web = ["npx", "vitest", "run", "--reporter=default", "--reporter=json", f"--outputFile={unit}"]
    if chromium is None:
        web.append("--project=unit")
    return [
        *python,
        Step("web: unit and component tests", web, WEB, lambda code: _vitest(unit, code)),
        Step(
            "tests",
            [
                sys.executable,
                "-m",
                "pytest",
                "-n",
                "2",
                "--dist",
                "loadfile",
                f"--junitxml={pytest}",
            ],
            count=lambda code: _junit(pytest, code),
        ),
    ]


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


def find_chromium() -> str | None:
    """The browser of the environment or the system; installed where that needs no password."""
    told = os.environ.get("CHROMIUM")
    found = told or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found or os.geteuid() != 0 or not shutil.which("apt-get"):
        return found
    print("Installing Chromium from the system's packages…", flush=True)
    for words in (["update", "-qq"], ["install", "-y", "-qq", "chromium", "fonts-noto-core"]):
        subprocess.run(["apt-get", *words], check=False, stdout=subprocess.DEVNULL)
    return shutil.which("chromium")


def find_prometheus() -> str | None:
    """Prometheus and its promtool; installed where that needs no password, and switched off."""
    if not shutil.which("promtool") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Prometheus from the system's packages…", flush=True)
        for words in (["update", "-qq"], ["install", "-y", "-qq", "prometheus"]):
            subprocess.run(["apt-get", *words], check=False, stdout=subprocess.DEVNULL)
        if shutil.which("systemctl"):
            off = ["systemctl", "disable", "--now", "prometheus"]
            subprocess.run(off, check=False, capture_output=True)
    return shutil.which("promtool")


def main() -> int:
    began = time.monotonic()
    only_checks = "--checks" in sys.argv
    chromium = None if only_checks else find_chromium()
    prometheus = None if only_checks else find_prometheus()
    environment = {**os.environ, **({"CHROMIUM": chromium} if chromium else {})}
    passed = failed = skipped = 0
    lines = []
    with tempfile.TemporaryDirectory(prefix="gausdo-results-") as results:
        for step in steps(only_checks, chromium, Path(results)):
            print(f"\n── {step.name}", flush=True)
            at = time.monotonic()
            code = subprocess.run(
                step.words, cwd=step.folder, env=environment, check=False
            ).returncode
            counts = step.count(code)
            mark = "✓" if code == 0 else "✗"
            lines.append(f"{mark} {step.name:<46} {time.monotonic() - at:6.1f} s")
            passed, failed, skipped = (
                total + one for total, one in zip((passed, failed, skipped), counts, strict=True)
            )
    print("\n" + "\n".join(lines))
    if chromium is None and not only_checks:
        print(f"Browser tests were skipped: no Chromium. To enable them: {ENABLE}")
    if prometheus is None and not only_checks:
        print("Tests of metrics were skipped. To enable them: apt-get install prometheus")
    print(f"in {time.monotonic() - began:.0f} s")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
