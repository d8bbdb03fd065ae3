"""Who works here. Nobody outside this module reads these tables."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.values import new_id, now
from gausdo.modules.identity.contract import Team, User, UserDraft
from gausdo.modules.identity.roles import ROLES
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME

schema = Schema("identity")


class TeamRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "team"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.team.id"))

    def shown(self) -> Team:
        return Team(id=self.id, name=self.name, parent_id=self.parent_id)


class UserRow(schema.Base):  # type: ignore[name-defined,misc]
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
    def join(cls, draft: UserDraft, password_hash: str) -> Self:
        at = now()
        return cls(
            id=new_id(),
            name=draft.name,
            email=draft.email,
            password_hash=password_hash,
            role=draft.role,
            team_id=draft.team_id,
            active=True,
            locale=draft.locale,
            time_zone=draft.time_zone,
            created_at=at,
            changed_at=at,
            version=1,
        )

    def prefer(self, locale: str | None, time_zone: str | None) -> None:
        self.locale = locale or self.locale
        self.time_zone = time_zone or self.time_zone
        self.version += 1
        self.changed_at = now()

    def shown(self) -> User:
        return User(
            id=self.id,
            name=self.name,
            email=self.email,
            role=self.role,
            role_name=ROLES[self.role].name,
            team_id=self.team_id,
            active=self.active,
            version=self.version,
        )


class SettingRow(schema.Base):  # type: ignore[name-defined,misc]
    """Settings an administrator changes: `working_calendar` and what comes after it."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(TIME)
