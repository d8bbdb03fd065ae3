"""What integrations holds about a person: calls of webhooks that named them."""

from sqlalchemy import ColumnElement, or_

from gausdo.kernel.persons import Forgotten, Held, Traces
from gausdo.modules.integrations.tables import DeliveryRow
from gausdo.platform.db import Database
from gausdo.platform.persons import (
    Trail,
    anonymised,
    forget_beside,
    names_in,
    pattern_of,
    unhurried,
)

DELIVERIES = Trail(
    "integrations.delivery",
    DeliveryRow.__table__,
    ("id", "event", "body", "state", "created_at", "delivered_at"),
    texts=("body", "error"),
)


def _named(person: Traces) -> ColumnElement[bool]:
    pattern, columns = pattern_of(person), DeliveryRow.__table__.c
    return or_(*(names_in(columns[name], pattern) for name in DELIVERIES.texts))


async def held(db: Database, person: Traces) -> list[Held]:
    async with unhurried(db) as tx:
        rows = await DELIVERIES.rows(tx, _named(person))
    return [Held(place=DELIVERIES.place, records=rows)]


async def forget(db: Database, person: Traces) -> list[Forgotten]:
    async with unhurried(db) as tx:
        changed = await DELIVERIES.anonymise(tx, _named(person), person, near=False)
        return [anonymised(DELIVERIES.place, changed), *await forget_beside(tx, person)]
