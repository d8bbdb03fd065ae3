"""What an import has done is taken back, and what hangs on a record that is to go."""

from enum import StrEnum
from typing import Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor
from gausdo.kernel.imports import FileImport, ImportsQuery, RecordKind
from gausdo.kernel.pages import Listed
from gausdo.kernel.values import Draft, Value

IN_USE, MERGED, REMOVED, SINCE = "in-use", "merged", "removed", "changed-since"
"""Why a record is left as it is; else the code of the refusal."""


class Use(Value):
    """A record that names another one, `id`."""

    id: UUID
    by_kind: str
    by_id: UUID


class NamesRecords(Protocol):
    """A module whose records name companies, people or deals. Only Gausdo itself asks."""

    async def uses_of(self, actor: Actor, kind: RecordKind, ids: list[UUID]) -> list[Use]:
        """Who names these. Raises Forbidden for anybody but Gausdo itself."""
        ...


class Touched(Draft):
    """A record that an import made or changed; `used_by`: who names it, some of them if many."""

    id: UUID
    made: bool
    used_by: list[Use] = Field(default_factory=list)


class Taken(StrEnum):
    REMOVED = "removed"
    GIVEN_BACK = "given-back"
    CONFLICT = "conflict"


class TakenBack(Value):
    """What became of a record. Of a conflict `code` says why; of these `fields`, if any is named,
    and the others have their earlier values again.
    """

    id: UUID
    became: Taken
    code: str | None = None
    fields: list[str] = Field(default_factory=list)


class TakesBack(NamesRecords, Protocol):
    """A module whose records files bring, and that takes back what they have brought."""

    async def take_back(
        self,
        actor: Actor,
        kind: RecordKind,
        touched: list[Touched],
        key: str | None = None,
    ) -> list[TakenBack]:
        """These (≤ 1000) in one transaction; `actor.cause` names the import. Without a key
        it only tells what would be.

        What it made is removed, what it changed has its earlier values; what somebody has changed
        or used since stays and is told. Raises Forbidden without the right to import.
        """
        ...


class UndoPreview(Value):
    """What taking it back would do now; `more`: there are more records than were looked at."""

    removed: int
    given_back: int
    conflicts: int
    more: bool


class UndoConflict(Value):
    """A record that an import has touched and that is left as it is, or these fields of it.

    `name` is empty where the reader may not see it, or it is no more.
    """

    kind: RecordKind
    record_id: UUID
    name: str | None
    code: str
    fields: list[str]


class UndoesImports(Protocol):
    """What `Integrations` does to take files back."""

    async def preview_undo(self, actor: Actor, id: UUID) -> UndoPreview:
        """Changes nothing. Raises NotFound, Forbidden, NotNow."""
        ...

    async def undo_import(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        """In the background; paused it goes on, done it looks at its conflicts once more.

        Raises NotFound, Forbidden, NotNow.
        """
        ...

    async def pause_undo(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        """After the portion that is on its way. Raises NotFound, Forbidden, NotNow."""
        ...

    async def undo_conflicts(
        self, actor: Actor, id: UUID, query: ImportsQuery
    ) -> Listed[UndoConflict]:
        """What was left as it is. Raises NotFound."""
        ...
