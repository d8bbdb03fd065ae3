"""What is stored of records that are there twice: pairs that may be one, and whom to look at."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.modules.customers.schema import schema
from gausdo.platform.db.schema import TIME


class PairRow(schema.Base):  # type: ignore[name-defined,misc]
    """Two records that may be one; `one_id` is the smaller id. `apart_at`: they are two."""

    __tablename__ = "pair"
    __table_args__ = (
        Index("uq_pair", "one_id", "other_id", unique=True),
        Index("ix_pair_other_id", "other_id"),
        Index("ix_pair_score", "kind", "score", "id", postgresql_where=text("apart_at is null")),
        Index("ix_pair_found", "kind", "found_at", "id", postgresql_where=text("apart_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    one_id: Mapped[UUID]
    other_id: Mapped[UUID]
    score: Mapped[int] = mapped_column(SmallInteger)
    clues: Mapped[list[str]] = mapped_column(ARRAY(Text))
    found_at: Mapped[datetime] = mapped_column(TIME)
    apart_by: Mapped[UUID | None]
    apart_at: Mapped[datetime | None] = mapped_column(TIME)


class UnlookedRow(schema.Base):  # type: ignore[name-defined,misc]
    """A record that has come or changed, and that nobody has looked for a second time yet."""

    __tablename__ = "unlooked"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    record_id: Mapped[UUID]


class MergeRow(schema.Base):  # type: ignore[name-defined,misc]
    """A record that became part of another, with all that it takes to part them again.

    `merged` is its row as it was, `before` and `after` the row of the one that stayed, each with
    its phones and e-mails; `moved` the ids of those that named it. `canonical_id` is the record
    that stands for it today, by later merges. Parted again, or of an erased person: without them.
    """

    __tablename__ = "merge"
    __table_args__ = (
        Index("uq_merge", "merged_id", unique=True, postgresql_where=text("parted_at is null")),
        Index("ix_merge_canonical_id", "canonical_id", postgresql_where=text("parted_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    survivor_id: Mapped[UUID]
    merged_id: Mapped[UUID]
    canonical_id: Mapped[UUID]
    name: Mapped[str]
    merged: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    moved: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    by_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(TIME)
    parted_by: Mapped[UUID | None]
    parted_at: Mapped[datetime | None] = mapped_column(TIME)

    def forget(self) -> None:
        """Keep that it happened, and nothing of what the records were."""
        self.merged, self.before, self.after = {}, {}, {}
