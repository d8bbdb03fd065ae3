"""Files as they are stored: what is attached where, and each content once."""

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.contract import FileDraft
from gausdo.modules.activities.tables import schema
from gausdo.platform.db.schema import TIME


class FileRow(schema.Base):  # type: ignore[name-defined,misc]
    """Without a note it was only sent, and is forgotten after a day; without a `media` it is not
    whole yet.
    """

    __tablename__ = "file"
    __table_args__ = (
        Index("ix_file_note_id", "note_id"),
        Index("ix_file_content_id", "content_id"),
        Index("ix_file_loose", "author_id", "created_at", postgresql_where=text("note_id is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    about_kind: Mapped[str]
    about_id: Mapped[UUID]
    note_id: Mapped[UUID | None]
    name: Mapped[str]
    media: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger)
    content_id: Mapped[UUID]
    author_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(TIME)

    @classmethod
    def begin(cls, draft: FileDraft, name: str, author_id: UUID) -> Self:
        return cls(
            id=new_id(),
            about_kind=draft.about_kind,
            about_id=draft.about_id,
            note_id=None,
            name=name,
            media=None,
            size=0,
            content_id=new_id(),
            author_id=author_id,
            created_at=now(),
        )


class ContentRow(schema.Base):  # type: ignore[name-defined,misc]
    """What files hold, by its SHA-256."""

    __tablename__ = "file_content"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)


class PortionRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "file_portion"

    content_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
