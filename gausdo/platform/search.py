"""Search words as PostgreSQL's full-text search takes them: every word, each as a prefix.

A word stands in the index as it is written and by its stem (the `russian` configuration stems
Russian and English words), so that words too common to be stemmed are found as well.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, Text, any_, bindparam, case, cast, false, func, select
from sqlalchemy.dialects.postgresql import REGCONFIG

from gausdo.platform.db import Asked

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


def matches(vector: ColumnElement[Any], q: str) -> ColumnElement[bool]:
    """Whether `vector` has every word of `q`; nothing has what is no word at all."""
    words = _query(q)
    if not words:
        return false()
    query = bindparam("q", words, Text)
    stems, written = (
        func.to_tsquery(cast(name, REGCONFIG), query) for name in ("russian", "simple")
    )
    return vector.bool_op("@@")(once(either(written, stems)))


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
