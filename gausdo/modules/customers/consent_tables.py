"""Purposes and what people have said of them, as stored."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.fields import plain
from gausdo.kernel.values import new_id, now
from gausdo.modules.customers.consents_contract import ConsentPurpose, PurposeChanged
from gausdo.modules.customers.schema import schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.history import Changes


def key_of(name: str) -> str:
    """What two ways to write the same name have in common."""
    return plain(name).replace("ё", "е")


class PurposeRow(schema.Base):  # type: ignore[name-defined,misc]
    """`text` is its latest wording. Those Gausdo comes with have a row once they are changed."""

    __tablename__ = "consent_purpose"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    about: Mapped[str | None]
    by_channel: Mapped[bool]
    text: Mapped[str]
    wording: Mapped[int]
    archived: Mapped[bool]
    version: Mapped[int]

    @classmethod
    def keep(cls, purpose: ConsentPurpose) -> Self:
        return cls(**purpose.model_dump())

    def change(self, told: Mapping[str, Any]) -> Changes:
        changes = {
            name: (before, value)
            for name, value in told.items()
            if (before := getattr(self, name)) != value
        }
        for name, (_, value) in changes.items():
            setattr(self, name, value)
        if "name" in changes:
            self.code = ""
        if "text" in changes:
            self.wording += 1
        if changes:
            self.version += 1
        return changes

    def changed(self) -> PurposeChanged:
        return PurposeChanged(purpose_id=self.id, version=self.version)

    def shown(self) -> ConsentPurpose:
        return ConsentPurpose.model_validate(self, from_attributes=True)


class WordingRow(schema.Base):  # type: ignore[name-defined,misc]
    """A text that people have been asked to agree to, kept for ever."""

    __tablename__ = "consent_wording"

    purpose_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(TIME)
    by_id: Mapped[UUID | None]

    @classmethod
    def of(cls, row: PurposeRow, by_id: UUID | None) -> Self:
        return cls(purpose_id=row.id, number=row.wording, text=row.text, at=now(), by_id=by_id)


class ConsentRow(schema.Base):  # type: ignore[name-defined,misc]
    """What somebody has said, and when (`at`); `person_id` stays theirs when they become a part of
    another: so parting them gives it back.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_person", "person_id", "id"),
        Index("ix_consent_withdrawn", "person_id", postgresql_where=text("not given")),
        Index(
            "ix_consent_proof_file",
            "proof_file_id",
            postgresql_where=text("proof_file_id is not null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    purpose_id: Mapped[UUID]
    given: Mapped[bool]
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    at: Mapped[datetime] = mapped_column(TIME)
    until: Mapped[date | None]
    wording: Mapped[int]
    source: Mapped[str]
    proof_text: Mapped[str | None]
    proof_link: Mapped[str | None]
    proof_ip: Mapped[str | None]
    proof_file_id: Mapped[UUID | None]  # customers.file
    recorded_at: Mapped[datetime] = mapped_column(TIME)
    by_id: Mapped[UUID | None]

    @classmethod
    def record(cls, **told: Any) -> Self:
        return cls(id=new_id(), recorded_at=now(), **told)
