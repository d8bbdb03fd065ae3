"""The journeys of `web/tests/e2e` in a real Chromium, against `gausdo up --demo`."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
WEB = ROOT / "web"
SPECS = sorted(spec.name for spec in (WEB / "tests" / "e2e").glob("*.spec.ts"))
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
PATIENCE = 180

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
]


@dataclass(frozen=True)
class Demo:
    """A running demo: where it is, the files with its logins and with what runs of it."""

    url: str
    logins: Path
    state: Path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    for parent in (folder, folder.parent):
        parent.chmod(0o711)
    output = folder / "up.log"
    with output.open("wb") as told:
        up = subprocess.Popen(
            [sys.executable, "-m", "gausdo.cli", "up", "--demo", "--data", str(folder / "data")],
            cwd=ROOT,
            stdout=told,
            stderr=told,
        )
    try:
        data = folder / "data"
        yield Demo(_url(up, output), data / "demo-logins.json", data / "run" / "state.json")
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(60) == 0, output.read_text()


def _url(up: subprocess.Popen[bytes], output: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while "Gausdo is ready" not in (told := output.read_text()):
        if up.poll() is not None or time.monotonic() > deadline:
            up.kill()
            raise RuntimeError(f"the demo did not start:\n{told}")
        time.sleep(0.2)
    return next(word for word in told.split() if word.startswith("http://localhost"))


@pytest.mark.parametrize("spec", SPECS)
def test_journey(demo: Demo, spec: str) -> None:
    result = subprocess.run(
        ["npx", "playwright", "test", spec, "--reporter=json", f"--output=test-results/{spec}"],
        cwd=WEB,
        env={
            **os.environ,
            "BASE_URL": demo.url,
            "DEMO_LOGINS": str(demo.logins),
            "DEMO_STATE": str(demo.state),
        },
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert result.returncode == 0, _failures(result)


def _failures(result: subprocess.CompletedProcess[str]) -> str:
    """What Playwright says of the tests that failed, without the rest of its report."""
    try:
        suites = json.loads(result.stdout)["suites"]
    except (ValueError, KeyError):
        return result.stdout + result.stderr
    told = []
    while suites:
        suite = suites.pop()
        suites += suite.get("suites", [])
        for spec in suite.get("specs", []):
            errors = [
                error["message"]
                for test in spec["tests"]
                for run in test["results"]
                for error in run["errors"]
            ]
            if not spec["ok"]:
                told.append("\n".join([spec["title"], *errors]))
    return "\n\n".join(told)


def test_there_are_journeys() -> None:
    assert SPECS
