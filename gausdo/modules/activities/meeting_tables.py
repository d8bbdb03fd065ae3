"""Meetings and calls, and when whom is reminded of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, Index, Integer, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.errors import FieldError, Invalid
from gausdo.kernel.recurrence import Recurrence
from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.contract import (
    MeetingAdded,
    MeetingChanged,
    MeetingDraft,
    MeetingRemoved,
    MeetingRestored,
    MeetingState,
    ReminderDue,
)
from gausdo.modules.activities.occurring import Series, ending, next_of, over_at
from gausdo.modules.activities.tables import schema
from gausdo.platform.db.schema import TIME, Owned
from gausdo.platform.history import Changes

PERSONAL = frozenset({"title", "description", "place", "result"})
"""Fields whose values may name a person: they stay out of events."""

_NEEDED = {
    "title": "A meeting needs a title.",
    "kind": "It is a meeting or a call.",
    "begins_at": "Say when it begins.",
    "ends_at": "Say when it ends.",
    "all_day": "It takes the whole day, or not.",
    "owner_id": "Somebody has to lead it.",
    "colleague_ids": "Say nobody as an empty list.",
    "person_ids": "Say nobody as an empty list.",
    "remind": "Say never as an empty list.",
    "state": "It is planned, done or cancelled.",
}


class MeetingRow(Owned, schema.Base):  # type: ignore[name-defined,misc]
    """`over_at` is when its last occurrence ends: what a window is searched by."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("(about_kind is null) = (about_id is null)", "about"),
        CheckConstraint("ends_at >= begins_at", "ends"),
        Index("ix_meeting_owner", "owner_id", "over_at"),
        Index("ix_meeting_team", "team_id", "over_at"),
        Index("ix_meeting_begins", "begins_at", "id"),
        Index("ix_meeting_about", "about_id", "begins_at", "id"),
        Index("ix_meeting_colleagues", "colleague_ids", postgresql_using="gin"),
        Index("ix_meeting_people", "person_ids", postgresql_using="gin"),
    )

    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None]
    place: Mapped[str | None]
    state: Mapped[str]
    result: Mapped[str | None]
    begins_at: Mapped[datetime] = mapped_column(TIME)
    ends_at: Mapped[datetime] = mapped_column(TIME)
    all_day: Mapped[bool]
    time_zone: Mapped[str]
    repeats: Mapped[dict[str, Any] | None]
    skipped: Mapped[list[datetime]] = mapped_column(ARRAY(TIME))
    over_at: Mapped[datetime] = mapped_column(TIME)
    series_id: Mapped[UUID | None]
    remind: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    about_kind: Mapped[str | None]
    about_id: Mapped[UUID | None]  # customers.company, customers.person, sales.deal, by id only
    colleague_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    via: Mapped[str]

    @classmethod
    def add(
        cls, draft: MeetingDraft, zone: ZoneInfo, owner_id: UUID, team_id: UUID | None, via: str
    ) -> Self:
        """Raises Invalid for times that make no meeting."""
        at = now()
        told = draft.model_dump(include={"title", "description", "place", "begins_at", "ends_at",
                                         "all_day", "colleague_ids", "person_ids",
                                         "remind"})  # fmt: skip
        row = cls(
            **told,
            id=new_id(),
            kind=draft.kind,
            state=MeetingState.PLANNED,
            result=None,
            time_zone=zone.key,
            repeats=draft.repeats and draft.repeats.model_dump(mode="json"),
            skipped=[],
            series_id=None,
            about_kind=draft.about and draft.about.kind,
            about_id=draft.about and draft.about.id,
            owner_id=owner_id,
            team_id=team_id,
            via=via,
            created_at=at,
            changed_at=at,
            version=1,
        )
        row.over_at = over_at(row.series())
        return row

    def series(self) -> Series:
        return series_of(self)

    def taken_out(self, begins_at: datetime, repeats: Recurrence | None) -> Self:
        """One of the series, or what follows from it on, as a meeting of its own."""
        at = now()
        names = (column.name for column in type(self).__table__.columns)
        told = {name: getattr(self, name) for name in names}
        made = type(self)(
            **told
            | {
                "id": new_id(),
                "begins_at": begins_at,
                "ends_at": ending(self.series(), begins_at),
                "repeats": repeats and repeats.model_dump(mode="json"),
                "skipped": [one for one in self.skipped if repeats and one >= begins_at],
                "series_id": self.series_id or self.id,
                "created_at": at,
                "changed_at": at,
                "version": 1,
            }
        )
        made.over_at = over_at(made.series())
        return made

    def differing(self, named: Mapping[str, Any]) -> dict[str, Any]:
        """The named fields that are not so already. Raises Invalid for one that is needed."""
        errors = [
            FieldError(field=name, code="missing", message=_NEEDED[name])
            for name, value in named.items()
            if value is None and name in _NEEDED
        ]
        if errors:
            raise Invalid(errors[0].message, errors=errors)
        return {name: value for name, value in named.items() if getattr(self, name) != value}

    def change(self, told: Mapping[str, Any], team_id: UUID | None) -> Changes:
        """Set fields that differ; `team_id` is the team of the owner it shall have."""
        changes = {name: (getattr(self, name), value) for name, value in told.items()}
        for name, value in told.items():
            setattr(self, name, value)
        if changes:
            self.team_id = team_id
            self.over_at = over_at(self.series())
            self.touch()
        return changes

    def added(self) -> MeetingAdded:
        return MeetingAdded(**self._facts())

    def changed(
        self,
        changes: Changes,
        owner_before: UUID,
        team_before: UUID | None,
    ) -> MeetingChanged:
        colleagues, _ = changes.get("colleague_ids", (self.colleague_ids, None))
        return MeetingChanged(
            **self._facts(),
            fields=tuple(changes),
            previous_owner_id=owner_before,
            previous_team_id=team_before,
            previous_colleague_ids=tuple(colleagues),
        )

    def removed(self) -> MeetingRemoved:
        told = {"version": self.version + 1, "next_at": None}
        return MeetingRemoved(**self._facts() | told)

    def restored(self) -> MeetingRestored:
        return MeetingRestored(**self._facts())

    def next_at(self, at: datetime) -> datetime | None:
        """When it begins next; of one that comes once, when it begins, even if that has passed."""
        if self.state != MeetingState.PLANNED:
            return None
        return self.begins_at if self.repeats is None else next_of(self.series(), at)

    def _facts(self) -> dict[str, Any]:
        told = ("version kind state owner_id team_id about_kind about_id begins_at ends_at "
                "colleague_ids created_at")  # fmt: skip
        return {
            "meeting_id": self.id,
            "next_at": self.next_at(now()),
            **{name: getattr(self, name) for name in told.split()},
        }


