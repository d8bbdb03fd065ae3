"""Search words as PostgreSQL's full-text search takes them: every word, each as a prefix.

A word stands in the index as it is written and by its stem (the `russian` configuration stems
Russian and English words), so that words too common to be stemmed are found as well.
"""

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Text, any_, bindparam, case, cast, false, func, select
from sqlalchemy.dialects.postgresql import REGCONFIG

from gausdo.platform.db import Asked, Schema

_WORD = re.compile(r"\w+")
MAX_WORDS = 10


def searchable(text: str) -> str:
    """The SQL of a `tsvector` over an SQL expression of text, for a computed column."""
    folded = f"translate(lower({text}), 'ё', 'е')"
    return f"to_tsvector('russian', {folded}) || to_tsvector('simple', {folded})"


def among(id: ColumnElement[Any], found: ColumnElement[bool]) -> ColumnElement[bool]:
    """The rows for which `found` holds, by the index of their words alone.

    PostgreSQL knows little of how many rows a prefix has; left to itself it may walk a whole
    table in the order of the page for the few rows that match.
    """
    return id == any_(func.array(select(id).where(found).correlate(None).scalar_subquery()))


Question: TypeAlias = ColumnElement[Any] | None
"""A `tsquery`; None of what is no word at all."""


def matches(vector: ColumnElement[Any], q: str) -> ColumnElement[bool]:
    """Whether `vector` has every word of `q`."""
    return answers(vector, question(q))


def question(q: str) -> Question:
    """Every word of `q`, as it is written or by its stem."""
    words = _query(q)
    if not words:
        return None
    query = bindparam("q", words, Text)
    stems, written = (
        func.to_tsquery(cast(name, REGCONFIG), query) for name in ("russian", "simple")
    )
    return either(written, stems)


def answers(vector: ColumnElement[Any], asked: Question) -> ColumnElement[bool]:
    """Whether `vector` has what is asked for; nothing has what is no word at all."""
    return false() if asked is None else vector.bool_op("@@")(once(asked))


def in_teams(
    schema: Schema,
    vector: ColumnElement[Any],
    team: ColumnElement[Any],
    asked: Question,
    teams: Sequence[ColumnElement[Any]],
) -> list[ColumnElement[bool]]:
    """Of each of `teams`, whether a row may be one of its rows that `answers`.

    The schema's function `of_team` puts a short sign of a team before each word, of a row and of
    what is asked: an index of that has the words of every team apart. Two teams may have one sign,
    so the team or the rights of each row are to be looked at as well.
    """
    of_team = getattr(func, schema.name).of_team
    own = of_team(vector, team)
    return [answers(own, None if asked is None else of_team(asked, one)) for one in teams]


def either(written: ColumnElement[Any], stems: ColumnElement[Any]) -> ColumnElement[Any]:
    """One question of two, asked once where they are the same, as of the first letters."""
    return case((written == stems, written), else_=written.op("||")(stems))


def once(question: ColumnElement[Any]) -> ColumnElement[Any]:
    """Made once for a statement, and not again for each row that is looked at."""
    return select(question).scalar_subquery()


def add_words(asked: Asked, q: str) -> None:
    """What `matches` makes of `q`, for a read that is told apart."""
    words = _query(q)
    asked.add("q", bool(words), q=words)


def _query(q: str) -> str:
    """The `tsquery` of its words; empty when it has none."""
    words = _WORD.findall(q.lower().replace("ё", "е"))[:MAX_WORDS]
    return " & ".join(f"'{word}':*" for word in words)
