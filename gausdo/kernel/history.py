"""What happened to a record, as its page shows it."""

from typing import Any
from uuid import UUID

from gausdo.kernel.values import Time, Value


class HistoryEntry(Value):
    """One change. `changes` is field → [before, after]; `via` says how it came about."""

    id: UUID
    name: str
    at: Time
    version: int
    actor_id: UUID | None
    actor_name: str | None
    via: str
    changes: dict[str, tuple[Any, Any]]
