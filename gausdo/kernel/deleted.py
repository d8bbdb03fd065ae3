"""Deleted records: they are nowhere, and for a while they can be brought back."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gausdo.kernel.errors import NotFound
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Time, Value

Version = Annotated[int, Field(ge=1, lt=2**31)]
"""The one of the record as whoever deletes it has seen it."""


class DeletedRecord(Value):
    """A record that was deleted: by whom, when, and `until` when it can be brought back, by a
    reader who is told `restorable`.
    """

    id: UUID
    kind: str
    name: str
    owner_id: UUID
    owner_name: str | None
    by_id: UUID | None
    by_name: str | None
    at: Time
    until: Time
    version: int
    restorable: bool


class BroughtBack(Value):
    """A record that is there again, as it was."""

    id: UUID
    kind: str
    version: int


class DeletedQuery(ListQuery):
    """Deleted by whom, from when on, and before when. Sort: at."""

    by_id: UUID | None = None
    since: Time | None = None
    before: Time | None = None


class Deleted(NotFound, code="deleted", status=404):
    """It was deleted. `data`: the `DeletedRecord`."""
