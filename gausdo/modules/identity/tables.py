"""Who works here. Nobody outside this module reads these tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.actor import Grant
from gausdo.kernel.conditions import Condition
from gausdo.kernel.values import Change, new_id, now
from gausdo.kernel.views import SeenBy, View, ViewChanged, ViewDraft, ViewKind, ViewLayout
from gausdo.modules.identity.contract import (
    Role,
    RoleChanged,
    RoleDraft,
    RoleName,
    Team,
    TeamChanged,
    TeamDraft,
    User,
    UserChanged,
    UserDraft,
)
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.history import Changes

schema = Schema("identity")

PERSONAL = frozenset({"name", "email"})
"""Of a person who works here."""
ASKED = frozenset({"name", "filter", "q"})
"""Of a view: what may name a person."""
_CONDITION = TypeAdapter[Condition | None](Condition | None)
_GRANTS = TypeAdapter(tuple[Grant, ...])


def _changed(row: Any, told: dict[str, Any]) -> Changes:
    """Set what differs; a name or an e-mail is not taken away."""
    changes: Changes = {}
    for name, value in told.items():
        before = getattr(row, name)
        if before != value and (value is not None or name in {"team_id", "parent_id", "lead_id"}):
            changes[name] = (before, value)
            setattr(row, name, value)
    return changes


class TeamRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "team"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.team.id"))
    lead_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))

    @classmethod
    def add(cls, draft: TeamDraft, id: UUID, version: int) -> Self:
        return cls(id=id, version=version, **draft.model_dump())

    def change(self, change: Change) -> Changes:
        changes = _changed(self, change.named())
        self.version += bool(changes)
        return changes

    def changed(self, *, gone: bool = False) -> TeamChanged:
        return TeamChanged(
            team_id=self.id,
            parent_id=self.parent_id,
            lead_id=self.lead_id,
            gone=gone,
            version=self.version,
        )

    def shown(self) -> Team:
        return Team(
            id=self.id,
            name=self.name,
            parent_id=self.parent_id,
            lead_id=self.lead_id,
            version=self.version,
        )


class UserRow(schema.Base):  # type: ignore[name-defined,misc]
    """`role` is what a release without `user_role` reads."""

    __tablename__ = "user"
    __table_args__ = (Index("uq_user_email", text("lower(email)"), unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.team.id"))
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str]
    time_zone: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(TIME)
    changed_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int] = mapped_column(default=1)

    @classmethod
    def join(cls, draft: UserDraft, password_hash: str, role: str) -> Self:
        at = now()
        return cls(
            id=new_id(),
            name=draft.name,
            email=draft.email,
            password_hash=password_hash,
            role=role,
            team_id=draft.team_id,
            active=True,
            locale=draft.locale,
            time_zone=draft.time_zone,
            created_at=at,
            changed_at=at,
            version=1,
        )

    def change(self, told: dict[str, Any]) -> Changes:
        """`told`: what is to be, by field."""
        return _changed(self, told)

    def touch(self) -> None:
        self.version += 1
        self.changed_at = now()

    def changed(self) -> UserChanged:
        return UserChanged(user_id=self.id, team_id=self.team_id, version=self.version)

    def shown(self, roles: Sequence[Role]) -> User:
        """`roles`: what the person has, the first of them first."""
        names = tuple(RoleName(id=role.id, code=role.code, name=role.name) for role in roles)
        return User(
            id=self.id,
            name=self.name,
            email=self.email,
            role=names[0].code,
            role_name=names[0].name,
            roles=names,
            team_id=self.team_id,
            active=self.active,
            version=self.version,
        )


class RoleRow(schema.Base):  # type: ignore[name-defined,misc]
    """A role that people have written, or have made of one that Gausdo came with."""

    __tablename__ = "role"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    about: Mapped[str]
    stored: Mapped[list[dict[str, Any]]] = mapped_column("grants")
    changed_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int]

    @property
    def grants(self) -> tuple[Grant, ...]:
        return _GRANTS.validate_python(self.stored)

    @grants.setter
    def grants(self, grants: tuple[Grant, ...]) -> None:
        self.stored = _GRANTS.dump_python(grants, mode="json")

    @classmethod
    def write(cls, draft: RoleDraft, id: UUID, version: int) -> Self:
        row = cls(id=id, name=draft.name, about=draft.about, changed_at=now(), version=version)
        row.grants = draft.grants
        return row

    @classmethod
    def of(cls, role: Role) -> Self:
        """One that Gausdo came with, to be changed."""
        row = cls(
            id=role.id, name=role.name, about=role.about, changed_at=now(), version=role.version
        )
        row.grants = role.grants
        return row

    def change(self, change: Change) -> Changes:
        changes = _changed(self, change.named())
        if changes:
            self.version += 1
            self.changed_at = now()
        if "grants" in changes:
            changes["grants"] = tuple(
                _GRANTS.dump_python(side, mode="json") for side in changes["grants"]
            )
        return changes

    def changed(self, *, gone: bool = False) -> RoleChanged:
        return RoleChanged(role_id=self.id, gone=gone, version=self.version)

    def shown(self, code: str) -> Role:
        return Role(
            id=self.id,
            code=code,
            name=self.name,
            about=self.about,
            grants=self.grants,
            locked=False,
            version=self.version,
        )


class UserRoleRow(schema.Base):  # type: ignore[name-defined,misc]
    """Who has which role; `place` 0 is the first of them. Nobody here: `user.role` says it."""

    __tablename__ = "user_role"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("identity.user.id"), primary_key=True)
    role_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    place: Mapped[int]


class SharingRow(schema.Base):  # type: ignore[name-defined,misc]
    """Kinds of records of which some are, or once were, shared with a person or a team."""

    __tablename__ = "sharing"

    with_id: Mapped[UUID] = mapped_column(primary_key=True)
    object: Mapped[str] = mapped_column(primary_key=True)


class SettingRow(schema.Base):  # type: ignore[name-defined,misc]
    """Settings an administrator changes: `working_calendar` and what comes after it."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(TIME)


