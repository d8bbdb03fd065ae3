"""Events of identity: what people did beside the records, and when they work."""

from uuid import UUID

from gausdo.kernel.events import Event, Subject


class RecordsExported(Event, name="identity.records-exported.v1"):
    """Somebody began to take out many records; `asked` narrowed them."""

    export_id: UUID
    person_id: UUID
    what: str
    format: str
    asked: dict[str, str]

    def subject(self) -> Subject:
        return Subject(kind="export", id=self.export_id)


class JobTended(Event, name="identity.job-tended.v1"):
    """Somebody had a background job run again, or stopped it."""

    tending_id: UUID
    person_id: UUID
    stopped: bool
    job: int
    module: str
    task: str

    def subject(self) -> Subject:
        return Subject(kind="job", id=self.tending_id)


class ParkedRunAgain(Event, name="identity.parked-run-again.v1"):
    """Somebody had the parked events of a record tried again; kept by the module they wait in."""

    kind: str
    record_id: UUID
    consumers: int

    def subject(self) -> Subject:
        return Subject(kind=self.kind, id=self.record_id)


class WorkingTimeChanged(Event, name="identity.working-time-changed.v1"):
    """Somebody's hours or absences; what they are is in the history."""

    user_id: UUID
    version: int

    def subject(self) -> Subject:
        return Subject(kind="working-time", id=self.user_id)

    def subject_version(self) -> int:
        return self.version
