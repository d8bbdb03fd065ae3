"""Files brought in: what a row becomes, how far a file is, and how it is taken back."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict, Reason, invalid
from gausdo.kernel.events import Subject
from gausdo.kernel.exporting import GivesTables
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.pages import PAGE, Limit, Listed
from gausdo.kernel.values import Change, Draft, Line, Text, Time, Value

ImportKind = Literal["companies", "people", "deals"]
RecordKind = Literal["company", "person", "deal"]

KEYS: Mapping[ImportKind, tuple[str, ...]] = {
    "companies": ("inn", "emails", "phones", "name"),
    "people": ("emails", "phones"),
    "deals": ("title",),
}
"""Fields that tell whether a row is of a record that is there; a deal's with its company. So does
any field that was added and is unique, as `custom.key`.
"""
By = Annotated[str, StringConstraints(pattern=r"^(custom\.)?[a-z][a-z0-9_]{0,39}$")]


class ImportPolicy(StrEnum):
    """What becomes of rows: new records, changes of those there are, or whichever fits."""

    CREATE = "create"
    UPDATE = "update"
    BOTH = "both"


class Lookalikes(StrEnum):
    """What becomes of a row that would be a new company or person, and looks like one that is there
    and may be seen, as duplicates are told (`docs/duplicates.md`).
    """

    CREATE = "create"  # a new record; the two stand among those that may be one
    SKIP = "skip"
    UPDATE = "update"  # the one it looks like most
    ASK = "ask"  # put aside, for somebody to say


class Bringing(Draft):
    """How a batch of rows is brought in; `by` is one of the kind's `KEYS`, or a unique field that
    was added.

    `dry`: everything is tried and nothing kept.
    """

    policy: ImportPolicy = ImportPolicy.CREATE
    by: By
    dry: bool = False
    lookalikes: Lookalikes = Lookalikes.CREATE


class FileRow(Draft):
    """Fields as their drafts have them, in terms of JSON; what is not named stays as it is."""

    line: int
    fields: dict[str, Any]


class Became(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    SAME = "same"
    SKIPPED = "skipped"
    REFUSED = "refused"


class Landed(Value):
    """What became of a row: of which record and version, or why it was refused."""

    line: int
    became: Became
    id: UUID | None = None
    version: int = 0
    why: Reason | None = None

    @classmethod
    def refused(cls, line: int, why: Reason) -> "Landed":
        return cls(line=line, became=Became.REFUSED, why=why)


SEVERAL = Reason(
    code="imports.several",
    message="Several records have this value, so it does not tell which one is meant.",
)
NONE_THERE = Reason(
    code="imports.none-there", message="There is no record with this value to be changed."
)
NO_KEY = Reason(code="imports.no-key", message="The row has nothing to tell which record it is of.")


LOOKS_LIKE = Reason(
    code="imports.looks-like",
    message="It looks like a record that is there: say whether it is the same.",
)


def demand_key(kind: ImportKind, by: str, unique: Collection[str]) -> None:
    """Raise Invalid for what records of a kind are not known again by; `unique` are the keys of
    unique fields that were added.
    """
    if by not in KEYS[kind] and by not in {CUSTOM + key for key in unique}:
        raise invalid("by", "choice", "Files of this kind are not compared so.")


class TakesFiles(GivesTables, Protocol):
    """A module whose records files bring, and leave in; `actor.cause` names the import."""

    async def bring(
        self,
        actor: Actor,
        kind: ImportKind,
        rows: list[FileRow],
        how: Bringing,
        key: str | None = None,
    ) -> list[Landed]:
        """A batch (≤ 1000) in one transaction; a refused row does not refuse the others.

        Rights are asked row by row. Raises Forbidden without the right to import.
        """
        ...


class ImportState(StrEnum):
    NEW = "new"  # uploaded, its columns to be looked at
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


BEFORE_IT_RUNS = frozenset({ImportState.NEW, ImportState.CHECKED, ImportState.FAILED})
AT_WORK = frozenset({ImportState.CHECKING, ImportState.RUNNING})


class ImportColumn(Value):
    """A column of the file with some of its cells; `field` is None for one that is left out."""

    name: str
    samples: list[str]
    field: str | None


class ImportCounts(Value):
    """Of the rows looked at so far: tried, or brought in."""

    created: int = 0
    updated: int = 0
    same: int = 0
    skipped: int = 0
    refused: int = 0


class UndoState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


class ImportUndo(Value):
    """How far an import has been taken back: `done` of `total` records looked at."""

    state: UndoState
    total: int
    done: int
    removed: int
    given_back: int
    conflicts: int


class FileImport(Value):
    """A file on its way in. `lines` rows, the first `done` of them looked at."""

    id: UUID
    kind: ImportKind
    name: str
    format: Literal["csv", "xlsx"]
    state: ImportState
    columns: list[ImportColumn]
    fields: list[str]  # what a column may be for
    needed: str  # the field that there must be a column for
    keys: list[str]  # what `by` may be
    policy: ImportPolicy
    by: str
    lookalikes: Lookalikes = Lookalikes.CREATE
    automation: bool  # whether rules hear of what it brings
    lines: int
    done: int
    counts: ImportCounts
    trouble: Reason | None  # why it failed
    undo: ImportUndo | None = None  # once it is being taken back
    owner_id: UUID
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    version: int


Mapped = Annotated[list[str | None], Field(max_length=500)]


class FileImportChange(Change):
    """`fields`: one for each column, in their order."""

    fields: Mapped | None = None
    policy: ImportPolicy | None = None
    by: By | None = None
    lookalikes: Lookalikes | None = None
    automation: bool | None = None


class RefusedRow(Value):
    """A row that was not brought in: its cells, and why; `column` is the place of the cell."""

    id: UUID
    line: int
    cells: list[str]
    column: int | None
    why: Reason


class RowCorrection(Draft):
    """The cells of a refused row as they should have been.

    `lookalikes`: what is said of this row alone.
    """

    cells: Annotated[list[Text], Field(max_length=500)]
    lookalikes: Lookalikes | None = None


class ImportsQuery(Draft):
    """A page, from the `next` of the one before it."""

    limit: Limit = PAGE
    after: Annotated[str, StringConstraints(max_length=1000)] | None = None


FileName = Annotated[Line, Field(max_length=200)]


class OfImport(Value):
    """That an import has come into another state; what it brings is told of each record."""

    import_id: UUID
    kind: ImportKind
    state: ImportState
    owner_id: UUID
    team_id: UUID | None
    version: int

    def subject(self) -> Subject:
        return Subject(kind="import", id=self.import_id)

    def subject_version(self) -> int:
        return self.version


class NotNow(Conflict, code="integrations.import-not-now", status=409):
    """An import in its state cannot do this. `data`: `state`."""


class KeepsImports(Protocol):
    """What `Integrations` does with files."""

    async def upload_file(
        self,
        actor: Actor,
        kind: ImportKind,
        name: FileName,
        content: bytes,
        key: str | None = None,
    ) -> FileImport:
        """CSV or XLSX, by what it is. Raises Forbidden, TooLarge, Invalid."""
        ...

    async def list_imports(self, actor: Actor, query: ImportsQuery) -> Listed[FileImport]:
        """Newest first: one's own, and those one may read."""
        ...

    async def file_import(self, actor: Actor, id: UUID) -> FileImport:
        """Raises NotFound."""
        ...

    async def change_import(
        self, actor: Actor, id: UUID, change: FileImportChange, key: str | None = None
    ) -> FileImport:
        """Before it runs; what was checked is to be checked anew.

        Raises NotFound, Forbidden, Stale, NotNow, Invalid.
        """
        ...

    async def check_import(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        """Try every row and keep nothing, in the background. Raises as `run_import`."""
        ...

    async def run_import(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        """In the background, from where it is. Raises NotFound, Forbidden, NotNow, Invalid."""
        ...

    async def pause_import(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        """After the batch that is on its way. Raises NotFound, Forbidden, NotNow."""
        ...

    async def stop_import(self, actor: Actor, id: UUID, key: str | None = None) -> FileImport:
        """What it has brought by now stays. Raises NotFound, Forbidden, NotNow."""
        ...

    async def refused_rows(self, actor: Actor, id: UUID, query: ImportsQuery) -> Listed[RefusedRow]:
        """In the order of the file. Raises NotFound."""
        ...

    async def refused_file(self, actor: Actor, id: UUID) -> bytes:
        """The refused rows with their reasons as CSV that no program takes for formulas."""
        ...

    async def correct_row(
        self,
        actor: Actor,
        id: UUID,
        row_id: UUID,
        correction: RowCorrection,
        key: str | None = None,
    ) -> FileImport:
        """Bring in a refused row as corrected, at once; refused again, it says why anew.

        Raises NotFound, Forbidden, NotNow, Invalid.
        """
        ...
