"""What is sold, at which prices, and who sells it; `contract` hands it on."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, PlainSerializer, StrictBool, StringConstraints, WithJsonSchema

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import (
    Amount,
    Change,
    Currency,
    Draft,
    Json,
    Line,
    LongLine,
    Text,
    Time,
    Value,
)

PRODUCTS = guarded("sales.product", "read", "edit")

_told = PlainSerializer(
    lambda exact: format(exact.normalize(), "f"), return_type=str, when_used="json"
)
_DECIMAL = WithJsonSchema({"type": "string", "format": "decimal", "examples": ["1.5"]})
Quantity = Annotated[
    Decimal,
    Field(gt=0, max_digits=15, decimal_places=6, allow_inf_nan=False),
    _told,
    _DECIMAL,
]
Percent = Annotated[
    Decimal,
    Field(ge=0, le=100, max_digits=5, decimal_places=2, allow_inf_nan=False),
    _told,
    _DECIMAL,
]
Price = Annotated[Amount, Field(ge=0)]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\s\x00-\x1f]{1,60}$")]


class ProductDraft(Draft):
    """`vat_rate` in percent; None: sold without VAT. `code` is unique, in any case of letters."""

    name: Line
    code: Code
    unit: Unit
    category: Line | None = None
    description: Text | None = None
    vat_rate: Percent | None = None
    price: Price | None = None
    currency: Currency


class ProductChange(Change):
    name: Line | None = None
    code: Code | None = None
    unit: Unit | None = None
    category: Line | None = None
    description: Text | None = None
    vat_rate: Percent | None = None
    price: Price | None = None
    currency: Currency | None = None
    archived: StrictBool | None = None


class Product(Value):
    id: UUID
    name: str
    code: str
    unit: str
    category: str | None
    description: str | None
    vat_rate: Percent | None
    price: Amount | None
    currency: Currency
    archived: bool
    created_at: Time
    changed_at: Time
    version: int


class ProductQuery(ListQuery):
    """Sorted by name, code, created_at; those put away only where they are asked for."""

    category: Line | None = None
    archived: bool = False


class PriceListDraft(Draft):
    name: Line
    currency: Currency
    with_vat: StrictBool = True
    valid_from: date | None = None
    valid_until: date | None = None


class PriceListChange(Change):
    name: Line | None = None
    with_vat: StrictBool | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    archived: StrictBool | None = None


class PriceList(Value):
    """`with_vat`: whether its prices include VAT. Its last day is one of its days."""

    id: UUID
    name: str
    currency: Currency
    with_vat: bool
    valid_from: date | None
    valid_until: date | None
    archived: bool
    version: int


class PriceTold(Draft):
    """What one costs from this quantity on."""

    price_list_id: UUID
    from_quantity: Quantity = Decimal(1)
    price: Price


class ProductPrices(Draft):
    """All prices of a product; `version` is the product's."""

    version: int = Field(strict=True, ge=1, le=2**53)
    prices: Annotated[list[PriceTold], Field(max_length=200)]


class ProductPrice(Value):
    """`current`: its list is in use today."""

    price_list_id: UUID
    name: str
    currency: Currency
    with_vat: bool
    from_quantity: Quantity
    price: Amount
    current: bool


class Requisites(Draft):
    """Who sells, as quotes say; and what they begin with."""

    name: LongLine | None = None
    inn: Annotated[str, StringConstraints(pattern=r"^(\d{10}|\d{12})$")] | None = None
    kpp: Annotated[str, StringConstraints(pattern=r"^\d{9}$")] | None = None
    ogrn: Annotated[str, StringConstraints(pattern=r"^(\d{13}|\d{15})$")] | None = None
    address: LongLine | None = None
    phone: Line | None = None
    email: Line | None = None
    bank: LongLine | None = None
    bik: Annotated[str, StringConstraints(pattern=r"^\d{9}$")] | None = None
    account: Annotated[str, StringConstraints(pattern=r"^\d{20}$")] | None = None
    correspondent: Annotated[str, StringConstraints(pattern=r"^\d{20}$")] | None = None
    signer: Line | None = None
    terms: Text | None = None
    valid_days: int = Field(14, strict=True, ge=1, le=365)
    vat_rates: Annotated[list[Percent], Field(max_length=20)] = Field(
        default_factory=lambda: [Decimal(rate) for rate in (0, 5, 7, 10, 20, 22)]
    )


