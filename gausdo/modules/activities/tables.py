"""What activities stores. Nobody outside this module reads these tables."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.errors import FieldError, Invalid
from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.contract import (
    TaskAdded,
    TaskChange,
    TaskChanged,
    TaskDraft,
    TaskRemoved,
    TaskRestored,
    TaskState,
)
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME, Owned
from gausdo.platform.history import Changes
from gausdo.platform.known import index_merged
from gausdo.platform.search import searchable

schema = Schema("activities")
index_merged(schema)
WORD = schema.word

PERSONAL = frozenset({"title", "description", "text"})
"""Fields whose values may name a person: they stay out of events."""

AFTER_ALL = "'9999-12-31 00:00:00+00'::timestamptz"
BEFORE_ALL = "'1000-01-01 00:00:00+00'::timestamptz"
"""Where a task without a due time stands when tasks are sorted, up and down: always last."""

_NEEDED = {
    "title": "A task needs a title.",
    "owner_id": "Somebody has to do it.",
    "state": "A task is open or done.",
}


class TaskRow(Owned, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("(about_kind is null) = (about_id is null)", "about"),
        CheckConstraint("(state = 'done') = (done_at is not null)", "done"),
        Index("ix_task_due_asc", text(f"coalesce(due_at, {AFTER_ALL})"), "id"),
        Index("ix_task_due_desc", text(f"coalesce(due_at, {BEFORE_ALL})"), "id"),
        Index("ix_task_done_asc", text(f"coalesce(done_at, {AFTER_ALL})"), "id"),
        Index("ix_task_done_desc", text(f"coalesce(done_at, {BEFORE_ALL})"), "id"),
        Index("ix_task_created_at_id", "created_at", "id"),
        Index("ix_task_changed_at_id", "changed_at", "id"),
        Index("ix_task_state", "state", text(f"coalesce(due_at, {AFTER_ALL})"), "id"),
        Index("ix_task_owner", "owner_id", "state", text(f"coalesce(due_at, {AFTER_ALL})"), "id"),
        Index("ix_task_team", "team_id", "state", text(f"coalesce(due_at, {AFTER_ALL})"), "id"),
        Index("ix_task_about", "about_id", text(f"coalesce(due_at, {AFTER_ALL})"), "id"),
        Index("ix_task_search", "search", postgresql_using="gin"),
        Index("ix_task_parts", text("activities.parts(search)"), postgresql_using="gin"),
        Index("ix_task_owner_created_at", "owner_id", "created_at", "id"),
        Index("ix_task_owner_teams", "owner_id", "team_id", "id"),
        Index("ix_task_team_created_at", "team_id", "created_at", "id"),
    )

    title: Mapped[str]
    description: Mapped[str | None]
    state: Mapped[str]
    due_at: Mapped[datetime | None] = mapped_column(TIME)
    about_kind: Mapped[str | None]
    about_id: Mapped[UUID | None]  # customers.company, customers.person, sales.deal, by id only
    via: Mapped[str]
    done_at: Mapped[datetime | None] = mapped_column(TIME)
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(searchable("title || ' ' || coalesce(description, '')"), persisted=True),
        deferred=True,
    )

    @property
    def overdue(self) -> bool:
        return self.state == TaskState.OPEN and self.due_at is not None and self.due_at < now()

    @classmethod
    def add(
        cls,
        draft: TaskDraft,
        due_at: datetime | None,
        owner_id: UUID,
        team_id: UUID | None,
        via: str,
    ) -> Self:
        at = now()
        return cls(
            id=new_id(),
            title=draft.title,
            description=draft.description,
            state=TaskState.OPEN,
            due_at=due_at,
            about_kind=draft.about and draft.about.kind,
            about_id=draft.about and draft.about.id,
            owner_id=owner_id,
            team_id=team_id,
            via=via,
            created_at=at,
            changed_at=at,
            version=1,
        )

    def differing(self, change: TaskChange) -> dict[str, Any]:
        """The named fields that are not so already. Raises Invalid for one that is needed."""
        named = change.named()
        errors = [
            FieldError(field=name, code="missing", message=_NEEDED[name])
            for name, value in named.items()
            if value is None and name in _NEEDED
        ]
        if errors:
            raise Invalid(errors[0].message, errors=errors)
        return {name: value for name, value in named.items() if getattr(self, name) != value}

    def change(self, told: Mapping[str, Any], team_id: UUID | None) -> Changes:
        """Set fields that differ; `team_id` is the team of the owner it shall have."""
        changes = {name: (getattr(self, name), value) for name, value in told.items()}
        for name, value in told.items():
            setattr(self, name, value)
        if changes:
            self.team_id = team_id
            self.touch()
        if "state" in changes:
            self.done_at = self.changed_at if self.state == TaskState.DONE else None
        return changes

    def added(self) -> TaskAdded:
        return TaskAdded(**self._facts())

    def changed(
        self, changes: Changes, owner_before: UUID, team_before: UUID | None
    ) -> TaskChanged:
        return TaskChanged(
            **self._facts(),
            fields=tuple(changes),
            previous_owner_id=owner_before,
            previous_team_id=team_before,
        )

    def removed(self) -> TaskRemoved:
        return TaskRemoved(**self._facts() | {"version": self.version + 1})

    def restored(self) -> TaskRestored:
        return TaskRestored(**self._facts())

    def _facts(self) -> dict[str, Any]:
        told = "version state owner_id team_id about_kind about_id due_at created_at done_at"
        return {"task_id": self.id, **{name: getattr(self, name) for name in told.split()}}
