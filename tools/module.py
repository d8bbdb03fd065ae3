"""Make a new module: make module NAME=invoices, or python -m tools.module invoices [invoice].

It has one kind of record that is added, listed, read and changed: small, but whole. It is
registered with the app, the settings and the roles; it has its first migration and its tests.
"""

import keyword
import re
import subprocess
import sys
from pathlib import Path

from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

from tools.revision import ruff
from tools.rules.rule import MODULES, ROOT

SAMPLE = Path(__file__).parent / "new_module"
TAKEN = {*MODULES, "jobs", "public"}


class Refusal(Exception):
    """What is wrong with what was asked for, and what to do."""


def record_of(name: str, told: str | None) -> str:
    """What one of `name` is called: an invoice of invoices. Raises Refusal."""
    singular = re.sub(r"s$", "", re.sub(r"ies$", "y", name))
    record = told or singular
    for word in (name, record):
        if not re.fullmatch(r"[a-z]{3,30}", word) or keyword.iskeyword(word):
            raise Refusal(f"“{word}” cannot be a name: 3 to 30 small letters, as in invoices.")
    if name in RESERVED_WORDS:
        raise Refusal(f"“{name}” is a word of SQL, and a schema needs a name of its own.")
    if name in TAKEN or (ROOT / "gausdo" / "modules" / name).exists():
        raise Refusal(f"There is a module “{name}” already.")
    if record == name:
        raise Refusal(f"Tell what one of “{name}” is called: make module NAME={name} RECORD=…")
    return record


def make(name: str, record: str) -> list[Path]:
    """The files of the module, the migration aside."""
    folder, tests = ROOT / "gausdo" / "modules" / name, ROOT / "tests" / "modules" / name
    (folder / "migrations").mkdir(parents=True)
    tests.mkdir(parents=True)
    plural = re.sub(r"y$", "ie", re.sub(r"(s|x|ch|sh)$", r"\1e", record)) + "s"
    made = [folder / "__init__.py", tests / "__init__.py"]
    for file in made:
        file.touch()
    for sample in sorted(SAMPLE.glob("*.py")):
        is_test = sample.name.startswith("test_")
        file = tests / f"test_{name}.py" if is_test else folder / sample.name
        file.write_text(_renamed(sample.read_text(), name, record, plural))
        made.append(file)
    return made


def _renamed(text: str, name: str, record: str, plural: str) -> str:
    """The sample's words as the module's: its own name, one of its records, many of them."""
    for old, new in (
        ("gausdo.modules.gizmos", f"gausdo.modules.{name}"),
        ('"gizmos', f'"{name}'),
        ("Gizmos", name.title()),
        ("(gizmos:", f"({name}:"),
        ("await gizmos.", f"await {name}."),
        ("GIZMO", record.upper()),
        ("gizmos", plural),
        ("Gizmo", record.title()),
        ("gizmo", record),
    ):
        text = text.replace(old, new)
    return text


def register(name: str, record: str) -> list[Path]:
    """Name the module where modules are named."""
    app, settings = ROOT / "gausdo" / "app.py", ROOT / "gausdo" / "settings.py"
    roles = ROOT / "gausdo" / "modules" / "identity" / "roles.py"
    _insert(app, "from gausdo.modules.", f"from gausdo.modules.{name} import wiring as {name}\n")
    _append(app, "MODULES: tuple[Module, ...] = (", f"{name}.module,")
    _append(settings, "MODULES = (", f'"{name}",')
    _append(roles, "OWNED = (", f', "{name}.{record}"')
    return [app, settings, roles]


def _insert(file: Path, before: str, line: str) -> None:
    head, found, tail = file.read_text().partition(before)
    if not found:
        raise Refusal(f"{file} has no line that begins with “{before}”: register it by hand.")
    file.write_text(f"{head}{line}{found}{tail}")


def _append(file: Path, opening: str, item: str) -> None:
    """Before the bracket that closes what `opening` opens."""
    head, found, tail = file.read_text().partition(opening)
    if not found:
        raise Refusal(f"{file} has no “{opening}”: register it by hand.")
    depth, place = 1, 0
    while depth:
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(tail[place], 0)
        place += 1
    body = tail[: place - 1].rstrip()
    item = item.lstrip(", ") if body.endswith(",") else item
    file.write_text(f"{head}{found}{body}{item}\n{tail[place - 1 :]}")


def main() -> int:
    match sys.argv[1:]:
        case [name]:
            told = None
        case [name, told]:
            pass
        case _:
            print(__doc__)
            return 2
    try:
        record = record_of(name, told)
        touched = [*make(name, record), *register(name, record)]
    except Refusal as refusal:
        print(refusal)
        return 1
    ruff("check --fix --select I", *touched)
    ruff("format", *touched)
    for words in ("revision", name, "Start"), ("promises",), ("events_doc",), ("settings_doc",):
        command = [sys.executable, "-m", f"tools.{words[0]}", *words[1:]]
        subprocess.run(command, cwd=ROOT, check=True)  # a new process knows of the new module
    print(
        f"gausdo/modules/{name} is ready. What is left to you: its words, its fields, its place in "
        "the interface (gausdo openapi > web/openapi.json, then npm run gen:api in web/)."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
