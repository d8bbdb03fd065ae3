"""Search words as PostgreSQL's full-text search takes them: every word, each as a prefix.

The `russian` configuration stems Russian and English words and folds «ё».
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, cast, func, literal
from sqlalchemy.dialects.postgresql import REGCONFIG

_WORD = re.compile(r"\w+")
MAX_WORDS = 10


def matches(vector: ColumnElement[Any], q: str) -> ColumnElement[bool] | None:
    """Whether `vector` has every word of `q`; None when `q` has no word at all."""
    words = _WORD.findall(q.lower())[:MAX_WORDS]
    if not words:
        return None
    query = " & ".join(f"'{word}':*" for word in words)
    return vector.bool_op("@@")(func.to_tsquery(cast("russian", REGCONFIG), literal(query)))
