"""What the documentation points at is there."""

import re
from pathlib import Path

import pytest

from tools.rules.rule import ROOT

PAGES = sorted(path for folder in (ROOT, ROOT / "docs") for path in folder.glob("*.md")) + sorted(
    (ROOT / "docs" / "decisions").glob("*.md")
)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"`((?:[\w*<>-]+/)*[\w*-]+\.(?:py|sql|ts|tsx|js|po|html))`")
PLACES = ("", "gausdo", "gausdo/modules", "gausdo/platform", "gausdo/gateway", "web", "web/src")


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub names them."""
    told = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", one.lower()).strip().replace(" ", "-") for one in told}


def exists(code: str) -> bool:
    """A file that is named by its path, or by the end of it where that is plain."""
    pattern = re.sub(r"<\w+>", "*", code)
    found = any(next((ROOT / place).glob(pattern), None) for place in PLACES)
    deep = ("gausdo", "tests", "web/src", "web/public")
    return found or any(next((ROOT / place).rglob(pattern), None) for place in deep)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text()):
        to = (page.parent / path) if path else page
        assert to.exists(), path
        assert not anchor or anchor in anchors(to), f"{path}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_that_are_named_are_there(page: Path) -> None:
    assert [code for code in CODE.findall(page.read_text()) if not exists(code)] == []


def test_what_is_not_there_is_found() -> None:
    assert exists("platform/bus/sequencer.py")
    assert not exists("platform/bus/relay.py")
    assert "the-way-of-one-event" in anchors(ROOT / "docs" / "architecture.md")
    assert LINK.findall("[a](b.md#c) [d](https://e) ![f](g.png)") == [("b.md", "c"), ("g.png", "")]


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name[:4]) for page in PAGES if page.name[:4].isdecimal()]
    assert numbers == list(range(1, len(numbers) + 1))
