"""What reports stores in PostgreSQL: how far the analytical store has been filled."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME

schema = Schema("reports")


class BatchRow(schema.Base):  # type: ignore[name-defined,misc]
    """The borders of the batch being loaded from one source, saved before it is inserted.

    After a crash the same borders are inserted with the same token, and doubled rows are dropped.
    """

    __tablename__ = "batch"

    source: Mapped[str] = mapped_column(primary_key=True)
    from_pos: Mapped[int]
    to_pos: Mapped[int]
    token: Mapped[UUID]


class FreshRow(schema.Base):  # type: ignore[name-defined,misc]
    """Everything a source had committed up to `at` is in the analytical store."""

    __tablename__ = "fresh"

    source: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(TIME)


class RebuildRow(schema.Base):  # type: ignore[name-defined,misc]
    """New tables are being filled: what is loaded meanwhile goes into both. At most one row."""

    __tablename__ = "rebuild"

    suffix: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(TIME)
