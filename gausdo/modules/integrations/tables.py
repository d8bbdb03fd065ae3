"""What integrations stores. Nobody outside this module reads these tables."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ARRAY, Index, Integer, LargeBinary, SmallInteger, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import new_id, now
from gausdo.modules.identity.contract import Role
from gausdo.modules.integrations.contract import (
    ApiKey,
    ApiKeyChange,
    ApiKeyDraft,
    Delivery,
    HookDraft,
    IpRules,
    IpRulesChange,
    IpRulesChanged,
    KeyChanged,
    KeyMade,
    KeyRevoked,
    KeyRole,
    RoleNetworks,
)
from gausdo.modules.integrations.key_form import HINT
from gausdo.platform.crypto import Place, data_keys
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.telemetry import traces
from gausdo.platform.worklist import WAITING, Pending

schema = Schema("integrations")
data_keys(schema)


class SecretRow(schema.Base):  # type: ignore[name-defined,misc]
    """What calls are signed with; made once, by whoever needs it first.

    `secret` is what an earlier release kept as it is; the job `integrations.seal` empties it.
    """

    __tablename__ = "secret"
    SEALED: ClassVar = Place("secret", "sealed")

    purpose: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes | None]
    secret: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(TIME)


class DeliveryRow(Pending, schema.Base):  # type: ignore[name-defined,misc]
    """One call of a webhook; its id is the `webhook-id` of every try."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_created_at_id", "created_at", "id"),
        Index("ix_delivery_due", "due_at", postgresql_where=text(f"state = '{WAITING}'")),
    )
    DONE = "delivered"

    url: Mapped[str]
    receiver: Mapped[str]
    event: Mapped[str]
    body: Mapped[dict[str, Any]]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    team_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(TIME)
    delivered_at: Mapped[datetime | None] = mapped_column(TIME)

    @classmethod
    def queue(cls, draft: HookDraft, actor: Actor, trace: str | None = None) -> Self:
        return cls(
            id=new_id(),
            state=WAITING,
            attempts=0,
            due_at=now(),
            url=draft.url,
            receiver=urlsplit(draft.url).netloc.lower(),
            event=draft.event,
            body=draft.body,
            owner_id=actor.id,
            team_id=actor.team_id,
            created_at=now(),
            trace=traces.current(trace),
        )

    def delivered(self, status: int) -> None:
        self.status, self.delivered_at = status, now()

    def shown(self) -> Delivery:
        return Delivery.model_validate(self, from_attributes=True)


class ApiKeyRow(schema.Base):  # type: ignore[name-defined,misc]
    """A program's key: the keyed hash of its secret, in whose name it acts, and what it may."""

    __tablename__ = "api_key"
    __table_args__ = (Index("ix_api_key_made_at", "made_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    hint: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(index=True)
    roles: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    networks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    per_minute: Mapped[int | None] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(TIME)
    expires_at: Mapped[datetime] = mapped_column(TIME)
    revoked_at: Mapped[datetime | None] = mapped_column(TIME)
    used_at: Mapped[datetime | None] = mapped_column(TIME)
    used_from: Mapped[str | None]
    version: Mapped[int]

    @classmethod
    def make(cls, draft: ApiKeyDraft, actor: Actor, hash: bytes, secret: str) -> Self:
        at = now()
        return cls(
            id=new_id(),
            name=draft.name,
            hash=hash,
            hint=secret[-HINT:],
            person_id=actor.id,
            roles=list(dict.fromkeys(draft.roles)),
            networks=draft.networks,
            per_minute=draft.limit,
            made_at=at,
            expires_at=at + timedelta(days=draft.days),
            version=1,
        )

    def change(self, change: ApiKeyChange) -> dict[str, tuple[Any, Any]]:
        told = change.named()
        columns = {"per_minute" if name == "limit" else name: told[name] for name in told}
        changes = {
            name: (getattr(self, name), value)
            for name, value in columns.items()
            if value != getattr(self, name) and (value is not None or name == "per_minute")
        }
        for name, (_, value) in changes.items():
            setattr(self, name, value)
        self.version += bool(changes)
        return changes

    def revoke(self) -> None:
        self.revoked_at = now()
        self.version += 1

    @property
    def is_over(self) -> bool:
        return self.revoked_at is not None or self.expires_at <= now()

    def told(self) -> dict[str, tuple[Any, Any]]:
        """What the history keeps of a new one."""
        names = "name", "hint", "roles", "networks", "per_minute", "expires_at"
        return {name: (None, getattr(self, name)) for name in names}

    def made(self) -> KeyMade:
        return KeyMade(key_id=self.id, person_id=self.person_id, version=self.version)

    def changed(self) -> KeyChanged:
        return KeyChanged(key_id=self.id, person_id=self.person_id, version=self.version)

    def revoked(self) -> KeyRevoked:
        return KeyRevoked(key_id=self.id, person_id=self.person_id, version=self.version)

    def shown(self, roles: Mapping[UUID, Role], person_name: str) -> ApiKey:
        return ApiKey(
            id=self.id,
            name=self.name,
            hint=self.hint,
            person_id=self.person_id,
            person_name=person_name,
            roles=[
                KeyRole(
                    id=id,
                    code=roles[id].code if id in roles else "",
                    name=roles[id].name if id in roles else "",
                )
                for id in self.roles
            ],
            networks=list(self.networks),
            limit=self.per_minute,
            made_at=self.made_at,
            expires_at=self.expires_at,
            revoked_at=self.revoked_at,
            used_at=self.used_at,
            used_from=self.used_from,
            version=self.version,
        )


IP_RULES = UUID("01900000-0000-7000-8000-0000000000b1")
"""There is one."""


class IpRulesRow(schema.Base):  # type: ignore[name-defined,misc]
    """From where anybody may come, and who has which role."""

    __tablename__ = "ip_rules"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    networks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    roles: Mapped[list[dict[str, Any]]]
    version: Mapped[int]

    @classmethod
    def start(cls) -> Self:
        """As it is until somebody changes it."""
        return cls(id=IP_RULES, networks=[], roles=[], version=1)

    def change(self, change: IpRulesChange) -> dict[str, tuple[Any, Any]]:
        told = change.model_dump(mode="json", exclude_unset=True, exclude={"version"})
        changes = {
            name: (getattr(self, name), value)
            for name, value in told.items()
            if value is not None and value != getattr(self, name)
        }
        for name, (_, value) in changes.items():
            setattr(self, name, value)
        self.version += bool(changes)
        return changes

    def changed(self) -> IpRulesChanged:
        return IpRulesChanged(rules_id=self.id, version=self.version)

    def shown(self, address: str) -> IpRules:
        return IpRules(
            networks=list(self.networks),
            roles=[RoleNetworks.model_validate(one) for one in self.roles],
            address=address,
            version=self.version,
        )
