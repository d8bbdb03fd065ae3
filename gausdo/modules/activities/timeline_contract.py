"""Timelines: all that happened around a record; `contract` hands it on."""

from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.named import NamedRecord
from gausdo.kernel.pages import PAGE, Limit
from gausdo.kernel.values import Draft, Json, Time, Value
from gausdo.modules.activities.events import RecordKind


class TimelineKind(StrEnum):
    NOTE = "note"
    TASK = "task"
    MEETING = "meeting"
    CALL = "call"
    LETTER = "letter"
    DEAL = "deal"  # opened, moved to another stage, won, lost, taken away
    CHANGE = "change"  # of the fields of a record


class TimelineQuery(Draft):
    """Of a record, the latest first; `after` is the `next` of the page before."""

    about_kind: RecordKind
    about_id: UUID
    kinds: Annotated[str | None, Field(max_length=100, description="Kinds and commas.")] = None
    limit: Limit = PAGE
    after: Annotated[str, StringConstraints(max_length=1000)] | None = None


class TimelineLetter(Value):
    id: UUID
    to: str
    subject: str
    sent_at: Time | None


class TellsTimelines(Protocol):
    """The part of `Activities` that tells what happened around a record."""

    async def timeline(
        self, actor: Actor, query: TimelineQuery, record: NamedRecord | None = None
    ) -> Json:
        """`Listed[TimelineEntry]` of one record the actor may see, the latest first, with those
        of the people and deals of a company and of the deals of a person. `record` is that one,
        told by who has just read it in the actor's name.

        An entry is told where what it shows may be read. A page may have fewer entries than asked
        for, and others after it.
        """
        ...

    async def refill_timelines(self, actor: Actor) -> None:
        """Empty timelines, and fill them again in the background; asked by Gausdo alone."""
        ...
