"""What activities tells of tasks, notes, meetings and calls; `contract` hands it on."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.mass import OfMassEdit
from gausdo.kernel.values import Time

RecordKind = Literal["company", "person", "deal"]


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"


class MeetingKind(StrEnum):
    MEETING = "meeting"
    CALL = "call"


class MeetingState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


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


class TaskRemoved(_TaskEvent, name="activities.task-removed.v1"):
    """It is in no list any more; for thirty days it can come back."""


class TaskRestored(_TaskEvent, name="activities.task-restored.v1"):
    """It is there again, as it was."""


class TasksEdited(OfMassEdit, Event, name="activities.mass-edit-changed.v1"): ...


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


class _NoteEvent(NoteAdded, name="activities.note-event"):
    version: int

    def subject_version(self) -> int:
        return self.version


class NoteChanged(_NoteEvent, name="activities.note-changed.v1"):
    """Its text is another."""


class NoteRemoved(_NoteEvent, name="activities.note-removed.v1"):
    """It is shown no more; for thirty days it can come back."""


class NoteRestored(_NoteEvent, name="activities.note-restored.v1"):
    """It is there again, as it was."""


class PeopleMentioned(Event, name="activities.people-mentioned.v1"):
    """Colleagues who may see the record were named in a note about it."""

    note_id: UUID
    about_kind: RecordKind
    about_id: UUID
    person_ids: tuple[UUID, ...]

    def subject(self) -> Subject:
        return Subject(kind=self.about_kind, id=self.about_id)

    def seen_by(self) -> Seen:
        return _seen({*self.person_ids}, set())


class _MeetingEvent(Event, name="activities.meeting-event"):
    """`next_at`: when it begins, or begins next as far as was known; of a series that is over, or
    of what is not planned any more, None.
    """

    meeting_id: UUID
    version: int
    kind: MeetingKind
    state: MeetingState
    owner_id: UUID
    team_id: UUID | None
    about_kind: RecordKind | None
    about_id: UUID | None
    begins_at: Time
    ends_at: Time
    next_at: Time | None
    colleague_ids: tuple[UUID, ...]
    created_at: Time

    def subject(self) -> Subject:
        return Subject(kind="meeting", id=self.meeting_id)

    def subject_version(self) -> int:
        return self.version

    def seen_by(self) -> Seen:
        return _seen({self.owner_id, *self.colleague_ids}, {self.team_id})


class MeetingAdded(_MeetingEvent, name="activities.meeting-added.v1"): ...


class MeetingChanged(_MeetingEvent, name="activities.meeting-changed.v1"):
    previous_owner_id: UUID
    previous_team_id: UUID | None
    previous_colleague_ids: tuple[UUID, ...]
    fields: tuple[str, ...]

    def seen_by(self) -> Seen:
        people = {self.owner_id, self.previous_owner_id}
        people |= {*self.colleague_ids, *self.previous_colleague_ids}
        return _seen(people, {self.team_id, self.previous_team_id})


class MeetingRemoved(_MeetingEvent, name="activities.meeting-removed.v1"):
    """It is in no calendar any more; for thirty days it can come back."""


class MeetingRestored(_MeetingEvent, name="activities.meeting-restored.v1"):
    """It is there again, as it was."""


class ReminderDue(Event, name="activities.reminder-due.v1"):
    """`person_id` asked to be told of a meeting `minutes` before it begins, and that time has come.

    Told once for each time the meeting takes place; a late one may come after it has begun.
    """

    reminder_id: UUID
    meeting_id: UUID
    kind: MeetingKind
    person_id: UUID
    minutes: int
    begins_at: Time
    about_kind: RecordKind | None
    about_id: UUID | None

    def subject(self) -> Subject:
        return Subject(kind="reminder", id=self.reminder_id)

    def seen_by(self) -> Seen:
        return _seen({self.person_id}, set())


def _seen(owners: set[UUID], teams: set[UUID | None]) -> Seen:
    return Seen(owners=frozenset(owners), teams=frozenset(team for team in teams if team))
