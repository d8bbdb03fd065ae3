"""What activities holds about a person: tasks and notes about them and about their deals."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from gausdo.kernel.persons import ERASED, Forgotten, Held, Traces
from gausdo.modules.activities.tables import NoteRow, TaskRow
from gausdo.platform.db import Database
from gausdo.platform.persons import Trail, anonymised, erased, forget_beside, unhurried

_note, _task = NoteRow.__table__.c, TaskRow.__table__.c
TOUCHED = {"version": _task.version + 1, "changed_at": func.now()}
NOTES = Trail("activities.note", NoteRow.__table__, ("id", "text", "created_at"), texts=("text",))
TASKS = Trail(
    "activities.task",
    TaskRow.__table__,
    ("id", "title", "description", "state", "due_at", "created_at"),
    texts=("title", "description"),
    touched=TOUCHED,
)
OWN_TASKS = Trail(
    TASKS.place,
    TaskRow.__table__,
    values={"title": ERASED, "description": None},
    touched=TOUCHED,
)


def _own(table: Any, person: Traces) -> ColumnElement[bool]:
    of_person: ColumnElement[bool] = table.about_id == person.id
    return of_person


def _near(table: Any, person: Traces) -> ColumnElement[bool]:
    """About a record that has to do with the person."""
    of_records: ColumnElement[bool] = table.about_id.in_(person.records)
    return of_records


async def held(db: Database, person: Traces) -> list[Held]:
    async with unhurried(db) as tx:
        return [
            Held(place=trail.place, records=await trail.rows(tx, _own(table, person)))
            for trail, table in ((NOTES, _note), (TASKS, _task))
        ]


async def forget(db: Database, person: Traces) -> list[Forgotten]:
    """Tasks stay as work that was done; notes about the person go whole."""
    async with unhurried(db) as tx:
        own = [*await tx.session.scalars(select(_task.id).where(_own(_task, person)))]
        notes = await NOTES.erase(tx, _own(_note, person))
        others = await NOTES.anonymise(tx, _near(_note, person), person)
        tasks = [
            *await OWN_TASKS.anonymise(tx, _own(_task, person), person),
            *await TASKS.anonymise(tx, _near(_task, person), person),
        ]
        for row in await tx.session.scalars(select(TaskRow).where(TaskRow.id.in_(tasks))):
            changes = dict.fromkeys(("title", "description"), (None, None))
            tx.publish(row.changed(changes, row.owner_id, row.team_id))
        return [
            erased(NOTES.place, notes),
            anonymised(NOTES.place, others),
            anonymised(TASKS.place, tasks),
            *await forget_beside(tx, person, [*own, *notes]),
        ]
