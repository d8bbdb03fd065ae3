"""What integrations holds about a person: calls of webhooks that named them."""

from gausdo.kernel.persons import Forgotten, Held, Traces
from gausdo.modules.integrations.tables import DeliveryRow
from gausdo.platform.db import Database
from gausdo.platform.persons import (
    Trail,
    anonymised,
    forget_beside,
    unhurried,
)

DELIVERIES = Trail(
    "integrations.delivery",
    DeliveryRow.__table__,
    ("id", "event", "body", "state", "created_at", "delivered_at"),
    texts=("body", "error"),
)


async def held(db: Database, person: Traces) -> list[Held]:
    async with unhurried(db) as tx:
        rows = await DELIVERIES.rows(tx, DELIVERIES.naming(person))
    return [Held(place=DELIVERIES.place, records=rows)]


async def forget(db: Database, person: Traces) -> list[Forgotten]:
    async with unhurried(db) as tx:
        changed = await DELIVERIES.anonymise(tx, DELIVERIES.naming(person), person, near=False)
        return [anonymised(DELIVERIES.place, changed), *await forget_beside(tx, person)]
