"""What integrations holds about a person: calls of webhooks and files that named them."""

from gausdo.kernel.persons import Forgotten, Held, Traces
from gausdo.modules.integrations.import_tables import ImportPartRow, ImportRefusalRow, ImportRow
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


FILES = (
    Trail(
        "integrations.import",
        ImportRow.__table__,
        ("id", "name", "samples", "created_at"),
        texts=("name", "header", "samples", "trouble"),
    ),
    Trail(
        "integrations.import_part",
        ImportPartRow.__table__,
        ("id", "import_id", "rows"),
        texts=("rows",),
    ),
    Trail(
        "integrations.import_refusal",
        ImportRefusalRow.__table__,
        ("id", "import_id", "cells", "why"),
        texts=("cells", "why"),
    ),
)


async def held(db: Database, person: Traces) -> list[Held]:
    async with unhurried(db) as tx:
        return [
            Held(place=trail.place, records=await trail.rows(tx, trail.naming(person)))
            for trail in (DELIVERIES, *FILES)
        ]


async def forget(db: Database, person: Traces) -> list[Forgotten]:
    async with unhurried(db) as tx:
        done = []
        for trail in (DELIVERIES, *FILES):
            changed = await trail.anonymise(tx, trail.naming(person), person, near=False)
            done.append(anonymised(trail.place, changed))
        return [*done, *await forget_beside(tx, person)]
