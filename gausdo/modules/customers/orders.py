"""In which orders lists of customers stand, and what their conditions look at."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Text, func, literal_column

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField
from gausdo.kernel.pages import ListQuery
from gausdo.modules.customers import access
from gausdo.modules.customers.access import GUARDS
from gausdo.modules.customers.schema import schema
from gausdo.modules.customers.sort_keys import LAST, key_of
from gausdo.modules.customers.tables import Customer
from gausdo.platform.conditions_sql import Keyed
from gausdo.platform.custom_sql import Orders, guarded_with
from gausdo.platform.hidden import sorts
from gausdo.platform.rights import Guard

Added: TypeAlias = Sequence[CustomField]
"""Fields that were added, where a list speaks of one."""


def sorts_of(
    actor: Actor, of: type[Customer], query: ListQuery, added: Added
) -> Mapping[str, ColumnElement[Any]]:
    orders = orders_of(of, query, added)
    read = access.right(of, "read")
    return sorts(actor, read, orders.keys, orders.blank, guard_of(of, added))


def guard_of(of: type[Customer], added: Added) -> Guard:
    return guarded_with(GUARDS[of], added, schema.name, of.__table__.c.custom)


def sorted_guard(of: type[Customer], query: ListQuery, added: Added) -> Guard:
    """The same for a list that begins, if it is sorted by city, with the one it is asked for."""
    guard = guard_of(of, added)
    if (query.sort or "").removeprefix("-") != "city":
        return guard
    city = Keyed(of.__table__.c.city, orders_of(of, query, added).keys["city"], key_of)
    return replace(guard, columns={**guard.columns, "city": city})


def orders_of(of: type[Customer], query: ListQuery, added: Added) -> Orders:
    """Who has no city comes last, whichever way."""
    table = of.__table__.c
    last = literal_column("''::text" if (query.sort or "").startswith("-") else LAST, Text)
    keys = {
        "name": table.name_key,
        "created_at": table.created_at,
        "changed_at": table.changed_at,
        "city": func.coalesce(table.city_key, last),
    }
    return Orders(keys, {"city": last}).with_custom(added, schema.name, table.custom)
