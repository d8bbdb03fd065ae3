"""Timelines as they are stored: what happened, under every record that shows it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, PrimaryKeyConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.modules.activities.tables import schema
from gausdo.platform.db.schema import TIME


class TimelineEntryRow(schema.Base):  # type: ignore[name-defined,misc]
    """`id` is that of the note, task, meeting or letter, or of the event in a record's history,
    whose `version` it is; `of_id` the record it is about, `record_id` the one whose page tells it.
    """

    __tablename__ = "timeline_entry"
    __table_args__ = (
        PrimaryKeyConstraint("record_id", "at", "id"),
        Index("ix_timeline_entry_kind", "record_id", "kind", "at", "id"),
        Index(
            "ix_timeline_entry_own",
            "id",
            postgresql_where=text("kind in ('note', 'task', 'meeting', 'call')"),
        ),
    )

    record_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(TIME)
    id: Mapped[UUID]
    kind: Mapped[str]
    of_kind: Mapped[str]
    of_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(BigInteger)


class TimelinePlaceRow(schema.Base):  # type: ignore[name-defined,misc]
    """On which other pages the entries of a record are told, as of a `version` of it."""

    __tablename__ = "timeline_place"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    version: Mapped[int] = mapped_column(BigInteger)


class TimelineSourceRow(schema.Base):  # type: ignore[name-defined,misc]
    """How far what happened before timelines were kept has been filled in, module by module."""

    __tablename__ = "timeline_source"

    name: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger)
    done: Mapped[bool]
