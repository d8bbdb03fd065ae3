"""Reads of integrations: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, text

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Field, Fields, FieldType
from gausdo.kernel.pages import ListQuery
from gausdo.modules.integrations import access
from gausdo.modules.integrations.contract import DeliveryState
from gausdo.modules.integrations.tables import DeliveryRow
from gausdo.platform.keyset import listed
from gausdo.platform.narrow import narrowed

DELIVERY = Fields(
    "delivery",
    Field(name="url", type=FieldType.TEXT),
    Field(name="event", type=FieldType.TEXT),
    Field(name="state", type=FieldType.CHOICE, options=tuple(DeliveryState)),
    Field(name="status", type=FieldType.NUMBER),
    Field(name="created_at", type=FieldType.TIME),
    Field(name="delivered_at", type=FieldType.TIME),
)
_delivery = DeliveryRow.__table__.c
COLUMNS: Mapping[str, ColumnElement[Any]] = {
    field.name: _delivery[field.name] for field in DELIVERY
}
_GUARD = replace(access.GUARD, fields=DELIVERY, columns=COLUMNS)


def deliveries(actor: Actor, query: ListQuery) -> Select[Any]:
    """`Listed[Delivery]`."""
    item = func.json_build_object(
        text("'id'"), _delivery.id,
        text("'url'"), _delivery.url,
        text("'event'"), _delivery.event,
        text("'state'"), _delivery.state,
        text("'attempts'"), _delivery.attempts,
        text("'status'"), _delivery.status,
        text("'error'"), _delivery.error,
        text("'created_at'"), _delivery.created_at,
        text("'delivered_at'"), _delivery.delivered_at,
    )  # fmt: skip
    rows = select(item.label("item")).where(
        access.visible(actor), *narrowed(actor, access.READ, query, _GUARD, _delivery.id)
    )
    return listed(rows, query, {"created_at": _delivery.created_at}, _delivery.id, "-created_at")
