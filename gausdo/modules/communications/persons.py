"""What communications holds about a person: letters to them, and their names in others."""

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from gausdo.kernel.persons import Forgotten, Held, Traces
from gausdo.modules.communications.tables import AttachmentRow, LetterRow
from gausdo.platform.db import Database
from gausdo.platform.persons import (
    Trail,
    anonymised,
    forget_beside,
    unhurried,
)
from gausdo.platform.worklist import FAILED, WAITING

_letter = LetterRow.__table__.c
LETTERS = Trail(
    "communications.letter",
    LetterRow.__table__,
    ("id", "to", "subject", "body", "state", "created_at", "sent_at"),
    values={"to": "", "to_name": None, "subject": "", "body": "", "error": None},
)
MENTIONS = Trail(LETTERS.place, LetterRow.__table__, texts=("to_name", "subject", "body", "error"))


def _own(person: Traces) -> ColumnElement[bool]:
    return or_(
        func.lower(_letter.to).in_([one.lower() for one in person.texts]),
        _letter.about_id == person.id,
    )


async def held(db: Database, person: Traces) -> list[Held]:
    async with unhurried(db) as tx:
        return [Held(place=LETTERS.place, records=await LETTERS.rows(tx, _own(person)))]


async def forget(db: Database, person: Traces) -> list[Forgotten]:
    """That a letter was sent stays; one that waits never is."""
    async with unhurried(db) as tx:
        waiting = update(LetterRow).where(_own(person), LetterRow.state == WAITING)
        await tx.session.execute(waiting.values(state=FAILED, leased_until=None))
        own = select(LetterRow.id).where(_own(person))
        await tx.session.execute(delete(AttachmentRow).where(AttachmentRow.letter_id.in_(own)))
        changed = [*await LETTERS.anonymise(tx, _own(person), person)]
        changed += await MENTIONS.anonymise(tx, MENTIONS.naming(person), person, near=False)
        return [anonymised(LETTERS.place, changed), *await forget_beside(tx, person)]
