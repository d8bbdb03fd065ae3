"""What activities holds about a person: tasks, meetings and notes about them and their deals."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from gausdo.kernel.persons import ERASED, Forgotten, Held, Traces
from gausdo.modules.activities import timeline
from gausdo.modules.activities.file_tables import FileRow
from gausdo.modules.activities.files import drop_files
from gausdo.modules.activities.meeting_tables import MeetingRow
from gausdo.modules.activities.note_tables import NoteRow
from gausdo.modules.activities.outside_tables import OutsideObjectRow, OutsideTimeRow
from gausdo.modules.activities.removed_rows import RemovedRow
from gausdo.modules.activities.tables import TaskRow
from gausdo.platform.db import Database, Tx
from gausdo.platform.persons import Trail, anonymised, erased, forget_beside, unhurried

_note, _task, _meeting = NoteRow.__table__.c, TaskRow.__table__.c, MeetingRow.__table__.c
_file = FileRow.__table__.c
TOUCHED = {"version": _task.version + 1, "changed_at": func.now()}
NOTES = Trail("activities.note", NoteRow.__table__, ("id", "text", "created_at"), texts=("text",))
FILES = Trail(
    "activities.file", FileRow.__table__, ("id", "name", "size", "created_at"), texts=("name",)
)
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

OUTSIDE = Trail("activities.outside_time", OutsideTimeRow.__table__, texts=("title", "place"))
KEPT = Trail("activities.outside_object", OutsideObjectRow.__table__, texts=("content",))

MET = {"version": _meeting.version + 1, "changed_at": func.now()}
MEETINGS = Trail(
    "activities.meeting",
    MeetingRow.__table__,
    ("id", "title", "description", "place", "result", "begins_at", "ends_at", "created_at"),
    texts=("title", "description", "place", "result"),
    touched=MET,
)
OWN_MEETINGS = Trail(
    MEETINGS.place,
    MeetingRow.__table__,
    values={"title": ERASED, "description": None, "place": None, "result": None},
    touched=MET,
)


def _own(table: Any, person: Traces) -> ColumnElement[bool]:
    of_person: ColumnElement[bool] = table.about_id == person.id
    return of_person


def _was_own(person: Traces) -> ColumnElement[bool]:
    """Tasks and meetings about the person that were deleted."""
    about: ColumnElement[bool] = RemovedRow.row["about_id"].astext == str(person.id)
    return about


def _near(table: Any, person: Traces) -> ColumnElement[bool]:
    """About a record that has to do with the person."""
    of_records: ColumnElement[bool] = table.about_id.in_(person.records)
    return of_records


def _taking_part(person: Traces) -> ColumnElement[bool]:
    part: ColumnElement[bool] = _meeting.person_ids.contains([person.id])
    return part


def _met(person: Traces) -> ColumnElement[bool]:
    return or_(_own(_meeting, person), _taking_part(person))


async def held(db: Database, person: Traces) -> list[Held]:
    async with unhurried(db) as tx:
        return [
            Held(place=trail.place, records=await trail.rows(tx, _own(table, person)))
            for trail, table in ((NOTES, _note), (FILES, _file), (TASKS, _task))
        ] + [Held(place=MEETINGS.place, records=await MEETINGS.rows(tx, _met(person)))]


async def forget(db: Database, person: Traces) -> list[Forgotten]:
    """Tasks and meetings stay as work that was done; notes about the person go whole. Of meetings
    with others, too, the person is one who took part no more.
    """
    async with unhurried(db) as tx:
        own = [*await tx.session.scalars(select(_task.id).where(_own(_task, person)))]
        await tx.session.execute(delete(RemovedRow).where(_was_own(person)))
        notes = await NOTES.erase(tx, _own(_note, person))
        await timeline.drop(tx, notes)
        files = await drop_files(tx, notes)
        named = await FILES.anonymise(tx, _near(_file, person), person)
        others = await NOTES.anonymise(tx, _near(_note, person), person)
        tasks = [
            *await OWN_TASKS.anonymise(tx, _own(_task, person), person),
            *await TASKS.anonymise(tx, _near(_task, person), person),
        ]
        for row in await tx.session.scalars(select(TaskRow).where(TaskRow.id.in_(tasks))):
            changes = dict.fromkeys(("title", "description"), (None, None))
            tx.publish(row.changed(changes, row.owner_id, row.team_id))
        met = await _forget_meetings(tx, person)
        outside = await OUTSIDE.anonymise(tx, OUTSIDE.naming(person), person)
        kept = await KEPT.anonymise(tx, KEPT.naming(person), person)
        return [
            erased(NOTES.place, notes),
            anonymised(NOTES.place, others),
            erased(FILES.place, files),
            anonymised(FILES.place, named),
            anonymised(TASKS.place, tasks),
            anonymised(MEETINGS.place, met),
            anonymised(OUTSIDE.place, outside),
            anonymised(KEPT.place, kept),
            *await forget_beside(tx, person, [*own, *notes, *met]),
        ]


async def _forget_meetings(tx: Tx, person: Traces) -> list[UUID]:
    """Those that told of the person."""
    part = [*await tx.session.scalars(select(_meeting.id).where(_taking_part(person)))]
    near = or_(_near(_meeting, person), _meeting.id.in_(part))
    changed = {
        *await OWN_MEETINGS.anonymise(tx, _own(_meeting, person), person),
        *await MEETINGS.anonymise(tx, near, person),
    }
    without = func.array_remove(_meeting.person_ids, person.id)
    await tx.session.execute(
        update(MeetingRow).where(_meeting.id.in_(part)).values(person_ids=without)
    )
    met = sorted(changed | {*part})
    for row in await tx.session.scalars(select(MeetingRow).where(MeetingRow.id.in_(met))):
        if row.id not in changed:
            row.touch()
        names = ("title", "description", "place", "result", "person_ids")
        tx.publish(row.changed(dict.fromkeys(names, (None, None)), row.owner_id, row.team_id))
    return met
