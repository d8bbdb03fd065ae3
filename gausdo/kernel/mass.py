"""Mass edits: one change of many records, previewed, done in the background, and undone."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from pydantic import Field

from gausdo.kernel.conditions import Condition
from gausdo.kernel.custom import Values
from gausdo.kernel.errors import Conflict, invalid
from gausdo.kernel.events import Subject
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.pages import MAX_PAGE, ListQuery
from gausdo.kernel.values import Draft, Time, Value
from gausdo.kernel.views import Words

Q = TypeVar("Q", bound=ListQuery)

AT_MOST = 5000
"""Records of one mass edit."""
LEFT_TOLD = 100
"""Records of which it is told why they were left alone."""


class Found(Draft):
    """All that a list finds by these, up to `AT_MOST`."""

    filter: Condition | None = None
    q: Words = ""

    def page(self, query: type[Q], after: str | None) -> Q:
        """As a list takes it, as many at once as it gives."""
        filter = None if self.filter is None else self.filter.model_dump_json()
        return query(limit=MAX_PAGE, after=after, q=self.q or None, filter=filter)


class Selection(Draft):
    """Either records by their ids, or all that a list finds."""

    ids: tuple[UUID, ...] | None = Field(None, max_length=AT_MOST)
    found: Found | None = None


class MassChange(Draft):
    """What records are to become: `change` sets fields, null empties one; tags come and go. Or they
    are to be deleted, and nothing else.
    """

    of: Selection
    delete: bool = False
    if TYPE_CHECKING:
        change: Any

    def named(self) -> dict[str, Any]:
        """The fields that are set, with their values; those that were added each by its own."""
        told = {name: getattr(self.change, name) for name in self.change.model_fields_set}
        custom: Values = told.pop("custom", None) or {}
        return told | {CUSTOM + key: value for key, value in custom.items()}

    def custom(self) -> Values:
        """Those of them that were added, by their keys."""
        return getattr(self.change, "custom", None) or {}

    def with_custom(self, values: Values) -> Self:
        change = self.change.model_copy(update={"custom": values})
        return self.model_copy(update={"change": change})

    def tags(self) -> tuple[list[str], list[str]]:
        """Those that are added, and those that are taken away."""
        return [], []

    def demand_sense(self) -> None:
        """Raise Invalid unless it says of which records it is, and what they are to become."""
        if (self.of.ids is None) == (self.of.found is None):
            raise invalid("of", "mass-selection", "Name records by `ids`, or what is `found`.")
        if not self.of.ids and self.of.found is None:
            raise invalid("of.ids", "mass-nothing", "Choose at least one record.")
        named, (more, less) = self.named(), self.tags()
        if self.delete and (named or more or less):
            raise invalid("delete", "mass-both", "What is deleted is not changed as well.")
        if not self.delete and not named and not more and not less:
            raise invalid("change", "mass-nothing", "Say what is to be changed.")
        if "owner_id" in named and named["owner_id"] is None:
            raise invalid("change.owner_id", "missing", "Somebody has to own it.")
        if set(more) & set(less):
            raise invalid("remove_tags", "mass-both", "A tag is added or taken away, not both.")


class MassPreview(Value):
    """What a mass edit would do now. `found` is capped at `at_most` where `more` says that there
    are others; of these `changing` would change, `same` are so already, `refused` are not yours to
    change in this way, `unseen` are not there for you.
    """

    found: int
    more: bool
    at_most: int
    changing: int
    same: int
    refused: int
    unseen: int


class MassAct(StrEnum):
    """What is done with each record."""

    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"

    def undone(self) -> "MassAct":
        """What takes it back."""
        return _UNDONE[self]


_UNDONE = {
    MassAct.EDIT: MassAct.EDIT,
    MassAct.DELETE: MassAct.RESTORE,
    MassAct.RESTORE: MassAct.DELETE,
}


class MassState(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


class LeftAlone(Value):
    """A record, or some fields of it, that were left as they were, and why, by code."""

    record_id: UUID
    code: str
    fields: tuple[str, ...]


class MassEdit(Value):
    """A mass edit as it stands: `total` records, `done` of them looked at, of these `changed`,
    `same` already and `left` alone.

    `undoes` is the one whose changes it takes back; `undoable` says that there is something to
    take back of its own.
    """

    id: UUID
    kind: str
    act: MassAct
    state: MassState
    undoes: UUID | None
    at: Time
    total: int
    done: int
    changed: int
    same: int
    left: int
    more: bool
    why: tuple[LeftAlone, ...]
    undoable: bool


class OfMassEdit(Value):
    """A mass edit has begun, was stopped, or is done; its changes are told of each record."""

    mass_edit_id: UUID
    kind: str
    state: MassState
    undoes: UUID | None
    total: int
    version: int

    def subject(self) -> Subject:
        return Subject(kind="mass-edit", id=self.mass_edit_id)

    def subject_version(self) -> int:
        return self.version


class MassRunning(Conflict, code="mass-running", status=409):
    """It goes on still, or its undoing does."""


class NothingToUndo(Conflict, code="mass-nothing-to-undo", status=409):
    """It has changed nothing that is not undone already."""
