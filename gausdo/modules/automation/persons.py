"""What automation holds about a person: errors of rules that named them, and
notices that lead to them.
"""

from sqlalchemy import ColumnElement, and_

from gausdo.kernel.persons import Forgotten, Held, Traces
from gausdo.modules.automation.notice_tables import NoticeRow
from gausdo.modules.automation.tables import EffectRow
from gausdo.platform.db import Database
from gausdo.platform.persons import (
    Trail,
    anonymised,
    erased,
    forget_beside,
    unhurried,
)

EFFECTS = Trail(
    "automation.effect",
    EffectRow.__table__,
    ("id", "type", "error", "at"),
    texts=("error",),
)

NOTICES = Trail("automation.notice", NoticeRow.__table__, ("id", "kind", "at"))


async def held(db: Database, person: Traces) -> list[Held]:
    async with unhurried(db) as tx:
        rows = await EFFECTS.rows(tx, EFFECTS.naming(person))
        told = await NOTICES.rows(tx, _of(person))
    return [Held(place=EFFECTS.place, records=rows), Held(place=NOTICES.place, records=told)]


async def forget(db: Database, person: Traces) -> list[Forgotten]:
    async with unhurried(db) as tx:
        changed = await EFFECTS.anonymise(tx, EFFECTS.naming(person), person, near=False)
        gone = await NOTICES.erase(tx, _of(person))
        return [
            anonymised(EFFECTS.place, changed),
            erased(NOTICES.place, gone),
            *await forget_beside(tx, person),
        ]


def _of(person: Traces) -> ColumnElement[bool]:
    """Notices that lead to the person's page."""
    return and_(NoticeRow.about == "person", NoticeRow.record_id == person.id)
