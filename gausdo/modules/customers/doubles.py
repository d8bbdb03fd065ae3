"""What is stored of records that are there twice: pairs that may be one, and whom to look at."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, Text, text
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
