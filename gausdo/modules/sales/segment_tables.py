"""Who is in which segment, as customers tells it: deals are asked for by it."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.modules.sales.tables import schema


class SegmentRow(schema.Base):  # type: ignore[name-defined,misc]
    """A segment of customers. `wanted`: its members are to be asked for, in the order of their ids,
    from after `place` on (None: from the first); `told` counts what events have told meanwhile.
    """

    __tablename__ = "segment"

    id: Mapped[UUID] = mapped_column(primary_key=True)  # customers.segment
    kind: Mapped[str]
    wanted: Mapped[bool]
    place: Mapped[UUID | None]
    told: Mapped[int]


class SegmentMemberRow(schema.Base):  # type: ignore[name-defined,misc]
    """A company or a person that is there; who became a part of another is no member any more."""

    __tablename__ = "segment_member"

    segment_id: Mapped[UUID] = mapped_column(
        ForeignKey("sales.segment.id", ondelete="CASCADE"), primary_key=True
    )
    record_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)  # customers
