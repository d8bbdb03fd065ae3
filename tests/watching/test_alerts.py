"""Alert rules and the dashboard: sound, tried, and about metrics that there are."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from gausdo.platform.telemetry.exposition import Processes
from gausdo.platform.telemetry.metrics import OURS

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "gausdo.json"
PROMTOOL = shutil.which("promtool")

prometheus = pytest.mark.skipif(
    PROMTOOL is None, reason="no Prometheus: apt-get install prometheus"
)


def named(text: str) -> set[str]:
    """The metrics that an expression names, as they are declared."""
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bgausdo_\w+", text)}


def declared() -> set[str]:
    """The names of all metrics in Prometheus."""
    return {
        f"{metric.name}_total" if metric.type == "counter" else metric.name
        for metric in [*OURS.collect(), *Processes([]).collect()]
    }


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[str]:
    """What the dashboard asks, with Grafana's variables filled in."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [
        target["expr"].replace("$__rate_interval", "1m")
        for panel in panels
        for target in panel.get("targets", [])
    ]


@prometheus
def test_alert_rules_are_sound_and_fire_when_they_should_and_only_then() -> None:
    for words in (["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]):
        done = subprocess.run(
            ["promtool", *words], cwd=ALERTS.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_is_tried_and_says_what_to_do(rule: dict[str, Any]) -> None:
    trials = yaml.safe_load((ALERTS.parent / "alerts_test.yml").read_text())["tests"]
    tried = {trial["name"] for trial in trials}
    assert {f"{rule['alert']} fires", f"{rule['alert']} keeps quiet"} <= tried
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert len(rule["annotations"]["description"]) > 80
    page = (DEPLOY.parent / "docs" / "operations.md").read_text()
    assert f"`{rule['alert']}`" in page


def test_alerts_and_dashboard_name_only_metrics_that_there_are() -> None:
    told = named(" ".join([ALERTS.read_text(), *expressions()]))
    assert told
    assert told <= declared()


def test_the_dashboard_shows_every_metric() -> None:
    shown = named(" ".join(expressions()))
    assert declared() <= shown


def test_the_dashboard_can_be_imported_anywhere() -> None:
    board = json.loads(DASHBOARD.read_text())
    assert board["uid"] == "gausdo"
    (source,) = board["templating"]["list"]
    assert (source["name"], source["type"]) == ("datasource", "datasource")
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        squares = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & squares, panel["title"]
        assert max(x for x, _ in squares) < 24
        taken |= squares
        for target in panel.get("targets", []):
            assert target["datasource"]["uid"] == "${datasource}"
