"""What federation stores. Nobody outside this module reads these tables."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import new_id, now
from gausdo.modules.federation.contract import (
    AccountLinked,
    GroupMapping,
    Offered,
    Ours,
    Provider,
    ProviderChange,
    ProviderDraft,
    ProviderKind,
    ProviderRemoved,
    ProviderSaved,
    ScimToken,
    ScimTokenDraft,
)
from gausdo.platform.crypto import Place, data_keys
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.history import Changes

schema = Schema("federation")
data_keys(schema)

GIVES = frozenset({"domains", "believes_email", "creates_people", "role_id", "team_id", "mapping"})
"""What decides who gets what: who changes it answers for it."""
SECRET = frozenset({"client_secret", "metadata"})
"""What the history does not repeat."""
NULLABLE = frozenset({"role_id", "team_id", "metadata_url"})


class ProviderRow(schema.Base):  # type: ignore[name-defined,misc]
    """`author_id` is who answers for what it gives; `idp` what SAML's metadata says, `slo` of it
    where the provider hears of sessions that have ended.
    """

    __tablename__ = "provider"
    SEALED: ClassVar = Place("provider", "client_secret")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str | None]
    client_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    metadata_url: Mapped[str | None]
    idp: Mapped[dict[str, Any] | None]
    slo: Mapped[dict[str, Any] | None]
    domains: Mapped[list[str]] = mapped_column(ARRAY(Text))
    believes_email: Mapped[bool]
    creates_people: Mapped[bool]
    role_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    groups_claim: Mapped[str]
    mapping: Mapped[list[dict[str, Any]]]
    trusts_second_factor: Mapped[bool]
    enabled: Mapped[bool]
    author_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int]

    @classmethod
    def write(
        cls,
        id: UUID,
        draft: ProviderDraft,
        actor: Actor,
        secret: bytes | None,
        idp: dict[str, Any] | None,
    ) -> Self:
        return cls(
            id=id,
            kind=draft.kind,
            name=draft.name,
            issuer=idp["entity_id"] if idp else draft.issuer,
            client_id=draft.client_id,
            client_secret=secret,
            metadata_url=draft.metadata_url,
            idp=_without_slo(idp),
            slo=(idp or {}).get("slo"),
            domains=draft.domains,
            believes_email=draft.believes_email,
            creates_people=draft.creates_people,
            role_id=draft.role_id,
            team_id=draft.team_id,
            groups_claim=draft.groups_claim,
            mapping=[one.model_dump(mode="json") for one in draft.mapping],
            trusts_second_factor=draft.trusts_second_factor,
            enabled=draft.enabled,
            author_id=actor.id,
            created_at=now(),
            version=1,
        )

    def change(
        self,
        change: ProviderChange,
        actor: Actor,
        secret: bytes | None,
        idp: dict[str, Any] | None,
    ) -> Changes:
        """Set the named fields; a new secret and new metadata come sealed and read."""
        changes: Changes = {}
        for name, value in change.named().items():
            if name in SECRET or (value is None and name not in NULLABLE):
                continue
            plain = [one.model_dump(mode="json") for one in value] if name == "mapping" else value
            if getattr(self, name) != plain:
                changes[name] = (getattr(self, name), plain)
                setattr(self, name, plain)
        if secret is not None:
            changes["client_secret"] = (None, None)
            self.client_secret = secret
        if idp is not None and idp != self.described:
            changes["metadata"] = (None, None)
            self.idp, self.slo, self.issuer = _without_slo(idp), idp.get("slo"), idp["entity_id"]
        if GIVES & changes.keys() or changes.get("enabled") == (False, True):
            self.author_id = actor.id
        if changes:
            self.version += 1
        return changes

    @property
    def described(self) -> dict[str, Any] | None:
        """All that the metadata say of the provider that one uses here."""
        return self.idp | {"slo": self.slo} if self.idp and self.slo else self.idp

    def saved(self) -> ProviderSaved:
        return ProviderSaved(provider_id=self.id, enabled=self.enabled, version=self.version)

    def removed(self) -> ProviderRemoved:
        return ProviderRemoved(provider_id=self.id)

    def offered(self) -> Offered:
        return Offered(id=self.id, name=self.name, kind=ProviderKind(self.kind))

    def shown(self, ours: Ours) -> Provider:
        return Provider(
            id=self.id,
            kind=ProviderKind(self.kind),
            name=self.name,
            issuer=self.issuer,
            client_id=self.client_id,
            has_secret=self.client_secret is not None,
            metadata_url=self.metadata_url,
            domains=self.domains,
            believes_email=self.believes_email,
            creates_people=self.creates_people,
            role_id=self.role_id,
            team_id=self.team_id,
            groups_claim=self.groups_claim,
            mapping=[GroupMapping.model_validate(one) for one in self.mapping],
            trusts_second_factor=self.trusts_second_factor,
            enabled=self.enabled,
            ours=ours,
            created_at=self.created_at,
            version=self.version,
        )


def _without_slo(idp: dict[str, Any] | None) -> dict[str, Any] | None:
    """As releases know it that know of no logout."""
    return {name: value for name, value in idp.items() if name != "slo"} if idp else None


class LinkRow(schema.Base):  # type: ignore[name-defined,misc]
    """Whom a provider's subject is here. Only this counts, once it is there: addresses move."""

    __tablename__ = "link"

    provider_id: Mapped[UUID] = mapped_column(
        ForeignKey("federation.provider.id", ondelete="CASCADE"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(TIME)

    @classmethod
    def make(cls, provider_id: UUID, subject: str, user_id: UUID) -> Self:
        return cls(provider_id=provider_id, subject=subject, user_id=user_id, created_at=now())

    def linked(self) -> AccountLinked:
        return AccountLinked(provider_id=self.provider_id, user_id=self.user_id)


class AccountRow(schema.Base):  # type: ignore[name-defined,misc]
    """An account that one provider keeps up to date, and no other may touch."""

    __tablename__ = "account"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(
        ForeignKey("federation.provider.id", ondelete="CASCADE"), index=True
    )


class ScimTokenRow(schema.Base):  # type: ignore[name-defined,misc]
    """What a provider proves itself with; of the token itself only the SHA-256 is kept."""

    __tablename__ = "scim_token"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(
        ForeignKey("federation.provider.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(TIME)
    expires_at: Mapped[datetime] = mapped_column(TIME)

    @classmethod
    def make(cls, provider_id: UUID, draft: ScimTokenDraft, digest: str, by: UUID) -> Self:
        at = now()
        return cls(
            id=new_id(),
            provider_id=provider_id,
            name=draft.name,
            digest=digest,
            created_by=by,
            created_at=at,
            expires_at=at + timedelta(days=draft.days),
        )

    def shown(self) -> ScimToken:
        return ScimToken(
            id=self.id,
            name=self.name,
            created_by=self.created_by,
            created_at=self.created_at,
            expires_at=self.expires_at,
        )


class ScimRow(schema.Base):  # type: ignore[name-defined,misc]
    """A person or a group as a provider tells of it; `user_id` is whose account it is."""

    __tablename__ = "scim_resource"
    __table_args__ = (UniqueConstraint("provider_id", "kind", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(
        ForeignKey("federation.provider.id", ondelete="CASCADE")
    )
    kind: Mapped[str]
    name: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(TIME)
    changed_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int]

    @classmethod
    def make(cls, provider_id: UUID, kind: str, name: str, data: dict[str, Any]) -> Self:
        at = now()
        return cls(
            id=new_id(),
            provider_id=provider_id,
            kind=kind,
            name=name,
            data=data,
            created_at=at,
            changed_at=at,
            version=1,
        )

    def change(self, name: str, data: dict[str, Any]) -> None:
        self.name, self.data = name, data
        self.version += 1
        self.changed_at = now()

    @property
    def active(self) -> bool:
        """Of a person: whether they are to be let in."""
        return self.data.get("active") is not False

    @property
    def members(self) -> set[UUID]:
        """Of a group: the ids of its people; what is no id is nobody's."""
        found = set()
        for one in self.data.get("members") or ():
            with suppress(ValueError):
                found.add(UUID(str(one.get("value"))))
        return found
