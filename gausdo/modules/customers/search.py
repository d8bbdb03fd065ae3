"""Words a customer is found by, and what was typed as a question to them.

Each word is a prefix and all have to be found. A word stands in the index as it is written and,
for those of a language, by its stem; phones stand there from every digit people begin with.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, cast, func
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

from gausdo.modules.customers.contract import Reachable
from gausdo.platform.db import Asked
from gausdo.platform.search import Question, either

MAX_WORDS = 10
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\+?\(?\d(?:[\d\s()-]*\d)?")
_JOINED = 6
"""Digits from which on a group such as `916 123-45` is one number and not several words."""
_SHORT, _LAST = 7, 4
"""Digits of a number as it is told within a city, and as it is remembered."""


def words(
    texts: Iterable[str | None], phones: Iterable[Reachable], emails: Iterable[Reachable]
) -> list[str]:
    """Everything one may type the beginning of, each once."""
    found = {word for text in texts if text for word in _WORD.findall(_folded(text))}
    for one in emails:
        for address in {_folded(one.typed), one.normal}:
            found |= {address, *_WORD.findall(address)}
    for one in phones:
        found.update(_beginnings(one.normal))
    return sorted(found)


def _beginnings(normal: str) -> Iterator[str]:
    """`79161234567`, `89161234567`, `9161234567`, `1234567`, `4567`."""
    digits = normal.partition(";")[0].removeprefix("+")
    yield from (digits, digits[-_SHORT:], digits[-_LAST:])
    if digits.startswith("7"):
        yield from (digits[1:], f"8{digits[1:]}")


def _folded(text: str) -> str:
    return text.lower().replace("ё", "е")


def question(q: str) -> Question:
    """Every word of `q`."""
    asked = [_question(word, number) for number, word in enumerate(_asked(q))]
    if not asked:
        return None
    every = asked[0]
    for one in asked[1:]:
        every = every.op("&&")(one)
    return every


def add_words(asked: Asked, q: str) -> None:
    """What `question` makes of `q`, for a read that is told apart."""
    words = _asked(q)
    asked.add("words", len(words))
    for number, word in enumerate(words):
        stem = _stem(word)
        asked.add("q", stem is None, **{f"q_{number}": _written(word), f"q_{number}_stem": stem})


def _asked(q: str) -> list[str]:
    def joined(group: re.Match[str]) -> str:
        digits = "".join(re.findall(r"\d", group[0]))
        return f" {digits} " if len(digits) >= _JOINED else group[0]

    found: list[str] = []
    for piece in _folded(_NUMBER.sub(joined, q)).split():
        found += [piece] if "@" in piece.strip("@") else _WORD.findall(piece)
    return found[:MAX_WORDS]


def _question(word: str, number: int) -> ColumnElement[Any]:
    """As it is written, or by its stem."""
    written = cast(bindparam(f"q_{number}", _written(word), Text), TSQUERY)
    if (stem := _stem(word)) is None:
        return written
    told = bindparam(f"q_{number}_stem", stem, Text)
    stems = func.to_tsquery(cast("russian", REGCONFIG), told)
    return either(written, stems)


def _written(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*"


def _stem(word: str) -> str | None:
    """What is no word of a language has no stem."""
    return f"{word}:*" if word.isalpha() else None
