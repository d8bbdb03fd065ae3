"""Notes on records, and who is named in them; `contract` hands it on."""

import re
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Problem
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Json, Text, Time, Value
from gausdo.modules.activities.events import RecordKind
from gausdo.modules.activities.files_contract import Attachment, FileIds

NOTES = guarded("activities.note", "create", "read", owned=True)

MENTION = re.compile(r"@\[([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]")
"""How a colleague is named in a text, by their id."""
MOST_MENTIONS = 50


class About(Draft):
    """The record a task or a note belongs to."""

    kind: RecordKind
    id: UUID


class AboutNamed(Value):
    kind: RecordKind
    id: UUID
    name: str | None  # where the reader may see it


NoteText = Annotated[Text, Field(description="A colleague is named as `@[id]`, and told of it.")]


class NoteDraft(Draft):
    """Something is written, or a file is attached, or both."""

    about: About
    text: NoteText
    file_ids: FileIds = Field(default_factory=list)


class NoteChange(Change):
    text: NoteText | None = None
    file_ids: FileIds | None = None


class NoteVersion(Draft):
    """The note as it was seen; a later one refuses what was asked."""

    version: int = Field(strict=True, ge=1, le=2**53)


class Mention(Value):
    id: UUID
    name: str | None


class Note(Value):
    id: UUID
    about: AboutNamed
    text: str
    mentions: list[Mention]  # those who are named in the text as `@[id]`
    files: list[Attachment]
    author_id: UUID
    author_name: str | None
    created_at: Time
    changed_at: Time | None  # when it was written anew
    version: int
    editable: bool  # whether the reader may change it


class NoteQuery(ListQuery):
    about_kind: RecordKind
    about_id: UUID


class CannotSee(Problem, code="activities.cannot-see", status=422):
    """Somebody who is named may not see the record. `data`: `names`."""


def mentioned(text: str) -> list[UUID]:
    """Who is named in a text, each once."""
    return list(dict.fromkeys(UUID(found) for found in MENTION.findall(text)))


class KeepsNotes(Protocol):
    """The part of `Activities` that is about notes."""

    async def list_notes(self, actor: Actor, query: NoteQuery) -> Json:
        """`Listed[Note]` of one record the actor may see, newest first."""
        ...

    async def add_note(self, actor: Actor, draft: NoteDraft, key: str | None = None) -> Note:
        """Raises NotFound when the record it is about is not the actor's to see, CannotSee."""
        ...

    async def change_note(
        self, actor: Actor, id: UUID, change: NoteChange, key: str | None = None
    ) -> Note:
        """By its author, or who may change the record.

        Raises NotFound, Forbidden, Stale, Invalid, CannotSee.
        """
        ...

    async def remove_note(
        self, actor: Actor, id: UUID, seen: NoteVersion, key: str | None = None
    ) -> Note:
        """For thirty days it can come back. Raises as `change_note`."""
        ...

    async def restore_note(
        self, actor: Actor, id: UUID, seen: NoteVersion, key: str | None = None
    ) -> Note:
        """Bring back one that was removed. Raises as `change_note`."""
        ...
