"""What runs on GitHub are the commands of the Makefile, with no rights that they do not need."""

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from tests.servers import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
TARGET = re.compile(r"^([a-z]+):.*##", re.MULTILINE)


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())
    return told


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_it_is_a_workflow() -> None:
    command = ["check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    told = subprocess.run([sys.executable, "-m", *command], capture_output=True, check=False)
    assert told.returncode == 0, told.stdout.decode()


def test_every_command_is_one_of_the_makefile(workflow: dict[str, Any]) -> None:
    targets = {*TARGET.findall((ROOT / "Makefile").read_text())}
    commands = [step["run"] for step in steps(workflow) if "run" in step]
    assert [one for one in commands if one.removeprefix("make ") not in targets] == []
    assert {"make test", "make audit", "make image"} <= {*commands}
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    for target in targets:  # none is only told
        subprocess.run(["make", "-n", target], cwd=ROOT, check=True, capture_output=True)


def test_it_may_read_and_nothing_else(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert [job for job in workflow["jobs"].values() if "permissions" in job] == []
    checkouts = [step for step in steps(workflow) if "checkout" in step.get("uses", "")]
    assert len(checkouts) == len(workflow["jobs"])
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_its_actions_have_versions_and_its_jobs_an_end(workflow: dict[str, Any]) -> None:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert [one for one in used if not re.search(r"@v\d+\.\d+\.\d+$", one)] == []
    assert all(0 < job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_screenshots_are_kept_where_the_browser_leaves_them(workflow: dict[str, Any]) -> None:
    (kept,) = (step for step in steps(workflow) if "upload-artifact" in step.get("uses", ""))
    config = (ROOT / "web" / "playwright.config.ts").read_text()
    assert kept["if"] == "failure()"
    assert kept["with"]["path"] == "web/test-results"
    assert "outputDir: 'test-results'" in config
