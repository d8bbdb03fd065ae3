"""Every refusal the server knows has its words in the interface, in each of its languages."""

import json
import re

import gausdo.gateway.web  # noqa: F401 - its refusals, too
from gausdo.app import MODULES
from gausdo.kernel.errors import Problem
from tools.rules.rule import ROOT

SRC = ROOT / "web" / "src"
WORDS = SRC / "shared" / "i18n" / "problems.ts"
ENTRY = re.compile(r"^  '?([a-z.-]+)'?:\s*msg`([^`]+)`", re.MULTILINE)


def told() -> dict[str, str]:
    """Code → its English words, as the interface has them."""
    problems = WORDS.read_text().partition("const PROBLEMS")[2].partition("\n}\n")[0]
    return dict(ENTRY.findall(problems))


def codes() -> set[str]:
    """What the interface can be refused with; it asks nothing through GraphQL."""
    return {code for code in Problem.catalogue if not code.startswith("graphql.")}


def translated(language: str) -> dict[str, str]:
    catalogue = (SRC / "locales" / f"{language}.po").read_text()
    return {
        _joined(source): _joined(target)
        for source, target in re.findall(
            r'^msgid ((?:".*"\n)+)msgstr ((?:".*"(?:\n|$))+)', catalogue, re.MULTILINE
        )
    }


def _joined(lines: str) -> str:
    return "".join(json.loads(line) for line in lines.split("\n") if line)


def test_every_refusal_has_its_words_in_every_language() -> None:
    assert MODULES
    assert codes() - told().keys() == set()
    for language in ("ru", "en"):
        catalogue = translated(language)
        assert [code for code, words in told().items() if not catalogue.get(words)] == []


def test_a_refusal_without_words_is_noticed() -> None:
    class Odd(Problem, code="tests.odd"): ...

    try:
        assert codes() - told().keys() == {"tests.odd"}
    finally:
        del Problem.catalogue[Odd.code]
