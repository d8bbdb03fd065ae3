"""`make module` makes a module that works and keeps every rule of the house."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import Servers
from tools.lint import tracked
from tools.module import Refusal, record_of
from tools.rules.rule import ROOT

PARTS = ("gausdo/", "tests/", "tools/", "docs/", "pyproject.toml", ".importlinter", "README.md")
FOUND_BY_THE_HOUSE = ("tests/architecture/test_database.py", "tests/architecture/test_promises.py")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The house as it stands, without its interface."""
    for path in tracked(ROOT):
        if path.startswith(PARTS) and (ROOT / path).exists():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, tmp_path / path)
    if (ROOT / ".mypy_cache").exists():  # or else it would read all libraries again
        shutil.copytree(ROOT / ".mypy_cache", tmp_path / ".mypy_cache")
    return tmp_path


def run(tree: Path, *words: str, **environment: str) -> str:
    told = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-5000:] + told.stderr[-5000:]
    return told.stdout


def test_a_new_module_works_and_keeps_the_rules(tree: Path, servers: Servers) -> None:
    run(tree, "tools.module", "desk", "ticket")
    module, tests = "gausdo/modules/desk", "tests/modules/desk"
    made = sorted(path.name for path in (tree / module).glob("*.py"))
    assert made == sorted(
        f"{name}.py"
        for name in ("__init__", "access", "contract", "fields", "handlers", "jobs", "queries",
                     "routes", "service", "tables", "wiring")
    )  # fmt: skip
    left = [path for path in (tree / module).rglob("*.py") if "gizmo" in path.read_text().lower()]
    assert left == []
    (start,) = (tree / module / "migrations").glob("*.py")
    assert "###" not in start.read_text()  # what Alembic remarks

    touched = [module, tests, "gausdo/app.py", "gausdo/settings.py", "gausdo/modules/identity"]
    run(tree, "ruff", "check", *touched)
    run(tree, "ruff", "format", "--check", *touched)
    run(tree, "mypy", module, "gausdo/app.py")
    files = [path.relative_to(tree).as_posix() for path in (tree / module).rglob("*.py")]
    run(tree, "tools.lint", *files)
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    subprocess.run([sys.executable, "-c", command, "--no-cache"], cwd=tree, check=True)

    conftest = tree / "tests" / "conftest.py"
    one, other = 'TEMPLATE = "gausdo_template"', 'TEMPLATE = "gausdo_template_with_desk"'
    assert one in conftest.read_text()
    conftest.write_text(conftest.read_text().replace(one, other))
    told = run(
        tree,
        "pytest",
        "-q",
        "-k",
        "desk or promised",
        tests,
        *FOUND_BY_THE_HOUSE,
        PYTEST_XDIST_TESTRUNUID=servers.run,
    )
    assert "10 passed" in told


@pytest.mark.parametrize(
    ("name", "record", "refusal"),
    [
        ("sales", "sale", "There is a module “sales” already."),
        ("jobs", "job", "There is a module “jobs” already."),
        ("Invoices", None, "“Invoices” cannot be a name"),
        ("class", None, "“class” cannot be a name"),
        ("order", None, "“order” is a word of SQL"),
        ("../evil", None, "“../evil” cannot be a name"),
        ("desk", None, "Tell what one of “desk” is called"),
    ],
)
def test_a_name_that_will_not_do_is_refused(name: str, record: str | None, refusal: str) -> None:
    with pytest.raises(Refusal, match=refusal):
        record_of(name, record)


@pytest.mark.parametrize(
    ("name", "record"),
    [("invoices", "invoice"), ("agencies", "agency"), ("campaigns", "campaign")],
)
def test_one_of_many_has_a_name_of_its_own(name: str, record: str) -> None:
    assert record_of(name, None) == record
