"""Products, their prices, and lines of deals over HTTP."""

from uuid import UUID

from gausdo.modules.sales.contract import Sales
from gausdo.modules.sales.lines_contract import DealLines, DealLinesDraft
from gausdo.modules.sales.products_contract import (
    PriceList,
    PriceListChange,
    PriceListDraft,
    Product,
    ProductChange,
    ProductDraft,
    ProductPrice,
    ProductPrices,
    Seller,
    SellerChange,
)
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def product_routes(api: Routes, sales: Sales) -> None:
    @api.post("/products", status=201, right="sales.product.edit")
    async def add_product(
        draft: ProductDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Product:
        return await sales.add_product(actor, draft, key)

    @api.get("/products/{id}", right="sales.product.read")
    async def product(id: UUID, actor: CurrentActor) -> Product:
        return await sales.product(actor, id)

    @api.patch("/products/{id}", right="sales.product.edit")
    async def change_product(
        id: UUID, change: ProductChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Product:
        return await sales.change_product(actor, id, change, key)

    @api.get("/products/{id}/prices", right="sales.product.read")
    async def product_prices(id: UUID, actor: CurrentActor) -> list[ProductPrice]:
        return await sales.product_prices(actor, id)

    @api.put("/products/{id}/prices", right="sales.product.edit")
    async def set_product_prices(
        id: UUID, told: ProductPrices, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Product:
        """All prices the product has in price lists that are not put away."""
        return await sales.set_product_prices(actor, id, told, key)

    _price_lists(api, sales)
    _lines(api, sales)


def _price_lists(api: Routes, sales: Sales) -> None:
    @api.get("/price-lists", right="sales.product.read")
    async def price_lists(actor: CurrentActor) -> list[PriceList]:
        return await sales.price_lists(actor)

    @api.post("/price-lists", status=201, right="sales.product.edit")
    async def add_price_list(
        draft: PriceListDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> PriceList:
        return await sales.add_price_list(actor, draft, key)

    @api.patch("/price-lists/{id}", right="sales.product.edit")
    async def change_price_list(
        id: UUID, change: PriceListChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> PriceList:
        return await sales.change_price_list(actor, id, change, key)

    @api.get("/seller", right="sales.product.read")
    async def seller(actor: CurrentActor) -> Seller:
        return await sales.seller(actor)

    @api.put("/seller", right="sales.product.edit")
    async def change_seller(
        change: SellerChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Seller:
        """The requisites that quotes show, and what quotes begin with."""
        return await sales.change_seller(actor, change, key)


def _lines(api: Routes, sales: Sales) -> None:
    @api.get("/deals/{id}/lines", right="sales.deal.read")
    async def deal_lines(id: UUID, actor: CurrentActor) -> DealLines:
        return await sales.deal_lines(actor, id)

    @api.put("/deals/{id}/lines", right="sales.deal.edit")
    async def set_deal_lines(
        id: UUID, draft: DealLinesDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> DealLines:
        """All lines, in their order: the deal is worth what they come to."""
        return await sales.set_deal_lines(actor, id, draft, key)
