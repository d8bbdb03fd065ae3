"""Notes as they are stored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.contract import (
    NoteAdded,
    NoteChanged,
    NoteDraft,
    NoteRemoved,
    NoteRestored,
)
from gausdo.modules.activities.notes_contract import mentioned
from gausdo.modules.activities.tables import schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.history import Changes


class NoteRow(schema.Base):  # type: ignore[name-defined,misc]
    """What somebody wrote down about a record; who may read the record may read it.

    One that was removed stays, and is shown to nobody, until it comes back or is too old to.
    """

    __tablename__ = "note"
    __table_args__ = (
        Index("ix_note_about", "about_id", "created_at", "id"),
        Index("ix_note_removed", "removed_at", postgresql_where=sql("removed_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    about_kind: Mapped[str]
    about_id: Mapped[UUID]
    text: Mapped[str]
    mentions: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=sql("'{}'"))
    file_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=sql("'{}'"))
    author_id: Mapped[UUID] = mapped_column(index=True)
    team_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(TIME)
    changed_at: Mapped[datetime | None] = mapped_column(TIME)
    removed_at: Mapped[datetime | None] = mapped_column(TIME)
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    @classmethod
    def add(cls, draft: NoteDraft, author_id: UUID, team_id: UUID | None) -> Self:
        return cls(
            id=new_id(),
            about_kind=draft.about.kind,
            about_id=draft.about.id,
            text=draft.text,
            mentions=mentioned(draft.text),
            file_ids=draft.file_ids,
            author_id=author_id,
            team_id=team_id,
            created_at=now(),
            changed_at=None,
            removed_at=None,
            version=1,
        )

    def rewrite(self, text: str | None, file_ids: Sequence[UUID] | None = None) -> Changes:
        """Say something else, or have other files; nothing when it is the same."""
        changes: Changes = {}
        if text is not None and text != self.text:
            changes["text"] = self.text, text
            self.text, self.mentions = text, mentioned(text)
        if file_ids is not None and [*file_ids] != self.file_ids:
            changes["file_ids"] = self.file_ids, [*file_ids]
            self.file_ids = [*file_ids]
        if not changes:
            return {}
        self.changed_at = now()
        self.version += 1
        return changes

    def remove(self) -> NoteRemoved:
        self.removed_at = now()
        self.version += 1
        return NoteRemoved(**self._facts(), version=self.version)

    def restore(self) -> NoteRestored:
        self.removed_at = None
        self.version += 1
        return NoteRestored(**self._facts(), version=self.version)

    def added(self) -> NoteAdded:
        return NoteAdded(**self._facts())

    def changed(self) -> NoteChanged:
        return NoteChanged(**self._facts(), version=self.version)

    def _facts(self) -> dict[str, Any]:
        told = "author_id team_id about_kind about_id created_at"
        return {"note_id": self.id, **{name: getattr(self, name) for name in told.split()}}
