"""What one can do with products, their prices and what the seller says of themselves."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound, Stale, invalid
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.values import Json
from gausdo.modules.sales import product_queries
from gausdo.modules.sales.access import EDIT_PRODUCTS, READ_PRODUCTS
from gausdo.modules.sales.product_tables import PriceListRow, PriceRow, ProductRow, SellerRow
from gausdo.modules.sales.products_contract import (
    CodeTaken,
    PriceList,
    PriceListChange,
    PriceListDraft,
    PriceTold,
    Product,
    ProductChange,
    ProductDraft,
    ProductPrice,
    ProductPrices,
    ProductQuery,
    Seller,
    SellerChange,
    SellerChanged,
)
from gausdo.modules.sales.rate_tables import Base
from gausdo.platform.db import Database, Tx

SELLER = UUID("01900000-0000-7000-8000-0000000000c2")
"""There is one."""
_CODE_INDEX = "ix_product_code_key"


@dataclass(frozen=True)
class Catalogue:
    """The part of `SalesService` that knows what is sold."""

    db: Database
    base: Base

    async def list_products(self, actor: Actor, query: ProductQuery) -> Json:
        actor.demand(READ_PRODUCTS)
        return await self.db.one(product_queries.products(actor, query))

    async def product(self, actor: Actor, id: UUID) -> Product:
        actor.demand(READ_PRODUCTS)
        async with self.db.begin(actor) as tx:
            return (await _product(tx, id)).shown()

    async def find_products(self, actor: Actor, ids: list[UUID]) -> list[Product]:
        if not actor.may(READ_PRODUCTS):
            return []
        query = select(ProductRow).where(ProductRow.id.in_(ids[:MAX_PAGE]))
        async with self.db.begin(actor) as tx:
            return [row.shown() for row in await tx.session.scalars(query)]

    async def add_product(
        self, actor: Actor, draft: ProductDraft, key: str | None = None
    ) -> Product:
        actor.demand(EDIT_PRODUCTS)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = ProductRow.add(draft)
                tx.add(row)
                await _kept(tx)
                tx.publish(row.added(), changes={"name": (None, row.name)})
                tx.tell(row.shown())
            return tx.answer(Product)

    async def change_product(
        self, actor: Actor, id: UUID, change: ProductChange, key: str | None = None
    ) -> Product:
        actor.demand(EDIT_PRODUCTS)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await _product(tx, id, lock=True)
                await tx.fresh(row, change.version)
                if changes := row.change(change):
                    await _kept(tx)
                    tx.publish(row.changed(), changes=_plain(changes))
                tx.tell(row.shown())
            return tx.answer(Product)

    async def product_prices(self, actor: Actor, id: UUID) -> list[ProductPrice]:
        actor.demand(READ_PRODUCTS)
        today = self.base.today()
        async with self.db.begin(actor) as tx:
            await _product(tx, id)
            found = await tx.session.execute(product_queries.prices(id))
            return [_told(price, of, today) for price, of in found]

    async def set_product_prices(
        self, actor: Actor, id: UUID, told: ProductPrices, key: str | None = None
    ) -> Product:
        actor.demand(EDIT_PRODUCTS)
        async with self.db.begin(actor, key, (id, told)) as tx:
            if not tx.told:
                row = await _product(tx, id, lock=True)
                await tx.fresh(row, told.version)
                lists = await _lists(tx, told)
                there = (await tx.session.execute(product_queries.prices(id))).all()
                before = [_words(of.name, price) for price, of in there]
                after = sorted(_words(lists[one.price_list_id], one) for one in told.prices)
                if sorted(before) != after:
                    shown = PriceRow.price_list_id.in_(
                        select(PriceListRow.id).where(~PriceListRow.archived)
                    )
                    gone = delete(PriceRow).where(PriceRow.product_id == id, shown)
                    await tx.session.execute(gone)
                    rows = [{"product_id": id, **one.model_dump()} for one in told.prices]
                    if rows:
                        await tx.session.execute(insert(PriceRow), rows)
                    row.touch()
                    tx.publish(row.changed(), changes={"prices": (sorted(before), after)})
                tx.tell(row.shown())
            return tx.answer(Product)

    async def price_lists(self, actor: Actor) -> list[PriceList]:
        actor.demand(READ_PRODUCTS)
        order = PriceListRow.archived, PriceListRow.name, PriceListRow.id
        async with self.db.begin(actor) as tx:
            rows = await tx.session.scalars(select(PriceListRow).order_by(*order))
            return [row.shown() for row in rows]

    async def add_price_list(
        self, actor: Actor, draft: PriceListDraft, key: str | None = None
    ) -> PriceList:
        actor.demand(EDIT_PRODUCTS)
        _demand_days(draft.valid_from, draft.valid_until)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = PriceListRow.add(draft)
                tx.add(row)
                tx.publish(row.changed(), changes={"name": (None, row.name)})
                tx.tell(row.shown())
            return tx.answer(PriceList)

    async def change_price_list(
        self, actor: Actor, id: UUID, change: PriceListChange, key: str | None = None
    ) -> PriceList:
        actor.demand(EDIT_PRODUCTS)
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await tx.session.get(PriceListRow, id, with_for_update=True)
                if row is None:
                    raise NotFound("There is no such price list.")
                await tx.fresh(row, change.version)
                changes = row.change(change)
                _demand_days(row.valid_from, row.valid_until)
                if changes:
                    tx.publish(row.changed(), changes=_plain(changes))
                tx.tell(row.shown())
            return tx.answer(PriceList)

    async def seller(self, actor: Actor) -> Seller:
        actor.demand(READ_PRODUCTS)
        async with self.db.begin(actor) as tx:
            return seller_of(await tx.session.get(SellerRow, SELLER))

    async def change_seller(
        self, actor: Actor, change: SellerChange, key: str | None = None
    ) -> Seller:
        actor.demand(EDIT_PRODUCTS)
        async with self.db.begin(actor, key, change) as tx:
            if not tx.told:
                row = await _seller(tx)
                before = seller_of(row)
                if before.version != change.version:
                    told = {"current": before.model_dump(mode="json"), "changes": {}, "by": None}
                    raise Stale("The requisites have been changed since.", data=told)
                was, row.told = row.told, change.model_dump(mode="json", exclude={"version"})
                changes = {
                    name: (was.get(name), value)
                    for name, value in row.told.items()
                    if was.get(name) != value
                }
                if changes:
                    row.version += 1
                    event = SellerChanged(seller_id=row.id, version=row.version)
                    tx.publish(event, changes=changes)
                tx.tell(seller_of(row))
            return tx.answer(Seller)


def seller_of(row: SellerRow | None) -> Seller:
    """What is told of the seller; nothing but what is common until it is."""
    if row is None:
        return Seller(version=0)
    return Seller.model_validate({**row.told, "version": row.version})


async def _seller(tx: Tx) -> SellerRow:
    """The row, locked; two who tell it for the first time do so one after the other."""
    made = insert(SellerRow).values(id=SELLER, told={}, version=0).on_conflict_do_nothing()
    await tx.session.execute(made)
    return await tx.session.get_one(SellerRow, SELLER, with_for_update=True)


async def _product(tx: Tx, id: UUID, *, lock: bool = False) -> ProductRow:
    row: ProductRow | None = await tx.session.get(ProductRow, id, with_for_update=lock)
    if row is None:
        raise NotFound("There is no such product.")
    return row


async def _kept(tx: Tx) -> None:
    """Raises CodeTaken."""
    try:
        await tx.session.flush()
    except IntegrityError as error:
        if _CODE_INDEX not in str(error.orig):
            raise
        raise CodeTaken("Another product has this code.", data={"field": "code"}) from error


async def _lists(tx: Tx, told: ProductPrices) -> dict[UUID, str]:
    """The names of the lists it speaks of. Raises Invalid."""
    rows = await tx.session.scalars(select(PriceListRow).where(~PriceListRow.archived))
    known = {row.id: row.name for row in rows}
    seen = set()
    for number, one in enumerate(told.prices):
        if one.price_list_id not in known:
            field = f"prices.{number}.price_list_id"
            raise invalid(field, "not-found", "There is no such price list.")
        if (key := (one.price_list_id, one.from_quantity)) in seen:
            field = f"prices.{number}.from_quantity"
            raise invalid(field, "twice", "The list has a price from this quantity already.")
        seen.add(key)
    return known


def _told(price: PriceRow, of: PriceListRow, today: date) -> ProductPrice:
    begun = of.valid_from is None or of.valid_from <= today
    over = of.valid_until is not None and of.valid_until < today
    return ProductPrice(
        price_list_id=of.id,
        name=of.name,
        currency=of.currency,
        with_vat=of.with_vat,
        from_quantity=price.from_quantity,
        price=price.price,
        current=begun and not over,
    )


def _words(name: str, price: PriceRow | PriceTold) -> str:
    return f"{name}: {price.from_quantity.normalize():f} → {price.price:.2f}"


def _demand_days(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise invalid("valid_until", "before-begin", "It ends before it begins.")


def _plain(changes: dict[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    return {name: (_word(old), _word(new)) for name, (old, new) in changes.items()}


def _word(side: Any) -> Any:
    return side if side is None or isinstance(side, bool) else str(side)
