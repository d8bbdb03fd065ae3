"""Files that are attached to notes; `contract` hands it on."""

from typing import Annotated, Protocol
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.files import SentFile
from gausdo.kernel.values import Draft
from gausdo.modules.activities.events import RecordKind

MOST_FILES = 20
"""A note has no more."""

FileIds = Annotated[
    list[UUID],
    Field(max_length=MOST_FILES, description="Files that were sent before, for this record."),
    AfterValidator(lambda ids: list(dict.fromkeys(ids))),
]


class FileDraft(Draft):
    """`name` is what it is called; of a path, the last part."""

    about_kind: RecordKind
    about_id: UUID
    name: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Attachment(SentFile):
    """`media` is what its bytes say it is, and nothing that a browser would run."""


class KeepsFiles(Protocol):
    """The part of `Activities` that keeps files, portion by portion."""

    async def begin_file(self, actor: Actor, draft: FileDraft, key: str | None = None) -> UUID:
        """Raises NotFound when the record is not the actor's to see, Invalid, TooMany."""
        ...

    async def add_portion(self, actor: Actor, id: UUID, number: int, content: bytes) -> None:
        """The next `PORTION` bytes, or the last; one that came before is not taken again.

        Raises NotFound, TooLarge, Invalid.
        """
        ...

    async def finish_file(self, actor: Actor, id: UUID) -> Attachment:
        """It is whole: from now on a note of the actor may have it. Raises NotFound."""
        ...

    async def file(self, actor: Actor, id: UUID) -> Attachment:
        """Of a note the actor may see, or one they have just sent. Raises NotFound."""
        ...

    async def file_portion(self, actor: Actor, id: UUID, number: int) -> bytes:
        """`PORTION` bytes, less at the end. Raises as `file`."""
        ...