class SellerChange(Requisites):
    """All of them: what is left out is empty."""

    version: int = Field(strict=True, ge=0, le=2**53)


class Seller(Requisites):
    """`version` is 0 until they are told for the first time."""

    version: int


class _ProductEvent(Event, name="sales.product-event"):
    product_id: UUID
    version: int

    def subject(self) -> Subject:
        return Subject(kind="product", id=self.product_id)

    def subject_version(self) -> int:
        return self.version


class ProductAdded(_ProductEvent, name="sales.product-added.v1"): ...


class ProductChanged(_ProductEvent, name="sales.product-changed.v1"):
    """Its fields, or what it costs in price lists."""


class PriceListChanged(Event, name="sales.price-list-changed.v1"):
    """Added, or changed."""

    price_list_id: UUID
    version: int

    def subject(self) -> Subject:
        return Subject(kind="price-list", id=self.price_list_id)

    def subject_version(self) -> int:
        return self.version


class SellerChanged(Event, name="sales.seller-changed.v1"):
    seller_id: UUID
    version: int

    def subject(self) -> Subject:
        return Subject(kind="seller", id=self.seller_id)

    def subject_version(self) -> int:
        return self.version


class CodeTaken(Conflict, code="sales.code-taken", status=409):
    """Another product has it. `data`: `field`."""


class KeepsProducts(Protocol):
    """The part of `sales` that knows what is sold."""

    async def list_products(self, actor: Actor, query: ProductQuery) -> Json:
        """`Listed[Product]`, by name, code or created_at."""
        ...

    async def product(self, actor: Actor, id: UUID) -> Product:
        """Raises NotFound, Forbidden."""
        ...

    async def find_products(self, actor: Actor, ids: list[UUID]) -> list[Product]:
        """Those of them (≤ 200) that there are, in no order; none for who may not read any."""
        ...

    async def add_product(
        self, actor: Actor, draft: ProductDraft, key: str | None = None
    ) -> Product:
        """Raises Forbidden, CodeTaken."""
        ...

    async def change_product(
        self, actor: Actor, id: UUID, change: ProductChange, key: str | None = None
    ) -> Product:
        """Raises NotFound, Forbidden, Stale, CodeTaken."""
        ...

    async def product_prices(self, actor: Actor, id: UUID) -> list[ProductPrice]:
        """In all price lists that are not put away, by list and quantity. Raises NotFound."""
        ...

    async def set_product_prices(
        self, actor: Actor, id: UUID, told: ProductPrices, key: str | None = None
    ) -> Product:
        """Raises NotFound, Forbidden, Stale, Invalid (a list there is not, a quantity twice)."""
        ...

    async def price_lists(self, actor: Actor) -> list[PriceList]:
        """All of them, those put away last."""
        ...

    async def add_price_list(
        self, actor: Actor, draft: PriceListDraft, key: str | None = None
    ) -> PriceList:
        """Raises Forbidden, Invalid (it ends before it begins)."""
        ...

    async def change_price_list(
        self, actor: Actor, id: UUID, change: PriceListChange, key: str | None = None
    ) -> PriceList:
        """Raises NotFound, Forbidden, Stale, Invalid."""
        ...

    async def seller(self, actor: Actor) -> Seller:
        """Raises Forbidden."""
        ...

    async def change_seller(
        self, actor: Actor, change: SellerChange, key: str | None = None
    ) -> Seller:
        """Raises Forbidden, Stale."""
        ...
