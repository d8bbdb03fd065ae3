"""What is kept of calendars elsewhere: how to get there, what was read, when it takes place."""

from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.modules.activities.outside_contract import (
    OutsideAccount,
    OutsideCalendar,
    OutsideState,
)
from gausdo.modules.activities.tables import schema
from gausdo.platform.crypto import Place, data_keys
from gausdo.platform.db.schema import TIME
from gausdo.platform.worklist import FAILED, WAITING, Pending

data_keys(schema)
READ = "activities.read_outside"
"""The job that reads calendars of elsewhere."""


class OutsideAccountRow(Pending, schema.Base):  # type: ignore[name-defined,misc]
    """An account at a server, which is read again and again: it is never `done`."""

    __tablename__ = "outside_account"
    __table_args__ = (
        Index("ix_outside_account_due", "due_at", postgresql_where=text(f"state = '{WAITING}'")),
        Index("ix_outside_account_person", "person_id"),
    )
    PASSWORD: ClassVar = Place("outside_account", "password")

    person_id: Mapped[UUID]
    url: Mapped[str]
    user: Mapped[str]
    password: Mapped[bytes] = mapped_column(LargeBinary)
    problem: Mapped[str | None]
    read_at: Mapped[datetime | None] = mapped_column(TIME)
    created_at: Mapped[datetime] = mapped_column(TIME)

    def read_now(self) -> None:
        """Whoever reads it at the moment shall not say that it was read since."""
        self.retry()
        self.problem = None

    def shown(self, calendars: list["OutsideCalendarRow"]) -> OutsideAccount:
        return OutsideAccount(
            id=self.id,
            host=urlsplit(self.url).hostname or self.url,
            user=self.user,
            state=self._standing(),
            problem=self.problem,
            said=self.error if self.problem else None,
            read_at=self.read_at,
            calendars=[one.shown() for one in calendars],
        )

    def _standing(self) -> OutsideState:
        if self.state == FAILED:
            return OutsideState.STOPPED
        if self.problem is not None:
            return OutsideState.WAITING
        return OutsideState.READ if self.read_at else OutsideState.LOOKING


class OutsideCalendarRow(schema.Base):  # type: ignore[name-defined,misc]
    """`mark` is what the server says of its state (a sync-token, or a ctag) as it was read last."""

    __tablename__ = "outside_calendar"
    __table_args__ = (UniqueConstraint("account_id", "href"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("activities.outside_account.id", ondelete="CASCADE")
    )
    href: Mapped[str]
    name: Mapped[str]
    color: Mapped[str | None]
    chosen: Mapped[bool]
    busy: Mapped[bool]
    mark: Mapped[str | None]
    read_at: Mapped[datetime | None] = mapped_column(TIME)

    def shown(self) -> OutsideCalendar:
        return OutsideCalendar(
            id=self.id, name=self.name, color=self.color, chosen=self.chosen, busy=self.busy
        )


class OutsideObjectRow(schema.Base):  # type: ignore[name-defined,misc]
    """A resource of a calendar, as its `etag` was; `content` is kept of what comes again."""

    __tablename__ = "outside_object"
    __table_args__ = (UniqueConstraint("calendar_id", "href"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    calendar_id: Mapped[UUID] = mapped_column(
        ForeignKey("activities.outside_calendar.id", ondelete="CASCADE")
    )
    href: Mapped[str]
    etag: Mapped[str]
    content: Mapped[str | None]


class OutsideTimeRow(schema.Base):  # type: ignore[name-defined,misc]
    """When something takes place."""

    __tablename__ = "outside_time"
    __table_args__ = (
        Index("ix_outside_time_person", "person_id", "ends_at"),
        Index("ix_outside_time_object", "object_id"),
        Index("ix_outside_time_calendar", "calendar_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(
        ForeignKey("activities.outside_object.id", ondelete="CASCADE")
    )
    calendar_id: Mapped[UUID] = mapped_column(
        ForeignKey("activities.outside_calendar.id", ondelete="CASCADE")
    )
    person_id: Mapped[UUID]
    begins_at: Mapped[datetime] = mapped_column(TIME)
    ends_at: Mapped[datetime] = mapped_column(TIME)
    all_day: Mapped[bool]
    busy: Mapped[bool]
    title: Mapped[str]
    place: Mapped[str | None]
