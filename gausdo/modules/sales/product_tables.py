"""What is sold, its prices and its seller, as stored; and what deals consist of."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    CHAR,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.values import new_id, now
from gausdo.modules.sales.products_contract import (
    PriceList,
    PriceListChange,
    PriceListChanged,
    PriceListDraft,
    Product,
    ProductAdded,
    ProductChange,
    ProductChanged,
    ProductDraft,
)
from gausdo.modules.sales.tables import schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.history import Changes
from gausdo.platform.search import searchable

_CAN_BE_EMPTY = frozenset(
    {"category", "description", "vat_rate", "price", "valid_from", "valid_until"}
)


class ProductRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "product"
    __table_args__ = (
        Index("ix_product_code_key", text("lower(code)"), unique=True),
        Index("ix_product_name", "archived", "name_key", "id"),
        Index("ix_product_code", "archived", "code", "id"),
        Index("ix_product_created_at", "archived", text("created_at desc"), text("id desc")),
        Index("ix_product_category", "category", "archived", "name_key", "id"),
        Index("ix_product_search", "search", postgresql_using="gin"),
        CheckConstraint("price >= 0", "price"),
        CheckConstraint("vat_rate between 0 and 100", "vat_rate"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(
        Computed("translate(lower(name), 'ё', 'е')", persisted=True), deferred=True
    )
    code: Mapped[str]
    unit: Mapped[str]
    category: Mapped[str | None]
    description: Mapped[str | None]
    vat_rate: Mapped[Decimal | None]
    price: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(CHAR(3))
    archived: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(TIME)
    changed_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int] = mapped_column(server_default="1")
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(searchable("name || ' ' || translate(code, '-/._', '    ')"), persisted=True),
        deferred=True,
    )

    @classmethod
    def add(cls, draft: ProductDraft) -> Self:
        at = now()
        return cls(
            id=new_id(),
            **draft.model_dump(),
            archived=False,
            created_at=at,
            changed_at=at,
            version=1,
        )

    def change(self, change: ProductChange) -> Changes:
        changes = _set(self, change.named())
        if changes:
            self.touch()
        return changes

    def touch(self) -> None:
        self.version += 1
        self.changed_at = now()

    def added(self) -> ProductAdded:
        return ProductAdded(product_id=self.id, version=self.version)

    def changed(self) -> ProductChanged:
        return ProductChanged(product_id=self.id, version=self.version)

    def shown(self) -> Product:
        return Product.model_validate(self, from_attributes=True)


class PriceListRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "price_list"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    currency: Mapped[str] = mapped_column(CHAR(3))
    with_vat: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    archived: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int] = mapped_column(server_default="1")

    @classmethod
    def add(cls, draft: PriceListDraft) -> Self:
        told = draft.model_dump()
        return cls(id=new_id(), **told, archived=False, created_at=now(), version=1)

    def change(self, change: PriceListChange) -> Changes:
        changes = _set(self, change.named())
        if changes:
            self.version += 1
        return changes

    def changed(self) -> PriceListChanged:
        return PriceListChanged(price_list_id=self.id, version=self.version)

    def shown(self) -> PriceList:
        return PriceList.model_validate(self, from_attributes=True)


class PriceRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "price"
    __table_args__ = (
        CheckConstraint("price >= 0", "price"),
        CheckConstraint("from_quantity > 0", "from_quantity"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("sales.product.id"), primary_key=True)
    price_list_id: Mapped[UUID] = mapped_column(
        ForeignKey("sales.price_list.id"), primary_key=True, index=True
    )
    from_quantity: Mapped[Decimal] = mapped_column(Numeric(18, 6), primary_key=True)
    price: Mapped[Decimal]


class SellerRow(schema.Base):  # type: ignore[name-defined,misc]
    """The only one; `told` is a `Requisites`."""

    __tablename__ = "seller"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    told: Mapped[dict[str, Any]]
    version: Mapped[int]


class TermsRow(schema.Base):  # type: ignore[name-defined,misc]
    """What holds for all lines of a deal; it is there while there are lines."""

    __tablename__ = "deal_terms"

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("sales.deal.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(CHAR(3))
    with_vat: Mapped[bool]
    discount_percent: Mapped[Decimal | None]
    discount_amount: Mapped[Decimal | None]


class LineRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "deal_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity"),
        CheckConstraint("price >= 0", "price"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("sales.deal.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales.product.id"), index=True)
    code: Mapped[str | None]
    name: Mapped[str]
    unit: Mapped[str | None]
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    price: Mapped[Decimal]
    discount_percent: Mapped[Decimal | None]
    discount_amount: Mapped[Decimal | None]
    vat_rate: Mapped[Decimal | None]


def _set(row: Any, named: dict[str, Any]) -> Changes:
    """Set what differs; what cannot be empty stays where nothing is told."""
    changes = {
        name: (getattr(row, name), value)
        for name, value in named.items()
        if value != getattr(row, name) and not (value is None and name not in _CAN_BE_EMPTY)
    }
    for name, (_, value) in changes.items():
        setattr(row, name, value)
    return changes
