"""Files of notes as they are stored: what is attached where."""

from typing import Self
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from gausdo.modules.activities.contract import FileDraft
from gausdo.modules.activities.tables import schema
from gausdo.platform.files import Content, KeptFile, Portion, Store, begun


class FileRow(KeptFile, schema.Base):  # type: ignore[name-defined,misc]
    """Without a note it was only sent, and is forgotten after a day; without a `media` it is not
    whole yet.
    """

    __tablename__ = "file"
    __table_args__ = (
        Index("ix_file_note_id", "note_id"),
        Index("ix_file_content_id", "content_id"),
        Index("ix_file_loose", "author_id", "created_at", postgresql_where=text("note_id is null")),
    )

    about_kind: Mapped[str]
    about_id: Mapped[UUID]
    note_id: Mapped[UUID | None]

    @classmethod
    def begin(cls, draft: FileDraft, name: str, author_id: UUID) -> Self:
        return cls(
            about_kind=draft.about_kind,
            about_id=draft.about_id,
            note_id=None,
            **begun(name, author_id),
        )


class ContentRow(Content, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "file_content"


class PortionRow(Portion, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "file_portion"


STORE = Store(FileRow, ContentRow, PortionRow)