def series_of(row: Any) -> Series:
    """What `occurring` counts, of a row or of what a statement told of one."""
    repeats = row.repeats and Recurrence.model_validate(row.repeats)
    zone = ZoneInfo(row.time_zone)
    return Series(row.begins_at, row.ends_at, zone, repeats, frozenset(row.skipped))


class ReminderRow(schema.Base):  # type: ignore[name-defined,misc]
    """Somebody is to be told of one time that a meeting takes place; kept for a while when told."""

    __tablename__ = "reminder"
    __table_args__ = (
        Index("ix_reminder_meeting", "meeting_id", "person_id", "minutes"),
        Index("ix_reminder_due", "due_at", postgresql_where="told_at is null"),
        Index("ix_reminder_told", "person_id", "told_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    minutes: Mapped[int]
    begins_at: Mapped[datetime] = mapped_column(TIME)
    due_at: Mapped[datetime] = mapped_column(TIME)
    told_at: Mapped[datetime | None] = mapped_column(TIME)

    def tell(self, meeting: MeetingRow) -> ReminderDue:
        self.told_at = now()
        return ReminderDue(
            reminder_id=self.id,
            meeting_id=self.meeting_id,
            kind=meeting.kind,
            person_id=self.person_id,
            minutes=self.minutes,
            begins_at=self.begins_at,
            about_kind=meeting.about_kind,
            about_id=meeting.about_id,
        )