class WorkingTimeRow(schema.Base):  # type: ignore[name-defined,misc]
    """When somebody works, where that is not as the company does, and when they are away."""

    __tablename__ = "working_time"

    id: Mapped[UUID] = mapped_column(ForeignKey("identity.user.id"), primary_key=True)
    week: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    absences: Mapped[list[Any]] = mapped_column(JSONB)
    version: Mapped[int]


class ViewRow(schema.Base):  # type: ignore[name-defined,misc]
    """A view of a list, its owner's, a team's or everybody's."""

    __tablename__ = "view"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("identity.user.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.team.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    layout: Mapped[str]
    filter: Mapped[dict[str, Any] | None]
    q: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sort: Mapped[str | None]
    grouped_by: Mapped[str | None]
    dated_by: Mapped[str | None]
    seen_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int]

    @classmethod
    def make(cls, draft: ViewDraft, owner_id: UUID, team_id: UUID | None) -> Self:
        told = draft.model_dump(mode="json", exclude={"team_id"})
        return cls(
            id=new_id(), owner_id=owner_id, team_id=team_id, changed_at=now(), version=1, **told
        )

    @property
    def condition(self) -> Condition | None:
        return _CONDITION.validate_python(self.filter)

    def change(self, told: dict[str, Any]) -> Changes:
        """`told`: what is to be, by field, as JSON has it."""
        changes = {
            name: (before, value)
            for name, value in told.items()
            if (before := getattr(self, name)) != value
        }
        for name, (_, value) in changes.items():
            setattr(self, name, value)
        if changes:
            self.version += 1
            self.changed_at = now()
        return changes

    def changed(self, *, gone: bool = False) -> ViewChanged:
        return ViewChanged(view_id=self.id, owner_id=self.owner_id, gone=gone, version=self.version)

    def shown(self, missing: Sequence[str], *, is_default: bool, editable: bool) -> View:
        return View(
            id=self.id,
            kind=ViewKind(self.kind),
            name=self.name,
            layout=ViewLayout(self.layout),
            filter=self.condition,
            q=self.q,
            columns=tuple(self.columns),
            sort=self.sort,
            grouped_by=self.grouped_by,
            dated_by=self.dated_by,
            seen_by=SeenBy(self.seen_by),
            team_id=self.team_id,
            owner_id=self.owner_id,
            missing=tuple(missing),
            is_default=is_default,
            editable=editable,
            version=self.version,
        )


class DefaultViewRow(schema.Base):  # type: ignore[name-defined,misc]
    """With which view a person's list opens."""

    __tablename__ = "default_view"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("identity.user.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    view_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity.view.id", ondelete="CASCADE"), index=True
    )
