"""What proves who somebody is. Nobody outside this module reads these tables."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, LargeBinary, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.credentials import Invitation
from gausdo.kernel.values import new_id, now
from gausdo.modules.authentication.contract import Factor, FactorKind, Policy, PolicyChange
from gausdo.modules.authentication.mails import MailKind
from gausdo.platform.crypto import Place, data_keys
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.worklist import WAITING, Pending

schema = Schema("authentication")
data_keys(schema)
SECRET = Place("factor", "sealed")
"""Where the secrets of authenticators are sealed for."""

POLICY = UUID("01900000-0000-7000-8000-0000000000a1")
"""There is one."""


class PersonRow(schema.Base):  # type: ignore[name-defined,misc]
    """Whoever has, or begins to have, a second factor; locked while their factors change."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    codes_made_at: Mapped[datetime | None] = mapped_column(TIME)


class FactorRow(schema.Base):  # type: ignore[name-defined,misc]
    """A second factor; it counts once it is confirmed.

    `sealed` is the secret of an authenticator, `step` the last one that was accepted (RFC 6238).
    """

    __tablename__ = "factor"
    __table_args__ = (
        Index("ix_factor_person", "person_id", "added_at"),
        Index(
            "uq_factor_credential",
            "credential",
            unique=True,
            postgresql_where=text("credential is not null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("authentication.person.id"))
    kind: Mapped[str]
    name: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(TIME)
    confirmed_at: Mapped[datetime | None] = mapped_column(TIME)
    used_at: Mapped[datetime | None] = mapped_column(TIME)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    step: Mapped[int | None] = mapped_column(BigInteger)
    credential: Mapped[bytes | None] = mapped_column(LargeBinary)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sign_count: Mapped[int | None] = mapped_column(BigInteger)

    @classmethod
    def begin(cls, id: UUID, person_id: UUID, sealed: bytes) -> Self:
        return cls(
            id=id,
            person_id=person_id,
            kind=FactorKind.TOTP,
            name="",
            added_at=now(),
            sealed=sealed,
        )

    @classmethod
    def passkey(
        cls, person_id: UUID, name: str, credential: bytes, public_key: bytes, sign_count: int
    ) -> Self:
        return cls(
            id=new_id(),
            person_id=person_id,
            kind=FactorKind.PASSKEY,
            name=name,
            added_at=now(),
            confirmed_at=now(),
            credential=credential,
            public_key=public_key,
            sign_count=sign_count,
        )

    def confirm(self, name: str) -> None:
        self.name = name
        self.confirmed_at = self.added_at = now()

    def is_copy(self, count: int) -> bool:
        """Whether the counter of a passkey went back. Many keep none, and say 0."""
        kept = self.sign_count or 0
        return (count > 0 or kept > 0) and count <= kept

    def use(self, count: int) -> None:
        self.sign_count = count
        self.used_at = now()

    def shown(self) -> Factor:
        return Factor(
            id=self.id,
            kind=FactorKind(self.kind),
            name=self.name,
            added_at=self.added_at,
            used_at=self.used_at,
        )


class RecoveryCodeRow(schema.Base):  # type: ignore[name-defined,misc]
    """A code by its keyed hash; it is gone once it was used."""

    __tablename__ = "recovery_code"

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("authentication.person.id"), primary_key=True
    )
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class LinkRow(schema.Base):  # type: ignore[name-defined,misc]
    """A link in a letter, by the hash of what stands in it: one of a person and purpose.

    It is good for the address that it was sent to; without a hash it is on its way.
    """

    __tablename__ = "link"
    __table_args__ = (Index("uq_link_hash", "hash", unique=True),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(TIME)
    until: Mapped[datetime] = mapped_column(TIME)

    def invitation(self) -> Invitation:
        return Invitation(user_id=self.person_id, invited_at=self.made_at, until=self.until)


class MailRow(Pending, schema.Base):  # type: ignore[name-defined,misc]
    """A letter to somebody who works here, or to whoever has `email`; gone once it was sent.

    What it says is made when it leaves, so no link is ever kept.
    """

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_due", "due_at", postgresql_where=text(f"state = '{WAITING}'")),
    )
    DONE = "sent"

    kind: Mapped[str]
    person_id: Mapped[UUID | None]
    email: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(TIME)

    @classmethod
    def of(cls, kind: MailKind, *, person_id: UUID | None = None, email: str | None = None) -> Self:
        return cls(id=new_id(), kind=kind, person_id=person_id, email=email, at=now())


class PolicyRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "policy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    everybody: Mapped[bool]
    roles: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    version: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(TIME)

    @classmethod
    def start(cls) -> Self:
        """As it is until somebody changes it."""
        return cls(id=POLICY, everybody=False, roles=[], version=1, changed_at=now())

    def change(self, change: PolicyChange) -> dict[str, tuple[Any, Any]]:
        changes = {
            name: (getattr(self, name), value)
            for name, value in change.named().items()
            if value is not None and value != getattr(self, name)
        }
        for name, (_, value) in changes.items():
            setattr(self, name, value)
        if changes:
            self.version += 1
            self.changed_at = now()
        return changes

    def shown(self) -> Policy:
        return Policy(everybody=self.everybody, roles=list(self.roles), version=self.version)
