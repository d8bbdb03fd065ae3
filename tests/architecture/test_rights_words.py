"""Everything a role can grant, and every field it can hide, has its words in the interface."""

import re

from gausdo.app import MODULES
from gausdo.kernel.rights import Guarded, catalogue
from tests.architecture.test_refusals import SRC, translated

RIGHTS = SRC / "shared" / "rights-words.ts"
FIELDS = SRC / "shared" / "i18n" / "fields.ts"
ENTRY = re.compile(
    r"^  '?([a-z._-]+)'?: (?:msg`([^`]+)`|msg\(\{ message: '([^']+)'[^}]*\}\)),$", re.MULTILINE
)


def told(name: str) -> dict[str, str]:
    """The words of one table of the interface: what they are for → in English."""
    source = (FIELDS if name == "FIELD_NAMES" else RIGHTS).read_text()
    table = source.partition(f"const {name}:")[2].partition("\n}\n")[0]
    return {key: plain or in_context for key, plain, in_context in ENTRY.findall(table)}


def missing() -> set[str]:
    """What has no words."""
    declared: dict[str, set[str]] = {
        "OBJECTS": {*catalogue},
        "OPERATIONS": {name for known in catalogue.values() for name in known.operations},
        "FIELD_NAMES": {name for known in catalogue.values() for name in known.fields},
    }
    return {name for table, names in declared.items() for name in names - told(table).keys()}


def test_every_right_and_hidden_field_has_its_words_in_every_language() -> None:
    assert MODULES
    assert missing() == set()
    words = {*told("OBJECTS").values(), *told("OPERATIONS").values(), *told("FIELD_NAMES").values()}
    for language in ("ru", "en"):
        catalogue_of = translated(language)
        assert [word for word in sorted(words) if not catalogue_of.get(word)] == []


def test_a_right_without_words_is_noticed() -> None:
    catalogue["tests.odd"] = Guarded(object="tests.odd", operations=("twist",), fields=("odd",))
    try:
        assert missing() == {"tests.odd", "twist", "odd"}
    finally:
        del catalogue["tests.odd"]
