"""What automation holds about a person: errors of rules that named them."""

from gausdo.kernel.persons import Forgotten, Held, Traces
from gausdo.modules.automation.tables import EffectRow
from gausdo.platform.db import Database
from gausdo.platform.persons import (
    Trail,
    anonymised,
    forget_beside,
    unhurried,
)

EFFECTS = Trail(
    "automation.effect",
    EffectRow.__table__,
    ("id", "type", "error", "at"),
    texts=("error",),
)


async def held(db: Database, person: Traces) -> list[Held]:
    async with unhurried(db) as tx:
        rows = await EFFECTS.rows(tx, EFFECTS.naming(person))
    return [Held(place=EFFECTS.place, records=rows)]


async def forget(db: Database, person: Traces) -> list[Forgotten]:
    async with unhurried(db) as tx:
        changed = await EFFECTS.anonymise(tx, EFFECTS.naming(person), person, near=False)
        return [anonymised(EFFECTS.place, changed), *await forget_beside(tx, person)]
