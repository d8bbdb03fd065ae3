"""The floors and doors of the house hold, and each of them is seen to break."""

import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CONFIG = ROOT / ".importlinter"

BREAKING = [
    ("floors", "kernel/pages.py", "from gausdo.platform.cache import Cache"),
    ("floors", "platform/cache.py", "from gausdo.modules.sales.contract import Sales"),
    ("floors", "gateway/live.py", "from gausdo.app import Gausdo"),
    ("floors", "stray.py", "import json"),
    ("doors", "modules/sales/service.py", "from gausdo.modules.customers.tables import CompanyRow"),
    ("contracts", "modules/sales/contract.py", "from gausdo.modules.customers.contract import Row"),
    ("pure", "modules/sales/contract.py", "from gausdo.platform.db import Tx"),
    ("pure", "modules/sales/contract.py", "from gausdo.modules.sales.tables import DealRow"),
    ("outside", "gateway/live.py", "from gausdo.modules.sales.service import SalesService"),
    ("inside", "modules/sales/access.py", "from gausdo.modules.sales import queries"),
    ("inside", "modules/sales/service.py", "from gausdo.modules.sales.handlers import on"),
    ("web", "modules/sales/service.py", "from fastapi import HTTPException"),
    ("web", "platform/cache.py", "from starlette.responses import Response"),
    ("graphql", "modules/sales/graph.py", "import strawberry"),
    ("leaving", "modules/sales/service.py", "import httpx2"),
]


def contracts() -> dict[str, str]:
    """Id → name, of every contract that is declared."""
    config = ConfigParser()
    config.read(CONFIG)
    return {
        section.rpartition(":")[2]: config[section]["name"]
        for section in config.sections()
        if section != "importlinter"
    }


def linted(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--cache-dir", str(tree / ".cache"), *words],
        cwd=tree,
        env={"COLUMNS": "200", "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code alone, to be spoilt one line at a time."""
    tree = tmp_path_factory.mktemp("house")
    only_code = shutil.ignore_patterns("__pycache__", "*.sql", "web")
    shutil.copytree(ROOT / "gausdo", tree / "gausdo", ignore=only_code)
    shutil.copy(CONFIG, tree)
    return tree


def test_every_import_keeps_to_the_house(tree: Path) -> None:
    told = linted(tree)
    assert told.returncode == 0, told.stdout
    assert f"{len(contracts())} kept, 0 broken" in told.stdout


def test_every_contract_has_a_sample_that_breaks_it() -> None:
    assert {contract for contract, *_ in BREAKING} == set(contracts())


@pytest.mark.parametrize(("contract", "file", "line"), BREAKING)
def test_a_bad_import_breaks_its_contract(tree: Path, contract: str, file: str, line: str) -> None:
    spoilt = tree / "gausdo" / file
    was = spoilt.read_text() if spoilt.exists() else None
    spoilt.write_text(f"{was or ''}\n{line}\n")
    try:
        told = linted(tree, "--contract", contract)
    finally:
        if was is None:
            spoilt.unlink()
        else:
            spoilt.write_text(was)
    assert told.returncode == 1, told.stdout
    assert f"{contracts()[contract]} BROKEN" in told.stdout
