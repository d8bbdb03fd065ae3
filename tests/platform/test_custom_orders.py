"""Orders by fields that were added: made once of the same fields, and anew of others."""

from sqlalchemy import column
from sqlalchemy.dialects.postgresql import JSONB

from gausdo.kernel.custom import CustomField, CustomType
from gausdo.platform.custom_sql import Orders

CUSTOM = column("custom", JSONB)
OWN = Orders({"name": column("name")}, {})


def field(type: CustomType, *, indexed: bool) -> CustomField:
    return CustomField.model_construct(of="deal", key="size", type=type, indexed=indexed)


def test_orders_are_made_once_of_the_same_fields() -> None:
    fields = (field(CustomType.NUMBER, indexed=True),)
    first, again = (OWN.with_custom(fields, "sales", CUSTOM) for _ in range(2))
    assert [*first.keys] == ["name", "custom.size"]
    assert first.keys["custom.size"] is again.keys["custom.size"]


def test_a_field_that_has_become_another_has_another_order() -> None:
    for type, sort in ((CustomType.NUMBER, "numeric"), (CustomType.DATE, "custom_day")) * 2:
        orders = OWN.with_custom((field(type, indexed=True),), "sales", CUSTOM)
        assert sort in str(orders.keys["custom.size"]).lower()


def test_there_is_no_order_by_what_has_no_index() -> None:
    assert [*OWN.with_custom((field(CustomType.NUMBER, indexed=False),), "sales", CUSTOM).keys] == [
        "name"
    ]
