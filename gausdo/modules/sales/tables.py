"""What sales stores. Nobody outside this module reads these tables."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CHAR,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.custom import CustomField, altered, begun
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.values import Money, new_id, now
from gausdo.modules.sales.contract import (
    DealChange,
    DealChanged,
    DealDraft,
    DealMoved,
    DealOpened,
    StageKind,
)
from gausdo.platform.crypto import data_keys
from gausdo.platform.custom_sealed import SealedValues, sealed_values
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME, Owned
from gausdo.platform.history import Changes, apart
from gausdo.platform.known import index_merged
from gausdo.platform.mass_tables import MassEditRow, MassItemRow
from gausdo.platform.removed import RemovedRow as Removed
from gausdo.platform.removed import indexes
from gausdo.platform.search import searchable

schema = Schema("sales")
index_merged(schema)
SHARE = schema.share
CUSTOM_FIELD = schema.custom_field
WORD = schema.word
data_keys(schema)
sealed_values(schema)
SEALED = SealedValues(schema)

PERSONAL = frozenset({"title", "about", "lost_reason"})
"""Fields whose values may name a person: they stay out of events."""

_EXPECTED = "coalesce(expected_on, '9999-12-31'::date)"
_IS_OPEN = text("kind = 'open'")


class PipelineRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "pipeline"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)
    lost_reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    reason_needed: Mapped[bool] = mapped_column(server_default="true")
    archived: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int] = mapped_column(server_default="1")


class StageRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "stage"
    __table_args__ = (
        UniqueConstraint("pipeline_id", "position"),
        CheckConstraint("probability between 0 and 100", "probability"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("sales.pipeline.id"))
    name: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    probability: Mapped[int] = mapped_column(SmallInteger)
    tone: Mapped[str]
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    leads_to: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    hours: Mapped[int | None] = mapped_column(SmallInteger)
    rots_after: Mapped[int | None] = mapped_column(SmallInteger)


def _orders(whose: str, other: str) -> Iterator[Index]:
    """Of the deals of each owner or team."""
    begin, name = f"{whose}_id", f"ix_deal_{whose}"
    yield Index(
        f"{name}_board",
        begin,
        "pipeline_id",
        "stage_id",
        text("stage_since desc"),
        text("id desc"),
        postgresql_include=["amount", "currency", f"{other}_id", "closed_at"],
    )
    for column in ("changed_at", "title_key", "stage_since"):
        yield Index(f"{name}_{column}", begin, column, "id")
    yield Index(f"{name}_amount", begin, text("coalesce(amount, -1)"), "id")
    yield Index(f"{name}_expected_on", begin, text(_EXPECTED), "id")
    yield Index(f"{name}_created", begin, text("created_at desc"), text("id desc"))


class DealRow(Owned, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "deal"
    __table_args__ = (
        CheckConstraint("(amount is null) = (currency is null)", "amount_currency"),
        CheckConstraint("amount >= 0", "amount"),
        # The board: exact numbers of a stage come from this index alone.
        Index(
            "ix_deal_board",
            "pipeline_id",
            "stage_id",
            text("stage_since desc"),
            text("id desc"),
            postgresql_include=["amount", "currency", "owner_id", "team_id", "closed_at"],
        ),
        *(
            Index(f"ix_deal_{column}_id", column, "id")
            for column in ("created_at", "changed_at", "title_key", "stage_since")
        ),
        Index("ix_deal_amount", text("coalesce(amount, -1)"), "id"),
        Index("ix_deal_expected_on", text(_EXPECTED), "id"),
        # Closed deals were expected before all that are open.
        Index("ix_deal_kind_expected_on", "kind", text(_EXPECTED), "id"),
        # The same for those who see a team's, or their own: see `platform.parts`.
        *_orders("team", "owner"),
        *_orders("owner", "team"),
        # What is late, and what is forgotten, of the open ones.
        Index("ix_deal_due", "stage_due_at", postgresql_where=text("stage_due_at is not null")),
        Index("ix_deal_open_changed", "stage_id", "changed_at", postgresql_where=_IS_OPEN),
        Index("ix_deal_owner_teams", "owner_id", "team_id", "id"),
        Index("ix_deal_team_kind_expected_on", "team_id", "kind", text(_EXPECTED), "id"),
        Index("ix_deal_search", "search", postgresql_using="gin"),
        Index(
            "ix_deal_team_search", text("sales.of_team(search, team_id)"), postgresql_using="gin"
        ),
        Index("ix_deal_parts", text("sales.parts(search)"), postgresql_using="gin"),
    )

    title: Mapped[str]
    title_key: Mapped[str] = mapped_column(
        Computed("translate(lower(title), 'ё', 'е')", persisted=True), deferred=True
    )
    pipeline_id: Mapped[UUID]
    stage_id: Mapped[UUID]
    kind: Mapped[str]
    probability: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(CHAR(3))
    company_id: Mapped[UUID | None] = mapped_column(index=True)  # customers.company, by id only
    contact_id: Mapped[UUID | None] = mapped_column(index=True)  # customers.person, by id only
    expected_on: Mapped[date | None]
    lost_reason: Mapped[str | None]
    about: Mapped[str | None]
    custom: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    stage_since: Mapped[datetime] = mapped_column(TIME)
    stage_due_at: Mapped[datetime | None] = mapped_column(TIME)
    closed_at: Mapped[datetime | None] = mapped_column(TIME)
    search: Mapped[str] = mapped_column(
        TSVECTOR, Computed(searchable("title"), persisted=True), deferred=True
    )

    @classmethod
    def open(
        cls,
        draft: DealDraft,
        stage: StageRow,
        owner_id: UUID,
        team_id: UUID | None,
        fields: Sequence[CustomField] = (),
    ) -> Self:
        """Raises Invalid for a negative sum, and for what a field that was added does not take."""
        at = now()
        _demand_a_sum(draft.worth)
        return cls(
            id=new_id(),
            title=draft.title,
            pipeline_id=stage.pipeline_id,
            amount=draft.worth and draft.worth.amount,
            currency=draft.worth and draft.worth.currency,
            company_id=draft.company_id,
            contact_id=draft.contact_id,
            expected_on=draft.expected_on,
            about=draft.about,
            custom=begun(_of(fields, stage.pipeline_id), draft.custom),
            owner_id=owner_id,
            team_id=team_id,
            created_at=at,
            changed_at=at,
            version=1,
            **_standing(stage, at),
        )

    def change(
        self,
        change: DealChange,
        team_id: UUID | None,
        fields: Sequence[CustomField] = (),
        beside: Changes | None = None,
    ) -> Changes:
        """Set the named fields; `team_id` is the team of the owner it shall have. `beside` is what
        becomes of its sealed values.

        Raises Invalid for a negative sum, and for what a field that was added does not take.
        """
        _demand_a_sum(change.worth)
        own = _of(fields, self.pipeline_id)
        changes, self.custom = altered(own, self.custom, change.custom or {})
        changes |= beside or {}
        for name, value in change.named().items():
            if name == "custom":
                continue
            before = self.worth if name == "worth" else getattr(self, name)
            if before == value or (value is None and name in {"title", "owner_id"}):
                continue
            changes[name] = (before, value)
            if name == "worth":
                self.amount = value and value.amount
                self.currency = value and value.currency
            else:
                setattr(self, name, value)
        if "owner_id" in changes:
            self.team_id = team_id
        if changes:
            self.touch()
        return changes

    def move(self, stage: StageRow, lost_reason: str | None) -> None:
        """To another stage."""
        for name, value in _standing(stage, now()).items():
            setattr(self, name, value)
        self.lost_reason = lost_reason if stage.kind == StageKind.LOST else None
        self.touch()

    @property
    def worth(self) -> Money | None:
        if self.amount is None or self.currency is None:
            return None
        return Money(amount=self.amount, currency=self.currency)

    def standing(self) -> dict[str, Any]:
        """Where it stands, for the event of a move."""
        told = ("stage_id", "kind", "probability", "stage_since", "lost_reason")
        return {name: getattr(self, name) for name in told}

    def beginnings(self) -> Changes:
        """What the first entry of its history shows of what may name a person."""
        added = {CUSTOM + key: (None, value) for key, value in self.custom.items()}
        return {"title": (None, self.title), **added}

    def opened(self) -> DealOpened:
        return DealOpened(**self._facts())

    def changed(
        self, changes: Changes, owner_before: UUID, team_before: UUID | None
    ) -> DealChanged:
        plain = apart(changes, PERSONAL)["changes"]
        return DealChanged(
            **self._facts(),
            changes={name: _pair(pair) for name, pair in plain.items()},
            custom=tuple(name.removeprefix(CUSTOM) for name in changes if name.startswith(CUSTOM)),
            previous_owner_id=owner_before,
            previous_team_id=team_before,
        )

    def moved(self, before: Mapping[str, Any]) -> DealMoved:
        """`before`: its `standing` as it was."""
        return DealMoved(
            **self._facts(),
            from_stage_id=before["stage_id"],
            from_kind=before["kind"],
            from_probability=before["probability"],
            seconds=int((self.stage_since - before["stage_since"]).total_seconds()),
        )

    def _facts(self) -> dict[str, Any]:
        told = (
            "version pipeline_id stage_id kind probability owner_id team_id amount currency "
            "company_id contact_id expected_on created_at stage_since closed_at"
        )
        return {"deal_id": self.id, **{name: getattr(self, name) for name in told.split()}}


class MassRow(MassEditRow, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "mass_edit"


class ItemRow(MassItemRow, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "mass_item"


class RemovedRow(Removed, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "removed"
    __table_args__ = indexes()


class NextTaskRow(schema.Base):  # type: ignore[name-defined,misc]
    """An open task of a deal, or a meeting, as activities tells it: “next step” comes from it."""

    __tablename__ = "next_task"

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    deal_id: Mapped[UUID] = mapped_column(index=True)
    due_at: Mapped[datetime | None] = mapped_column(TIME)
    version: Mapped[int]
    open: Mapped[bool]


def _demand_a_sum(worth: Money | None) -> None:
    if worth is not None and worth.amount < 0:
        raise invalid("worth.amount", "greater_than_equal", "The sum cannot be negative.")


def _of(fields: Sequence[CustomField], pipeline_id: UUID) -> list[CustomField]:
    return [one for one in fields if one.is_of(pipeline_id)]


def _standing(stage: StageRow, at: datetime) -> dict[str, Any]:
    """Where a deal stands once it has entered `stage`."""
    return {
        "stage_id": stage.id,
        "kind": stage.kind,
        "probability": stage.probability,
        "stage_since": at,
        "stage_due_at": None,
        "closed_at": None if stage.kind == StageKind.OPEN else at,
    }


def _pair(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    before, after = (
        side.model_dump(mode="json") if isinstance(side, Money) else side and str(side)
        for side in pair
    )
    return before, after
