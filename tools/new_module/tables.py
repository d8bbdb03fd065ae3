"""What this module stores. Nobody outside this module reads these tables."""

from typing import Any, Self
from uuid import UUID

from sqlalchemy import Computed, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.values import new_id, now
from gausdo.modules.gizmos.contract import (
    Gizmo,
    GizmoAdded,
    GizmoChange,
    GizmoChanged,
    GizmoDraft,
)
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import Owned
from gausdo.platform.search import searchable

schema = Schema("gizmos")
Changes = dict[str, tuple[Any, Any]]

PERSONAL = frozenset({"title", "about"})
"""Fields whose values may name a person: they stay out of events."""

NEEDED = frozenset({"title", "owner_id"})


class GizmoRow(Owned, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "gizmo"
    __table_args__ = (
        Index("ix_gizmo_created_at_id", "created_at", "id"),
        Index("ix_gizmo_title_id", text("lower(title)"), "id"),
        Index("ix_gizmo_search", "search", postgresql_using="gin"),
    )

    title: Mapped[str]
    about: Mapped[str | None]
    search: Mapped[str] = mapped_column(
        TSVECTOR, Computed(searchable("title"), persisted=True), deferred=True
    )

    @classmethod
    def add(cls, draft: GizmoDraft, owner_id: UUID, team_id: UUID | None) -> Self:
        at = now()
        return cls(
            id=new_id(),
            title=draft.title,
            about=draft.about,
            owner_id=owner_id,
            team_id=team_id,
            created_at=at,
            changed_at=at,
            version=1,
        )

    def change(self, change: GizmoChange, team_id: UUID | None) -> Changes:
        """Set the named fields; `team_id` is the team of the owner it shall have."""
        changes = {
            name: (getattr(self, name), value)
            for name, value in change.named().items()
            if value != getattr(self, name) and not (value is None and name in NEEDED)
        }
        for name, (_, value) in changes.items():
            setattr(self, name, value)
        if changes:
            self.team_id = team_id
            self.touch()
        return changes

    def added(self) -> GizmoAdded:
        return GizmoAdded(**self._facts())

    def changed(
        self, changes: Changes, owner_before: UUID, team_before: UUID | None
    ) -> GizmoChanged:
        return GizmoChanged(
            **self._facts(),
            fields=tuple(changes),
            previous_owner_id=owner_before,
            previous_team_id=team_before,
        )

    def _facts(self) -> dict[str, Any]:
        told = ("owner_id", "team_id", "version")
        return {"gizmo_id": self.id, **{name: getattr(self, name) for name in told}}

    def shown(self) -> Gizmo:
        return Gizmo.model_validate(self, from_attributes=True)
