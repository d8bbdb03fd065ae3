"""Gizmos: what it keeps, and what one can do with it."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Json, Line, Text, Time, Value

GIZMOS = guarded("gizmos.gizmo", *("create", "read", "edit", "assign"), owned=True)


class GizmoDraft(Draft):
    title: Line
    about: Text | None = None
    owner_id: UUID | None = None  # the actor when not told


class GizmoChange(Change):
    title: Line | None = None
    about: Text | None = None
    owner_id: UUID | None = None


class Gizmo(Value):
    id: UUID
    title: str
    about: str | None
    owner_id: UUID
    team_id: UUID | None
    created_at: Time
    changed_at: Time
    version: int


class GizmoAdded(Event, name="gizmos.gizmo-added.v1"):
    gizmo_id: UUID
    owner_id: UUID
    team_id: UUID | None
    version: int

    def subject(self) -> Subject:
        return Subject(kind="gizmo", id=self.gizmo_id)

    def subject_version(self) -> int:
        return self.version

    def seen_by(self) -> Seen:
        return _seen({self.owner_id}, {self.team_id})


class GizmoChanged(GizmoAdded, name="gizmos.gizmo-changed.v1"):
    """`fields` names what changed; personal values stay with the module."""

    fields: tuple[str, ...]
    previous_owner_id: UUID
    previous_team_id: UUID | None

    def seen_by(self) -> Seen:
        return _seen({self.owner_id, self.previous_owner_id}, {self.team_id, self.previous_team_id})


def _seen(owners: set[UUID], teams: set[UUID | None]) -> Seen:
    return Seen(owners=frozenset(owners), teams=frozenset(team for team in teams if team))


class Gizmos(Protocol):
    async def list_gizmos(self, actor: Actor, query: ListQuery) -> Json:
        """`Listed[Gizmo]`; sorts: created_at (newest first unless told), title."""
        ...

    async def gizmo(self, actor: Actor, id: UUID) -> Gizmo:
        """Raises NotFound, also when the actor may not see it."""
        ...

    async def add_gizmo(self, actor: Actor, draft: GizmoDraft, key: str | None = None) -> Gizmo:
        """Raises Forbidden, and Invalid for an owner nobody knows."""
        ...

    async def change_gizmo(
        self, actor: Actor, id: UUID, change: GizmoChange, key: str | None = None
    ) -> Gizmo:
        """Raises NotFound, Forbidden, Stale."""
        ...
