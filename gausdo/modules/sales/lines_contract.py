"""What a deal consists of; `contract` hands it on."""

from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field, StrictBool

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Conflict
from gausdo.kernel.values import Amount, Currency, Draft, LongLine, Value
from gausdo.modules.sales.products_contract import Percent, Price, Quantity, Unit


class LineDraft(Draft):
    """Of a product or in free words; of the two discounts at most one is told.

    `name` and `unit` are taken from the product where they are left out.
    """

    product_id: UUID | None = None
    name: LongLine | None = None
    unit: Unit | None = None
    quantity: Quantity
    price: Price
    discount_percent: Percent | None = None
    discount_amount: Price | None = None
    vat_rate: Percent | None = None


class DealLinesDraft(Draft):
    """All lines, in their order; `version` is the deal's. Without lines the sum stays, to be
    changed by hand again.
    """

    version: int = Field(strict=True, ge=1, le=2**53)
    currency: Currency
    with_vat: StrictBool = True
    discount_percent: Percent | None = None
    discount_amount: Price | None = None
    lines: Annotated[list[LineDraft], Field(max_length=500)]


class DealLine(Value):
    """`sum` is after all discounts, as prices are told; `payable` has VAT in it."""

    product_id: UUID | None
    code: str | None
    name: str
    unit: str | None
    quantity: Quantity
    price: Amount | None
    discount_percent: Percent | None
    discount_amount: Amount | None
    vat_rate: Percent | None
    sum: Amount | None
    vat: Amount | None
    payable: Amount | None


class VatSum(Value):
    rate: Percent
    sum: Amount


class DealLines(Value):
    """`hidden`: the reader may not see the deal's sum, so no price or sum is told."""

    deal_id: UUID
    version: int
    currency: Currency | None
    with_vat: bool
    discount_percent: Percent | None
    discount_amount: Amount | None
    lines: list[DealLine]
    before: Amount | None
    discount: Amount | None
    vat: list[VatSum]
    payable: Amount | None
    hidden: bool


class SumOfLines(Conflict, code="sales.sum-of-lines", status=409):
    """The deal's sum follows its lines; it is not told by hand while there are any."""


class KeepsLines(Protocol):
    """The part of `sales` that knows what deals consist of."""

    async def deal_lines(self, actor: Actor, id: UUID) -> DealLines:
        """Raises NotFound, also when the actor may not see the deal."""
        ...

    async def set_deal_lines(
        self, actor: Actor, id: UUID, draft: DealLinesDraft, key: str | None = None
    ) -> DealLines:
        """Raises NotFound (deal, product), Forbidden, Stale, Invalid."""
        ...
