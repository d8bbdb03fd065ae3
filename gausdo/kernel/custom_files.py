"""Fields that were added and hold files: how files come to them, and how they are read.

A record keeps of each file what lists and its history show: its id, name, media type and size.
"""

from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from pydantic import StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.files import SentFile
from gausdo.kernel.values import Draft

MOST_FILES = 10
"""A field of a record has no more."""


class Files(list[Any]):
    """Files that were sent for a field and found to be there: nothing that comes from outside is
    one, so that no way into a record takes files it does not look for.
    """


class FileOf(Draft):
    """The field it is for; `name` is what it is called: of a path, the last part."""

    field_id: UUID
    name: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class FieldFileDraft(FileOf):
    kind: Literal["deal", "company", "person"]  # of record


class KeepsFieldFiles(Protocol):
    """The part of a module that keeps files of fields, portion by portion. `kind`: of record."""

    async def begin_field_file(
        self, actor: Actor, draft: FieldFileDraft, key: str | None = None
    ) -> UUID:
        """Raises Forbidden, Invalid, TooMany."""
        ...

    async def add_field_file_portion(
        self, actor: Actor, id: UUID, number: int, content: bytes
    ) -> None:
        """The next `PORTION` bytes, or the last; one that came before is not taken again.

        Raises NotFound, TooLarge, Invalid.
        """
        ...

    async def finish_field_file(self, actor: Actor, id: UUID) -> SentFile:
        """It is whole: within a day the actor may give it to a record. Raises NotFound."""
        ...

    async def field_file(self, actor: Actor, kind: str, id: UUID) -> SentFile:
        """Of a record and a field the actor may see, or one they have just sent.

        Raises Forbidden, NotFound.
        """
        ...

    async def field_file_portion(self, actor: Actor, kind: str, id: UUID, number: int) -> bytes:
        """`PORTION` bytes, less at the end. Raises as `field_file`."""
        ...


def called(held: Any) -> str:
    """What a value's files are called, as conditions compare it."""
    return ", ".join(str(one["name"]) for one in held)


def with_all(mine: Any, others: Any) -> list[Any]:
    """The files of two records that become one."""
    return [*{one["id"]: one for one in [*mine, *others]}.values()]


def without_those(now: Any, came: Any, own: Any) -> list[Any]:
    """The files that are there now, without those that came and were not there before."""
    gone = {one["id"] for one in came} - {one["id"] for one in own or ()}
    return [one for one in now if one["id"] not in gone]


def is_files(held: Any) -> bool:
    """Whether a value is one of files: no other is a list of anything but keys."""
    return isinstance(held, list) and any(isinstance(one, dict) for one in held)
