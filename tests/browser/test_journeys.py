"""The journeys of `web/tests/e2e` in a real Chromium, against `gausdo up --demo`."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from gausdo.platform.embedded.process import free_port

ROOT = Path(__file__).parent.parent.parent
WEB = ROOT / "web"
SPECS = sorted(spec.name for spec in (WEB / "tests" / "e2e").glob("*.spec.ts"))
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
PATIENCE = 180
PAGE = re.compile(r"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MUCH = 4000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(2800),
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
            # Another installation that starts at this moment would prefer the same ones.
            env={
                **os.environ,
                "GAUSDO_PORT": str(free_port()),
                "GAUSDO_METRICS_PORT": str(free_port()),
            },
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


@pytest.fixture(scope="module")
def told(demo: Demo) -> dict[str, Any]:
    """Playwright's report of all journeys, one after another in one Chromium."""
    ended = subprocess.run(
        ["npx", "playwright", "test", "--reporter=json"],
        cwd=WEB,
        env={
            **os.environ,
            "BASE_URL": demo.url,
            "DEMO_LOGINS": str(demo.logins),
            "DEMO_STATE": str(demo.state),
            "FORCE_COLOR": "0",
        },
        capture_output=True,
        text=True,
        timeout=2700,
        check=False,
    )
    try:
        report: dict[str, Any] = json.loads(ended.stdout)
    except ValueError:
        pytest.fail(ended.stdout + ended.stderr)
    assert report["errors"] == []
    return report


@pytest.mark.parametrize("spec", SPECS)
def test_journey(told: dict[str, Any], spec: str) -> None:
    found = [*_tests(suite for suite in told["suites"] if suite["file"] == spec)]
    assert found
    failures = [_failure(one) for one in found if not one["ok"]]
    assert not failures, "\n\n".join(failures)


def _tests(suites: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for suite in suites:
        yield from suite.get("specs", [])
        yield from _tests(suite.get("suites", []))


def _failure(one: dict[str, Any]) -> str:
    """What the page of a test that failed showed, and what Playwright says of it."""
    runs = [run for test in one["tests"] for run in test["results"]]
    said = [error["message"] for run in runs for error in run["errors"]]
    return "\n".join([one["title"], *(_shown(run) for run in runs), *said])


def _shown(run: dict[str, Any]) -> str:
    """The page as a screen reader has it: Playwright keeps it of every failure.

    Of a long one, its beginning and its end, where dialogs and notifications are.
    """
    kept = [one["path"] for one in run["attachments"] if one["name"] == "error-context"]
    found = (PAGE.findall(Path(path).read_text()) for path in kept)
    page = "\n".join(chain.from_iterable(found))
    return page if len(page) <= MUCH else f"{page[: MUCH // 2]}\n…\n{page[-MUCH // 2 :]}"


def test_there_are_journeys() -> None:
    assert SPECS
