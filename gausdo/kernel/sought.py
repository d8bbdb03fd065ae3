"""What somebody types to find a record, and what they may have meant by it.

In steps, of which the next is asked when the one before found nothing or too little: words that
begin so, in the letters that were typed or in those of the other keyboard layout (`ghbdtn` is
`привет`); letters in the middle of a word; words that are one slip of the keyboard away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

MAX_WORDS = 10
INSIDE = 3
"""Letters from which on they are looked for in the middle of words."""
SLIP = 4
"""Letters from which on a word may have a slip; of fewer, one change makes any other word."""
_LONGEST, _MOST = 20, 3
"""Letters of a word, and words of a question, that are tried with slips."""
_JOINED = 6
"""Digits from which on a group such as `916 123-45` is one number and not several words."""

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\+?\(?\d(?:[\d\s()-]*\d)?")
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_RUSSIAN = str.maketrans(_LATIN, _RUSSIAN)
_TO_LATIN = str.maketrans(_RUSSIAN, _LATIN)
_ALPHABETS = ("абвгдежзийклмнопрстуфхцчшщъыьэюя", "abcdefghijklmnopqrstuvwxyz")

Words: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Whole:
    """Every one of the `words` is a word as it is written."""

    words: Words


@dataclass(frozen=True)
class Begins:
    """Every word of one of the `readings` begins a word, or has its stem."""

    readings: tuple[Words, ...]


@dataclass(frozen=True)
class Inside:
    """All of the `words`, one of the `reading`s, stand somewhere in words."""

    words: Words
    reading: int


@dataclass(frozen=True)
class Slips:
    """Of one of the `readings` one word for each place, however it was meant."""

    readings: tuple[tuple[Words, ...], ...]


Sought: TypeAlias = Whole | Begins | Inside | Slips


def folded(text: str) -> str:
    """As words are compared: letter case aside, «ё» as «е»."""
    return text.lower().replace("ё", "е")


def words_of(text: str) -> list[str]:
    return _WORD.findall(folded(text))


@lru_cache(maxsize=256)
def steps(q: str, *, numbers: bool = False) -> tuple[Sought, ...]:
    """The steps of looking for `q`; none for what is no word at all.

    With `numbers` groups of digits are one number, as in phones. Records of several kinds are
    looked for with one `q`.
    """
    first = first_step(q, numbers=numbers)
    if first is None:
        return ()
    within = _readings(q, INSIDE) if numbers else first.readings
    inside = [Inside(one, n) for n, one in enumerate(within) if max(map(len, one)) >= INSIDE]
    tried = tuple(_slipped(one) for one in first.readings if any(map(_may_slip, one)))
    return (first, *inside, *([Slips(tried)] if tried else []))


def first_step(q: str | None, *, numbers: bool = False) -> Begins | None:
    """The first of the `steps`; None where there is none."""
    readings = _readings(q or "", _JOINED if numbers else None)
    return Begins(readings) if readings else None


def _readings(q: str, joined: int | None) -> tuple[Words, ...]:
    """The words as they were typed and, where it makes others, in the other layout."""
    asked, other = _typed(q, joined), _typed(_other_layout(q), joined)
    if not asked:
        return ()
    return (asked, other) if other and other != asked else (asked,)


def _typed(q: str, joined: int | None) -> Words:
    """Groups of `joined` digits and more, where it is told, are one number."""

    def number(group: re.Match[str]) -> str:
        digits = "".join(re.findall(r"\d", group[0]))
        return f" {digits} " if len(digits) >= (joined or 0) else group[0]

    found: list[str] = []
    for piece in folded(_NUMBER.sub(number, q) if joined else q).split():
        found += [piece] if "@" in piece.strip("@") else _WORD.findall(piece)
    return tuple(found[:MAX_WORDS])


def _other_layout(q: str) -> str:
    """The same keys in the other of the two layouts."""
    lower = q.lower()
    russian = any(letter in _ALPHABETS[0] or letter == "ё" for letter in lower)
    return lower.translate(_TO_LATIN if russian else _TO_RUSSIAN)


def _may_slip(word: str) -> bool:
    return SLIP <= len(word) <= _LONGEST and word.isalpha()


def _slipped(words: Words) -> tuple[Words, ...]:
    tried = 0
    found = []
    for word in words:
        slips = tried < _MOST and _may_slip(word)
        tried += slips
        found.append((word, *sorted(slips_of(word) - {word})) if slips else (word,))
    return tuple(found)


@lru_cache(maxsize=256)
def slips_of(word: str) -> frozenset[str]:
    """What is one letter more, less or other away, or two neighbours changed over; itself too."""
    return frozenset(_slips_of(word))


def _slips_of(word: str) -> Iterator[str]:
    alphabet = next((one for one in _ALPHABETS if word[0] in one), "")
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        yield from (head + letter + tail for letter in alphabet)
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in alphabet)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
