"""What is stored of notices: the notices, what they were made of, wishes, letters, reminders."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Index, Time, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.modules.automation.notices_contract import (
    DEFAULT_WAYS,
    NoticeKind,
    NoticeWay,
    NoticeWishes,
    NoticeWishesDraft,
)
from gausdo.modules.automation.tables import schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.worklist import WAITING, Pending

WRITE = "automation.write"
"""The job that writes letters of notices."""
NINE = time(9)

_WAYS = TypeAdapter(dict[NoticeKind, NoticeWay])


class NoticeRow(schema.Base):  # type: ignore[name-defined,misc]
    """What somebody is told: of one kind and topic there is one that is not read.

    The topic is the record, or the mass edit or import that changed many. `when_at` is when a
    meeting that it reminds of begins. `letter` says how it goes by letter, `letter_id` with which
    one it does; what is not `shown` is read once it was sent.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "uq_notice_unread",
            *("person_id", "kind", "topic_id"),
            unique=True,
            postgresql_where=text("read_at is null"),
        ),
        Index("ix_notice_shown", "person_id", "at", "id", postgresql_where=text("shown")),
        Index(
            "ix_notice_unread",
            *("person_id", "at", "id"),
            postgresql_where=text("shown and read_at is null"),
        ),
        Index(
            "ix_notice_letter",
            *("person_id", "letter"),
            postgresql_where=text("letter <> 'never' and letter_id is null"),
        ),
        Index("ix_notice_letter_id", "letter_id", postgresql_where=text("letter_id is not null")),
        Index("ix_notice_at", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    kind: Mapped[str]
    topic_id: Mapped[UUID]
    about: Mapped[str]
    record_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    count: Mapped[int]
    at: Mapped[datetime] = mapped_column(TIME)
    when_at: Mapped[datetime | None] = mapped_column(TIME)
    read_at: Mapped[datetime | None] = mapped_column(TIME)
    shown: Mapped[bool]
    letter: Mapped[str]
    letter_id: Mapped[UUID | None]


class ToldRow(schema.Base):  # type: ignore[name-defined,misc]
    """That somebody was told of an event: once, however often it comes."""

    __tablename__ = "told"
    __table_args__ = (Index("ix_told_at", "at"),)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(TIME)


class WishesRow(schema.Base):  # type: ignore[name-defined,misc]
    """How somebody wants to be told; who has none has what everybody has."""

    __tablename__ = "notice_wishes"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    ways: Mapped[dict[str, Any]]
    daily_at: Mapped[time] = mapped_column(Time)
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)

    @classmethod
    def plain(cls, person_id: UUID) -> "WishesRow":
        return cls(person_id=person_id, ways={}, daily_at=NINE, quiet_from=None, quiet_until=None)

    def change(self, draft: NoticeWishesDraft) -> None:
        named = draft.model_fields_set
        if draft.ways is not None:
            self.ways = {**self.ways, **_WAYS.dump_python(draft.ways, mode="json")}
        if draft.daily_at is not None:
            self.daily_at = draft.daily_at
        for name in ("quiet_from", "quiet_until"):
            if name in named:
                setattr(self, name, getattr(draft, name))

    def way(self, kind: NoticeKind) -> NoticeWay:
        told = self.ways.get(kind)
        return NoticeWay.model_validate(told) if told else DEFAULT_WAYS[kind]

    def shown(self) -> NoticeWishes:
        return NoticeWishes(
            ways={kind: self.way(kind) for kind in NoticeKind},
            daily_at=self.daily_at,
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
        )


class NoticeLetterRow(Pending, schema.Base):  # type: ignore[name-defined,misc]
    """A letter of notices on its way to somebody. Until it is `written` it takes in what comes."""

    __tablename__ = "notice_letter"
    __table_args__ = (
        Index(
            "uq_notice_letter_open",
            *("person_id", "letter"),
            unique=True,
            postgresql_where=text(f"state = '{WAITING}' and not written"),
        ),
        Index("ix_notice_letter_due", "due_at", postgresql_where=text(f"state = '{WAITING}'")),
    )

    person_id: Mapped[UUID]
    letter: Mapped[str]
    written: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(TIME)


class ReminderRow(schema.Base):  # type: ignore[name-defined,misc]
    """That somebody is told of an open task at a time; gone once they are, or it is done."""

    __tablename__ = "reminder"
    __table_args__ = (Index("ix_reminder_at", "at"),)

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(TIME)
