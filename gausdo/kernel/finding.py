"""Search over everything: each module finds its own records, and says by what."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.sought import INSIDE, Begins, Inside, Sought, Whole, folded, slips_of
from gausdo.kernel.values import Draft, Value

SHOWN = 5
MOST = 20
Kind = Literal["company", "person", "deal", "task"]
_WORD = re.compile(r"[^\W_]+")
_STEM = 3
"""Letters that a word and another of its forms begin with, at least."""


class SearchQuery(Draft):
    """`limit` is of each kind."""

    q: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, min_length=1)]
    limit: Annotated[int, Field(ge=1, le=MOST)] = SHOWN


class Mark(Value):
    """Letters of a text, from `start` on and before `end`, counted as UTF-16 does."""

    start: int
    end: int


class Match(Value):
    """A field of the record that has something of what was typed."""

    field: str
    text: str
    marks: list[Mark]


class Hit(Value):
    """A record that was found. `about` is the record it belongs to, where it has one."""

    kind: Kind
    id: UUID
    name: str
    hint: str | None
    about_kind: Kind | None = None
    about_id: UUID | None = None
    mine: bool
    matches: list[Match]


class Hits(Value):
    """Those of one kind, the closest first; `more`: there are others; `slip`: nothing has what was
    typed itself, these are one slip of the keyboard away.
    """

    kind: Kind
    hits: list[Hit]
    more: bool
    slip: bool


class Finds(Protocol):
    """The part of a contract that has records one may search for."""

    async def search(self, actor: Actor, query: SearchQuery, slips: bool = False) -> list[Hits]:
        """Of each kind the actor may read, where there are any: what has that which was typed, or
        instead what is one slip of the keyboard away.
        """
        ...


def matches(sought: Sequence[Sought], fields: Iterable[tuple[str, str | None]]) -> list[Match]:
    """The fields, of their names and texts, in which something of what was sought stands."""
    told = ((name, text, _marks(sought, text)) for name, text in fields if text)
    return [Match(field=name, text=text, marks=marks) for name, text, marks in told if marks]


def _marks(sought: Sequence[Sought], text: str) -> list[Mark]:
    lower = folded(text)
    for step in sought:
        if len(lower) == len(text) and (found := sorted(set(_places(step, lower)))):
            return [_mark(text, start, end) for start, end in _apart(found)]
    return []


def _places(step: Sought, text: str) -> Iterable[tuple[int, int]]:
    if isinstance(step, Inside):
        for word in step.words:
            yield from _anywhere(word, text)
    elif isinstance(step, Whole):
        yield from (found.span() for found in _WORD.finditer(text) if found[0] in step.words)
    elif isinstance(step, Begins):
        for word in {word for reading in step.readings for word in reading}:
            yield from _beginning(word, text)
    else:
        for meant in {words[0] for reading in step.readings for words in reading}:
            yield from _slipped(meant, text)


def _anywhere(word: str, text: str) -> Iterable[tuple[int, int]]:
    at = text.find(word)
    if at >= 0:
        yield at, at + len(word)
    elif word.isdigit() and len(word) >= INSIDE:
        # Digits of a number as it was typed, with spaces and dashes between them.
        found = re.search(r"[\s()+-]*".join(word), text)
        yield from [found.span()] if found else ()


def _beginning(word: str, text: str) -> Iterable[tuple[int, int]]:
    if not word.isalpha():
        yield from _anywhere(word, text)
        return
    stem = word[: max(_STEM, len(word) - _STEM)]
    for found in _WORD.finditer(text):
        other = found[0]
        if other.startswith(word):
            yield found.start(), found.start() + len(word)
        elif len(stem) >= _STEM and other.startswith(stem):
            yield found.start(), found.start() + _same(word, other)


def _same(word: str, other: str) -> int:
    """Letters that both begin with."""
    pairs = zip(word, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(word), len(other)))


def _slipped(word: str, text: str) -> Iterable[tuple[int, int]]:
    meant = slips_of(word) if word.isalpha() else {word}
    for found in _WORD.finditer(text):
        lengths = range(len(word) + 1, len(word) - 2, -1)
        length = next((n for n in lengths if found[0][:n] in meant), 0)
        if length:
            yield found.start(), found.start() + min(length, len(found[0]))


def _apart(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that touch are one."""
    joined = places[:1]
    for start, end in places[1:]:
        if start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _mark(text: str, start: int, end: int) -> Mark:
    def units(part: str) -> int:
        return len(part.encode("utf-16-le")) // 2

    return Mark(start=units(text[:start]), end=units(text[:end]))
