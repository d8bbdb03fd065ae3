"""Hold every tracked file to the rules of the house: python -m tools.lint [FILE…]."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.rules import RULES, Source
from tools.rules.rule import ROOT

SKIPPED = {".git", ".venv", "node_modules", "dist", "__pycache__"}


def tracked(root: Path) -> list[str]:
    """What git knows or would know, or every file where there is no repository."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if told.returncode == 0:
        return [path for path in told.stdout.decode().split("\0") if path]
    paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return [path.as_posix() for path in paths if not SKIPPED & {*path.parts}]


def findings(root: Path, paths: Iterable[str]) -> Iterator[str]:
    for path in sorted(paths):
        try:
            source = Source(path, (root / path).read_text())
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture, or a file that is gone
        for rule in RULES:
            if rule.looks_at(path):
                for line in sorted({*rule.find(source)}):
                    yield f"{path}:{line}: {rule.name}: {rule.advice}"


def main() -> int:
    told = list(findings(ROOT, sys.argv[1:] or tracked(ROOT)))
    for finding in told:
        print(finding)
    print(f"{len(RULES)} rules, {len(told)} findings")
    return bool(told)


if __name__ == "__main__":
    sys.exit(main())
