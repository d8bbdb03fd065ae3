"""What the doctor says has its Russian, with the same values in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from gausdo import doctor, supervisor
from gausdo.app import MODULES
from gausdo.doctor.finding import wrong
from gausdo.doctor.russian import RUSSIAN
from gausdo.doctor.seals import in_words, sealed
from gausdo.doctor.words import joined, plural, verbatim, words
from gausdo.platform.audit.verify import WORDS, Looked, Trouble
from gausdo.platform.worklist import worklists

STATE = re.compile(r'\bstate(?:: str)? ?!?= ?"(\w+)"')
KINDS = [kind.__tablename__ for module in MODULES for kind in worklists(module.schema)]
NAMED = {
    "WORDS[trouble.code]": set(WORDS.values()),
    "part.state": set(STATE.findall(Path(supervisor.__file__).read_text())),
    "re.sub('ys$', 'ies', f'{kind.__tablename__}s')": {
        re.sub("ys$", "ies", f"{kind}s") for kind in KINDS
    },
}
"""What is no sentence where it is told, but comes from elsewhere."""


def asked() -> Iterator[ast.expr]:
    """The template of each call of `words`."""
    for file in Path(doctor.__file__).parent.glob("*.py"):
        if file.name != "words.py":
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "words":
                    yield node.args[0]


def templates() -> set[str]:
    found: set[str] = set()
    for told in asked():
        found |= {told.value} if isinstance(told, ast.Constant) else NAMED[ast.unparse(told)]
    return found


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_every_sentence_has_its_russian_and_no_other_is_kept() -> None:
    assert len(NAMED["part.state"]) == 7
    assert templates() == RUSSIAN.keys()


def test_the_russian_has_the_same_values() -> None:
    assert [told for told, russian in RUSSIAN.items() if names(told) != names(russian)] == []


def test_the_russian_is_russian() -> None:
    bare = [re.sub("{[^}]*}", "", russian) for russian in RUSSIAN.values()]
    assert [
        told for told in bare if re.search("[a-z]", told) and not re.search("[а-я]", told)
    ] == []


@pytest.mark.parametrize(
    ("count", "form"),
    [(0, "дней"), (1, "день"), (2, "дня"), (5, "дней"), (11, "дней"), (12, "дней"),
     (21, "день"), (24, "дня"), (111, "дней"), (112, "дней"), (122, "дня")],
)  # fmt: skip
def test_the_form_goes_with_the_number(count: int, form: str) -> None:
    assert plural(count, "день", "дня", "дней") == form


def test_words_within_words_are_told_in_the_language_and_what_others_say_is_left() -> None:
    age = words("{count} minutes", count=21)
    told = words("none has given a sign of life for {age}", age=age)
    assert told == told.in_language("en") == "none has given a sign of life for 21 minutes"
    assert told.in_language("ru") == "ни один не подаёт признаков жизни уже 21 минуту"
    tables = joined("; ", [words("{name} has no tables", name="sales"), verbatim("no {braces}")])
    assert tables == "sales has no tables; no {braces}"
    assert tables.in_language("ru") == "у sales нет таблиц; no {braces}"
    disk = words(
        "{free:.1f} of {total:.1f} GB free for {place}", free=1.25, total=9.0, place="/d.e"
    )
    assert disk.in_language("ru") == "свободно 1,2 из 9,0 ГБ для /d.e"


def test_what_was_looked_at_is_named_in_russian() -> None:
    finding = wrong(words("tables"), words("Run `gausdo migrate`."), words("Renew it."))
    assert (finding.what, finding.in_language("ru").what) == ("tables", "таблицы")
    assert finding.in_language("en").what == "tables"


def test_seals_are_told_in_russian() -> None:
    looked = Looked()
    looked.entries, looked.seals = 21, 2
    assert sealed(looked) == "21 entries under 2 seals"
    assert sealed(looked).in_language("ru") == "21 запись под 2 печатями"
    told = in_words(Trouble("sales", "deleted", seal=3, pos=7))
    assert told == "an entry was taken away (event 7, seal 3)"
    assert told.in_language("ru") == "запись удалена (событие 7, печать 3)"
