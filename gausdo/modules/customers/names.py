"""How like two names are: legal forms, alphabets, spellings, slips and the order of words aside."""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from gausdo.kernel.fields import folded

FORMS = (
    *("ооо", "зао", "оао", "ао", "пао", "нко", "ано", "гк", "тд", "ип", "чп", "фгуп", "муп"),
    *("llc", "llp", "ltd", "limited", "inc", "gmbh", "ag", "corp", "plc", "company", "co"),
    "общество с ограниченной ответственностью",
    "публичное акционерное общество",
    "закрытое акционерное общество",
    "открытое акционерное общество",
    "акционерное общество",
    "индивидуальный предприниматель",
)
"""Legal forms as they stand beside a company's name, the longer before those they begin with."""
PATRONYMIC = re.compile(r".{2,}(viC|vna|iCna)$")
"""The end of a folded patronymic: it tells people apart less than the names beside it."""

ALIKE = 0.8
"""From here on two names are likely one."""
UNLIKE = 0.6
"""Below, they are two."""

_FORMS = re.compile(rf"\b({'|'.join(FORMS)})\b")
_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans(
    {
        **dict(zip("абвгдеёзийклмнопрстуфхыэ", "abvgdeeziiklmnoprstufhie", strict=True)),
        "ж": "zh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sh",
        "ю": "u",
        "я": "a",
        "ъ": "",
        "ь": "",
        "'": "",
        "’": "",
    }
)
_SPELLINGS = (
    *(("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("tz", "ts"), ("ph", "f"), ("ck", "k")),
    *(("yu", "u"), ("iu", "u"), ("ju", "u"), ("ya", "a"), ("ia", "a"), ("ja", "a")),
    *(("ye", "e"), ("yo", "e"), ("jo", "e"), ("je", "e"), ("x", "ks")),
    *(("y", "i"), ("j", "i"), ("w", "v"), ("q", "k")),
    *(("zh", "Z"), ("ts", "T"), ("ch", "C"), ("sh", "S")),
)
"""Of what is written in Latin letters in several ways, one, in this order; what is one letter in
Russian is one at the end.
"""
_TWICE = re.compile(r"(.)\1+")

SHORT = {
    short: full
    for full, told in {
        "александр": "саша саня шура",
        "александра": "саша шура",
        "алексей": "леша алеша",
        "анастасия": "настя",
        "андрей": "андрюша",
        "анна": "аня",
        "виктория": "вика",
        "владимир": "вова володя",
        "дмитрий": "дима митя",
        "евгений": "женя",
        "евгения": "женя",
        "екатерина": "катя",
        "елена": "лена",
        "иван": "ваня",
        "константин": "костя",
        "мария": "маша",
        "михаил": "миша",
        "наталья": "наташа",
        "николай": "коля",
        "ольга": "оля",
        "павел": "паша",
        "сергей": "сережа",
        "татьяна": "таня",
        "юлия": "юля",
        "юрий": "юра",
        "benjamin": "ben",
        "daniel": "dan",
        "michael": "mike",
        "robert": "bob rob",
        "samuel": "sam",
        "thomas": "tom",
        "william": "bill will",
    }.items()
    for short in told.split()
}
"""What people are called for short, with one of the names it is short for."""


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in one alphabet and spelling, legal forms aside."""
    lower = folded(name).replace("ё", "е")
    words = _WORD.findall(_FORMS.sub(" ", lower)) or _WORD.findall(lower)
    return tuple(_spelt(SHORT.get(word, word)) for word in words)


@lru_cache(maxsize=16384)
def _spelt(word: str) -> str:
    latin = word.translate(_LETTERS)
    for written, one in _SPELLINGS:
        latin = latin.replace(written, one)
    return latin if latin.isdigit() else _TWICE.sub(r"\1", latin)


@lru_cache(maxsize=4096)
def likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same words."""
    shorter, longer = sorted(
        (words_of(one), words_of(other)), key=lambda words: (len(words), words)
    )
    if not shorter:
        return 0.0
    if sorted(shorter) == sorted(longer):
        return 1.0
    told = max(_by_words(shorter, longer), _near("".join(shorter), "".join(longer)))
    numbers = ({word for word in words if word.isdigit()} for words in (shorter, longer))
    return told if next(numbers) == next(numbers) else told / 2


def _by_words(shorter: Sequence[str], longer: Sequence[str]) -> float:
    """How well each word of the shorter name is found in the longer one, and how much that leaves
    of it.
    """
    left = list(longer)
    found = matched = 0.0
    for word in sorted(shorter, key=len, reverse=True):
        best = max(left, key=lambda one: _word(word, one))
        found += _word(word, best) * len(word)
        matched += len(best)
        left.remove(best)
    rest = [word for word in left if not PATRONYMIC.match(word)]
    beyond = sum(map(len, rest)) / (matched + sum(map(len, rest)))
    weight = 1.0 if len(shorter) == 1 else 0.5
    return found / sum(map(len, shorter)) * (1 - weight * beyond)


@lru_cache(maxsize=16384)
def _word(one: str, other: str) -> float:
    short, long = sorted((one, other), key=len)
    if len(short) == 1 and long.startswith(short):
        return 0.9  # an initial
    near = _near(one, other)
    return near if near >= 0.7 else 0.0  # noqa: PLR2004 - below it, another word


def _near(one: str, other: str) -> float:
    """By letters to put in, to take out, to replace or to swap with the next, each place once."""
    return float(OSA.normalized_similarity(one, other))
