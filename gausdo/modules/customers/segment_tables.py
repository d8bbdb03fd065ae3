"""Segments as they are stored: what they ask, who is in them, and what is asked beside records."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ARRAY, ColumnElement, ForeignKey, Index, Text, any_, select
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.conditions import Condition
from gausdo.kernel.values import new_id, now
from gausdo.modules.customers.schema import schema
from gausdo.modules.customers.segments_contract import (
    SegmentChanged,
    SegmentDraft,
    SegmentFilled,
    SegmentHow,
    SegmentKind,
)
from gausdo.platform.db.schema import TIME
from gausdo.platform.history import Changes

_CONDITION = TypeAdapter[Condition | None](Condition | None)


class SegmentRow(schema.Base):  # type: ignore[name-defined,misc]
    """`filling`: its members are being found, in the order of the records' ids, up to `place` by
    now (None: from the first one on); `quiet`: who is found in doing so has neither entered nor
    left. `day` is that of which relative conditions are right.
    """

    __tablename__ = "segment"
    __table_args__ = (Index("ix_segment_kind", "kind", "how"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    how: Mapped[str]
    name: Mapped[str]
    about: Mapped[str | None]
    filter: Mapped[dict[str, Any] | None]
    seen_by: Mapped[str]
    team_id: Mapped[UUID | None]
    owner_id: Mapped[UUID]
    filling: Mapped[bool]
    quiet: Mapped[bool]
    place: Mapped[UUID | None]
    done: Mapped[int]
    records: Mapped[int]
    day: Mapped[date | None]
    broken: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int]

    @classmethod
    def make(
        cls, draft: SegmentDraft, owner_id: UUID, team_id: UUID | None, id: UUID | None = None
    ) -> Self:
        told = draft.model_dump(mode="json", exclude={"team_id"})
        row = cls(
            id=id or new_id(),
            owner_id=owner_id,
            team_id=team_id,
            changed_at=now(),
            version=1,
            filling=False,
            quiet=True,
            place=None,
            done=0,
            records=0,
            day=None,
            broken=False,
            **told,
        )
        if draft.how is SegmentHow.DYNAMIC:
            row.fill(quiet=True)
        return row

    @property
    def condition(self) -> Condition | None:
        return _CONDITION.validate_python(self.filter)

    def fill(self, *, quiet: bool) -> None:
        """Have its members found anew, from the first record on."""
        self.filling, self.quiet, self.place, self.broken = True, quiet, None, False
        self.done = self.records = 0

    def change(self, told: dict[str, Any]) -> Changes:
        """`told`: what is to be, by field, as JSON has it."""
        changes = {
            name: (before, value)
            for name, value in told.items()
            if (before := getattr(self, name)) != value
        }
        for name, (_, value) in changes.items():
            setattr(self, name, value)
        if changes:
            self.version += 1
            self.changed_at = now()
        return changes

    def changed(self, *, gone: bool = False) -> SegmentChanged:
        return SegmentChanged(
            segment_id=self.id,
            kind=SegmentKind(self.kind),
            how=SegmentHow(self.how),
            gone=gone,
            version=self.version,
        )

    def filled(self) -> SegmentFilled:
        return SegmentFilled(segment_id=self.id, kind=SegmentKind(self.kind))


class SegmentMemberRow(schema.Base):  # type: ignore[name-defined,misc]
    """A record that is in a segment; `by_id` has put it in by hand, and `via_id` says of which
    record, now a part of this one, somebody has. Of records that are gone rows may stay: none of
    their lists has them, and who comes back is in again.
    """

    __tablename__ = "segment_member"
    __table_args__ = (Index("ix_segment_member_record_id", "record_id"),)

    segment_id: Mapped[UUID] = mapped_column(
        ForeignKey("customers.segment.id", ondelete="CASCADE"), primary_key=True
    )
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(TIME)
    by_id: Mapped[UUID | None]
    via_id: Mapped[UUID | None]


class AroundRow(schema.Base):  # type: ignore[name-defined,misc]
    """What other modules tell of a company or a person: its deals, what happens around it."""

    __tablename__ = "around"

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    open_deals: Mapped[int] = mapped_column(server_default="0")
    won_deals: Mapped[int] = mapped_column(server_default="0")
    lost_deals: Mapped[int] = mapped_column(server_default="0")
    pipelines: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    largest_open: Mapped[Decimal | None]
    largest_won: Mapped[Decimal | None]
    last_won_at: Mapped[datetime | None] = mapped_column(TIME)
    last_activity_at: Mapped[datetime | None] = mapped_column(TIME)
    open_tasks: Mapped[int] = mapped_column(server_default="0")
    task_due_at: Mapped[datetime | None] = mapped_column(TIME)


class AroundSourceRow(schema.Base):  # type: ignore[name-defined,misc]
    """Up to which record of a kind what is told of it has been asked for once."""

    __tablename__ = "around_source"

    kind: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[UUID | None]
    done: Mapped[bool]


_member = SegmentMemberRow.__table__.c


def members_of(segments: ColumnElement[Any]) -> ColumnElement[Any]:
    """The records that are in any of these segments."""
    return select(_member.record_id).where(_member.segment_id == any_(segments)).scalar_subquery()
