"""Pages that are written from the code: the text between two marks, the rest by hand."""

import sys
from pathlib import Path

from tools.rules.rule import ROOT

BEGIN, END = "<!-- generated: {command} -->\n", "<!-- end of what is generated -->\n"


def page(text: str, told: str, command: str) -> str:
    """`text` of a page with `told` between its marks. Raises ValueError when it has none."""
    begin = BEGIN.format(command=command)
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise ValueError(f"The page needs the lines {begin.strip()} and {END.strip()}")
    return f"{before}{begin}\n{told.strip()}\n\n{END}{after}"


def main(path: str, told: str, command: str, words: list[str]) -> int:
    """Write the page `path`; with `--check` say only whether it is as the code is."""
    file = ROOT / path
    now = file.read_text()
    written = page(now, told, command)
    if words == ["--check"]:
        if written != now:
            print(f"{path} is not as the code is. Run: {command}", file=sys.stderr)
        return int(written != now)
    Path(file).write_text(written)
    return 0
