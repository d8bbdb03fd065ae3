"""docs/security.md answers every requirement of the standard once, by tests that are there."""

import re
from collections import Counter

import pytest

from tools.rules.rule import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
ASKED = {
    1: (2, 9, 11, 3, 2), 2: (3, 3, 4, 1), 3: (0, 2, 4, 6, 5, 0, 2), 4: (3, 1, 2, 4),
    5: (1, 3, 2, 3), 6: (3, 12, 4, 4, 5, 3, 0, 4), 7: (3, 4, 2, 5, 2, 2), 8: (2, 3, 1, 1),
    9: (3, 4), 10: (2, 2, 4, 11, 5, 2, 3), 11: (2, 3, 3, 4, 1, 1), 12: (3, 2, 4),
    13: (1, 5, 2, 5), 14: (2, 4, 3), 15: (3, 3, 7), 16: (1, 5, 4, 3, 3),
}  # fmt: skip
"""Of each chapter of OWASP ASVS 5.0.0, how many of each section are of level 1 or 2: the first."""
EVERY = [
    f"{chapter}.{section}.{number}"
    for chapter, sections in ASKED.items()
    for section, count in enumerate(sections, 1)
    for number in range(1, count + 1)
]
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| (yes|set|no|–) \| ([^|]*) \| ?([^|]*)\|$", re.MULTILINE
)
TEST = re.compile(r"`((?:\w+/)*[\w.-]*(?:test_\w+\.py|\.(?:spec|test)\.tsx?))`")


def wrong(page: str) -> set[str]:
    """What is missing, told twice, or told by a test that is not there."""
    rows = ROW.findall(page)
    told = Counter(number for number, *_ in rows)
    found = {number for number in EVERY if told[number] != 1} | told.keys() - set(EVERY)
    found |= {number for number, _, state, how, why in rows if state != "–" and not (how + why)}
    tests = {test for *_, last in rows for test in TEST.findall(last)}
    places = (ROOT / "tests", ROOT / "web" / "tests")
    return found | {one for one in tests if not any((place / one).is_file() for place in places)}


def test_every_requirement_has_its_line_and_every_test_that_is_named_is_there() -> None:
    assert len(EVERY) == 246
    assert wrong(PAGE) == set()


def test_they_are_counted_right() -> None:
    told = re.search(r"of 253, (\d+) yes, (\d+) set, (\d+) no, (\d+) –", PAGE)
    found = Counter(state for _, _, state, *_ in ROW.findall(PAGE))
    found["–"] += 7  # of chapter 17, which stands in one line
    assert told
    assert [*map(int, told.groups())] == [found[state] for state in ("yes", "set", "no", "–")]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("| 3.4.1 |", "| 3.4.9 |", {"3.4.1", "3.4.9"}),
        ("| 3.4.1 |", "| 3.4.2 |", {"3.4.1", "3.4.2"}),
        ("`hostile/test_crowds.py`", "`hostile/test_gone.py`", {"hostile/test_gone.py"}),
        ("`unit/drafts.test.tsx`", "`unit/gone.test.tsx`", {"unit/gone.test.tsx"}),
    ],
)
def test_a_slip_is_noticed(old: str, new: str, told: set[str]) -> None:
    assert old in PAGE
    assert wrong(PAGE.replace(old, new)) == told
