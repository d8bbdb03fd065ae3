"""What happened to a record, as its page shows it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.values import Draft, Time, Value

ENTRIES = 500
"""Entries of one answer at most."""


Entries = Annotated[int, Field(ge=1, le=ENTRIES)]
After = Annotated[str, StringConstraints(max_length=1000)]


class HistoryQuery(Draft):
    """From the newest entry on, or from the `next` of an entry, which says what came before it."""

    limit: Entries = ENTRIES
    after: After | None = None


class HistoryEntry(Value):
    """One change. `changes` is field → [before, after]; `via` says how it came about.

    `next` is None on the record's first entry only: nothing came before it.
    """

    id: UUID
    name: str
    at: Time
    version: int
    actor_id: UUID | None
    actor_name: str | None
    via: str
    changes: dict[str, tuple[Any, Any]]
    next: str | None
