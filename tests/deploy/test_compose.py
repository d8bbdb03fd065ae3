"""compose.yaml is valid, tells settings that there are, and configures servers as ours are."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis
import typer.main
import yaml

from gausdo.cli import app
from gausdo.platform.embedded import nats, valkey
from gausdo.platform.embedded.postgres import INITDB
from gausdo.platform.embedded.process import free_port
from gausdo.settings import Settings
from tests.deploy.installed import running, until
from tests.servers import ROOT

COMPOSE = ROOT / "deploy" / "compose.yaml"
OURS = ("migrate", "web", "worker")
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
TOLD = {
    "GAUSDO_SECRET": "s" * 32,
    "GAUSDO_BASE_URL": "https://crm.example.org",
    "GAUSDO_SMTP_URL": "smtp://mail.example.org:25",
    "GAUSDO_MAIL_FROM": "Gausdo <crm@example.org>",
    **{f"{name}_PASSWORD": name.lower() for name in ("POSTGRES", "VALKEY", "NATS", "CLICKHOUSE")},
}


def required() -> set[str]:
    return {name for name, sign, _ in VARIABLE.findall(COMPOSE.read_text()) if sign == "?"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """As the engine would read it, with everything told that must be."""
    text = VARIABLE.sub(lambda found: TOLD.get(found[1], found[3]), COMPOSE.read_text())
    told: dict[str, Any] = yaml.safe_load(text)
    return told


def test_it_is_what_the_specification_says() -> None:
    command = ["check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    told = subprocess.run([sys.executable, "-m", *command], capture_output=True, check=False)
    assert told.returncode == 0, told.stdout.decode()


def test_what_is_secret_or_yours_must_be_told() -> None:
    assert required() == {*TOLD}
    unguarded = [
        name
        for name, sign, _ in VARIABLE.findall(COMPOSE.read_text())
        if re.search("SECRET|PASSWORD", name) and sign != "?"
    ]
    assert unguarded == []
    example = (ROOT / "deploy" / "env.example").read_text()
    assert set(re.findall(r"^(\w+)=$", example, re.MULTILINE)) == required()
    guide = (ROOT / "docs" / "install.md").read_text()
    assert [name for name in required() if name not in guide] == []


@pytest.mark.parametrize("service", OURS)
def test_its_settings_are_settings(compose: dict[str, Any], service: str) -> None:
    told = compose["services"][service]["environment"]
    settings = {name.removeprefix("GAUSDO_").lower(): value for name, value in told.items()}
    made = Settings(**settings)
    assert made.base_url == TOLD["GAUSDO_BASE_URL"]
    assert "clickhouse@clickhouse:8123" in made.clickhouse_url.get_secret_value()


@pytest.mark.parametrize("service", OURS)
def test_its_commands_are_commands(compose: dict[str, Any], service: str) -> None:
    name, *words = (str(word) for word in compose["services"][service]["command"])
    group = typer.main.get_command(app)
    command = group.commands[name]  # type: ignore[attr-defined]
    with command.make_context(name, list(words)) as context:
        assert context.command is command


def test_every_service_is_watched_limited_and_kept(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        assert service["logging"]["options"]["max-size"], name
        assert service["restart"], name
        if name not in {"migrate", "worker"}:  # which ends; whose check is the image's
            assert service["healthcheck"]["test"][0] == "CMD", name
        if "ports" in service:
            assert all(port.startswith("127.0.0.1:") for port in service["ports"]), name


def test_ours_may_write_nowhere_and_begin_after_the_migration(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        waits = {other: one["condition"] for other, one in service["depends_on"].items()}
        assert {waits.pop(one) for one in ("postgres", "valkey", "nats", "clickhouse")} == {
            "service_healthy"
        }
        after = {} if name == "migrate" else {"migrate": "service_completed_successfully"}
        assert waits == after


def test_the_proxy_that_is_believed_is_the_door_of_the_outer_network(
    compose: dict[str, Any],
) -> None:
    (network,) = compose["networks"]["outer"]["ipam"]["config"]
    for name in OURS:
        believed = compose["services"][name]["environment"]["GAUSDO_TRUSTED_PROXIES"]
        assert believed == f"{network['gateway']}/32"


def test_postgres_is_made_as_ours_is(compose: dict[str, Any]) -> None:
    told = compose["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    ours = {one for one in INITDB if not one.startswith(("--username", "--auth"))}
    assert {one for one in told if not one.startswith("--auth")} == ours
    assert compose["services"]["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_valkey_takes_its_configuration(compose: dict[str, Any], tmp_path: Path) -> None:
    text = compose["configs"]["valkey"]["content"]
    ours = valkey.CONFIGURATION.format(port=0, password=TOLD["VALKEY_PASSWORD"]).splitlines()
    assert {*text.splitlines()} == {
        line for line in ours if line.split()[0] not in {"bind", "port", "dir"}
    }
    port, log = free_port(), tmp_path / "log"
    (tmp_path / "valkey.conf").write_text(f"{text}port {port}\nbind 127.0.0.1\n")
    client = redis.Redis(port=port, password=TOLD["VALKEY_PASSWORD"])

    def answers() -> bool:
        try:
            return bool(client.ping())
        except redis.exceptions.ConnectionError:
            return False

    command = [valkey.binary(), str(tmp_path / "valkey.conf")]
    with running(command, log, cwd=tmp_path) as server:
        until(answers, server, log)
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        client.close()


def test_nats_takes_its_configuration(compose: dict[str, Any], tmp_path: Path) -> None:
    text = compose["configs"]["nats"]["content"]
    assert f'sync_interval: "{nats.SYNC}"' in text
    assert "max_file_store:" in text  # or a full disk at its start would be its limit for ever
    file = tmp_path / "nats.conf"
    file.write_text(text.replace("/data", str(tmp_path)))
    command = [nats.binary(), "-t", "--config", str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    file.write_text(text.replace("store_dir", "store_folder"))
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
