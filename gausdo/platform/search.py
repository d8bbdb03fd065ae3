"""Search words as PostgreSQL's full-text search takes them: every word, each as a prefix.

A word stands in the index as it is written and by its stem (the `russian` configuration stems
Russian and English words), so that words too common to be stemmed are found as well.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, any_, cast, false, func, literal, select
from sqlalchemy.dialects.postgresql import REGCONFIG

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
    words = _WORD.findall(q.lower().replace("ё", "е"))[:MAX_WORDS]
    if not words:
        return false()
    query = literal(" & ".join(f"'{word}':*" for word in words))
    stems, written = (
        func.to_tsquery(cast(name, REGCONFIG), query) for name in ("russian", "simple")
    )
    return vector.bool_op("@@")(stems.op("||")(written))
