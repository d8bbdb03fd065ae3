"""Activities: tasks with a due time, and notes, on any record."""

from enum import StrEnum
from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import Field

from gausdo.kernel.actor import Actor
from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.history import ENTRIES, After, Entries, Restoration
from gausdo.kernel.orders import Order
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.persons import HoldsPeople
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Json, Line, Text, Time, Value
from gausdo.kernel.why import Why

TASKS = guarded(
    "activities.task", *("create", "read", "edit", "assign"), owned=True, fields=("description",)
)
NOTES = guarded("activities.note", "create", "read", owned=True)

RecordKind = Literal["company", "person", "deal"]


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"


class About(Draft):
    """The record a task or a note belongs to."""

    kind: RecordKind
    id: UUID


class AboutNamed(Value):
    kind: RecordKind
    id: UUID
    name: str | None  # where the reader may see it


class TaskDraft(Draft):
    title: Line
    about: About | None = None
    due_at: Time | None = None
    due_in_working_hours: Annotated[
        float | None,
        Field(gt=0, le=10_000, allow_inf_nan=False, description="Instead of `due_at`."),
    ] = None  # by the installation's calendar
    owner_id: UUID | None = None  # the actor when not told
    description: Text | None = None


class TaskChange(Change):
    title: Line | None = None
    due_at: Time | None = None
    owner_id: UUID | None = None
    description: Text | None = None
    state: TaskState | None = None


class Task(Value):
    id: UUID
    title: str
    description: str | None
    state: TaskState
    due_at: Time | None
    about: AboutNamed | None
    owner_id: UUID
    owner_name: str | None
    team_id: UUID | None
    via: str
    created_at: Time
    done_at: Time | None
    version: int
    editable: bool  # whether the reader may change it
    hidden: list[str]  # fields that the reader may not see


class TaskQuery(ListQuery):
    state: TaskState | None = None
    owner_id: UUID | None = None
    mine: bool = False
    about_kind: RecordKind | None = None
    about_id: UUID | None = None


class NoteDraft(Draft):
    about: About
    text: Text


class Note(Value):
    id: UUID
    about: AboutNamed
    text: str
    author_id: UUID
    author_name: str | None
    created_at: Time


class NoteQuery(ListQuery):
    about_kind: RecordKind
    about_id: UUID


class _TaskEvent(Event, name="activities.task-event"):
    task_id: UUID
    version: int
    state: TaskState
    owner_id: UUID
    team_id: UUID | None
    about_kind: RecordKind | None
    about_id: UUID | None
    due_at: Time | None
    created_at: Time
    done_at: Time | None

    def subject(self) -> Subject:
        return Subject(kind="task", id=self.task_id)

    def subject_version(self) -> int:
        return self.version

    def seen_by(self) -> Seen:
        return _seen({self.owner_id}, {self.team_id})


class TaskAdded(_TaskEvent, name="activities.task-added.v1"): ...


class TaskChanged(_TaskEvent, name="activities.task-changed.v1"):
    previous_owner_id: UUID
    previous_team_id: UUID | None
    fields: tuple[str, ...]

    def seen_by(self) -> Seen:
        return _seen({self.owner_id, self.previous_owner_id}, {self.team_id, self.previous_team_id})


class NoteAdded(Event, name="activities.note-added.v1"):
    note_id: UUID
    author_id: UUID
    team_id: UUID | None
    about_kind: RecordKind
    about_id: UUID
    created_at: Time

    def subject(self) -> Subject:
        return Subject(kind="note", id=self.note_id)

    def seen_by(self) -> Seen:
        return _seen({self.author_id}, {self.team_id})


def _seen(owners: set[UUID], teams: set[UUID | None]) -> Seen:
    return Seen(owners=frozenset(owners), teams=frozenset(team for team in teams if team))


class Activities(HoldsPeople, Protocol):
    async def list_tasks(self, actor: Actor, query: TaskQuery) -> Json:
        """`Listed[Task]`; sorts: due_at (default, without a due time last), created_at."""
        ...

    async def task(self, actor: Actor, id: UUID) -> Task:
        """Raises NotFound, also when the actor may not see it."""
        ...

    async def find_tasks(self, actor: Actor, ids: list[UUID]) -> list[Task]:
        """Those of them (≤ 200) the actor may see, in no order."""
        ...

    async def tasks_about(
        self, actor: Actor, kind: RecordKind, ids: list[UUID], query: TaskQuery
    ) -> Json:
        """`dict[UUID, Listed[Task]]`: the same page of each of these (≤ 200) records."""
        ...

    async def why_task(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        """Of a task the actor may see. Raises NotFound, Forbidden."""
        ...

    async def add_task(self, actor: Actor, draft: TaskDraft, key: str | None = None) -> Task:
        """Raises NotFound when the record it is about is not the actor's to see."""
        ...

    async def add_tasks(self, actor: Actor, orders: list[Order[TaskDraft]]) -> list[UUID]:
        """The ids of the tasks (≤ 200), in the order of their orders: all are made, or none.

        What an order has made before is not made again. Raises as `add_task`.
        """
        ...

    async def change_task(
        self, actor: Actor, id: UUID, change: TaskChange, key: str | None = None
    ) -> Task:
        """Raises NotFound, Forbidden, Stale, Invalid for an owner nobody knows."""
        ...

    async def restore_task(
        self, actor: Actor, id: UUID, restoration: Restoration, key: str | None = None
    ) -> Task:
        """Give a field the value it had before an entry of the history.

        Raises NotFound, Erased, NothingEarlier, and what `change_task` raises.
        """
        ...

    async def task_history(
        self, actor: Actor, id: UUID, after: After | None = None, limit: Entries = ENTRIES
    ) -> Json:
        """`list[HistoryEntry]`, newest first; `after` is the `next` of the last one read."""
        ...

    async def list_notes(self, actor: Actor, query: NoteQuery) -> Json:
        """`Listed[Note]` of one record the actor may see, newest first."""
        ...

    async def add_note(self, actor: Actor, draft: NoteDraft, key: str | None = None) -> Note:
        """Raises NotFound when the record it is about is not the actor's to see."""
        ...
