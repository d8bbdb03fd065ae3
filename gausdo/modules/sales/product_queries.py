"""Reads of products: PostgreSQL builds the JSON, the bytes go out untouched."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, func, literal_column, select, text

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Fields
from gausdo.kernel.errors import invalid
from gausdo.modules.sales.product_tables import PriceListRow, PriceRow, ProductRow
from gausdo.modules.sales.products_contract import ProductQuery
from gausdo.platform.db import Read
from gausdo.platform.keyset import asked_page, listed
from gausdo.platform.narrow import among_ids, asked_list, ids_of, same
from gausdo.platform.search import among, matches

_product = ProductRow.__table__.c
_NOTHING = Fields("product")
SORTS: dict[str, ColumnElement[Any]] = {
    "name": _product.name_key,
    "code": _product.code,
    "created_at": _product.created_at,
}


def products(actor: Actor, query: ProductQuery) -> Read:
    """`Listed[Product]`. Raises Invalid for a filter."""
    if query.filter:
        raise invalid("filter", "not-here", "Products are not filtered.")
    asked = asked_list(actor, query, _NOTHING, "products")
    asked_page(asked, query, SORTS, "name")

    def statement() -> Select[Any]:
        rows = select(_item().label("item"))
        if query.ids:
            rows = rows.where(among_ids(_product.id, ids_of(query.ids)))
        else:
            away: ColumnElement[Any] = literal_column("true" if query.archived else "false")
            rows = rows.where(_product.archived == away)
        if query.category is not None:
            rows = rows.where(same(_product.category, "category", query.category))
        if query.q:
            rows = rows.where(among(_product.id, matches(_product.search, query.q)))
        return listed(rows, query, SORTS, _product.id, "name")

    return asked.read(statement)


def prices(id: UUID) -> Select[PriceRow, PriceListRow]:
    """What a product costs, list by list, in those that are not put away."""
    of = PriceListRow
    return (
        select(PriceRow, of)
        .join(of, of.id == PriceRow.price_list_id)
        .where(PriceRow.product_id == id, ~of.archived)
        .order_by(of.name, of.id, PriceRow.from_quantity)
    )


def _item() -> ColumnElement[Any]:
    rate = func.trim_scale(_product.vat_rate)
    return func.json_build_object(
        text("'id'"), _product.id,
        text("'name'"), _product.name,
        text("'code'"), _product.code,
        text("'unit'"), _product.unit,
        text("'category'"), _product.category,
        text("'description'"), _product.description,
        text("'vat_rate'"), cast(rate, String),
        text("'price'"), cast(_product.price, String),
        text("'currency'"), _product.currency,
        text("'archived'"), _product.archived,
        text("'created_at'"), _product.created_at,
        text("'changed_at'"), _product.changed_at,
        text("'version'"), _product.version,
    )  # fmt: skip
