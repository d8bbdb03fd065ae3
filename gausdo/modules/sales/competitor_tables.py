"""Competitors and the deals they have a part in, as stored."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, SmallInteger, any_, select
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.fields import plain
from gausdo.kernel.values import new_id, now
from gausdo.modules.sales.competitors_contract import (
    Competitor,
    CompetitorChange,
    CompetitorChanged,
)
from gausdo.modules.sales.tables import schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.history import Changes


def key_of(name: str) -> str:
    """What two ways to write the same name have in common."""
    return plain(name).replace("ё", "е")


class CompetitorRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "competitor"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    retired: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int] = mapped_column(server_default="1")

    @classmethod
    def remember(cls, name: str) -> Self:
        return cls(
            id=new_id(),
            name=name,
            name_key=key_of(name),
            retired=False,
            created_at=now(),
            version=1,
        )

    def change(self, change: CompetitorChange) -> Changes:
        changes: Changes = {}
        for field, value in change.named().items():
            before = getattr(self, field)
            if value is None or value == before:
                continue
            changes[field] = (before, value)
            setattr(self, field, value)
        if "name" in changes:
            self.name_key = key_of(self.name)
        if changes:
            self.version += 1
        return changes

    def changed(self) -> CompetitorChanged:
        return CompetitorChanged(competitor_id=self.id, version=self.version)

    def shown(self) -> Competitor:
        return Competitor.model_validate(self, from_attributes=True)


class DealCompetitorRow(schema.Base):  # type: ignore[name-defined,misc]
    """`won_at` is when the deal was lost to them, as the deal says when it was closed: of a deal
    that was opened again, or lost another time, it means nothing any more.
    """

    __tablename__ = "deal_competitor"

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("sales.deal.id"), primary_key=True)
    competitor_id: Mapped[UUID] = mapped_column(
        ForeignKey("sales.competitor.id"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(SmallInteger)
    won_at: Mapped[datetime | None] = mapped_column(TIME)


def deals_against(competitors: ColumnElement[Any]) -> ColumnElement[Any]:
    """The deals that any of these competitors has a part in."""
    part = DealCompetitorRow.__table__.c
    found = select(part.deal_id).where(part.competitor_id == any_(competitors))
    return found.scalar_subquery()
