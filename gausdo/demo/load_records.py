"""Accounts as each module keeps them: rows, what happened to them, and the names others know."""

from datetime import datetime
from typing import Any

from gausdo.demo.load_consents import said_by
from gausdo.demo.load_rows import Rows
from gausdo.demo.load_states import Lived
from gausdo.demo.world import World
from gausdo.demo.world_deals import lost_reasons
from gausdo.demo.world_records import (
    Account,
    Colleague,
    Company,
    Deal,
    Edit,
    Move,
    Note,
    Person,
    Pipeline,
    Stage,
    Task,
)
from gausdo.demo.world_time import holidays
from gausdo.kernel.working_time import FIVE_DAYS, WorkingCalendar
from gausdo.modules.activities import tables as activities
from gausdo.modules.activities.contract import TaskState
from gausdo.modules.activities.note_tables import NoteRow
from gausdo.modules.customers import tables as customers
from gausdo.modules.identity import tables as identity
from gausdo.modules.identity.contract import UserJoined
from gausdo.modules.sales import tables as sales
from gausdo.modules.sales.contract import PipelineAdded, StageKind


def add_staff(rows: Rows, world: World, hashes: dict[str, str], calendar: WorkingCalendar) -> None:
    """`hashes`: e-mail → hash of the password."""
    for team in world.staff.teams:
        rows.add(identity.TeamRow(id=team.id, name=team.name, parent_id=team.parent_id, version=1))
    for one in world.staff.everybody:
        rows.add(
            identity.UserRow(
                id=one.id,
                name=one.name,
                email=one.email,
                password_hash=hashes[one.email],
                role=one.role,
                team_id=one.team_id,
                active=True,
                locale=one.locale,
                time_zone=calendar.time_zone,
                created_at=one.joined_at,
                changed_at=one.joined_at,
                version=1,
            )
        )
        joined = UserJoined(user_id=one.id, team_id=one.team_id)
        rows.happened(joined, one.joined_at, world.staff.administrator.id)
    rows.add(
        identity.SettingRow(
            name="working_calendar",
            value=calendar.model_dump(mode="json"),
            changed_at=world.since,
        )
    )


def know_staff(rows: Rows, world: World) -> None:
    for one in world.staff.everybody:
        rows.knows("user", one.id, one.name, one.id, one.team_id, 1)


def add_pipelines(rows: Rows, world: World) -> None:
    for position, pipeline in enumerate(world.pipelines):
        rows.add(
            sales.PipelineRow(
                id=pipeline.id,
                name=pipeline.name,
                position=position,
                lost_reasons=[*lost_reasons(pipeline)],
                reason_needed=True,
                archived=False,
                created_at=pipeline.created_at,
                version=1,
            )
        )
        for place, stage in enumerate(pipeline.stages):
            rows.add(_stage(pipeline, stage, place))
        added = PipelineAdded(pipeline_id=pipeline.id)
        rows.happened(added, pipeline.created_at, world.staff.administrator.id)


def _stage(pipeline: Pipeline, stage: Stage, place: int) -> sales.StageRow:
    return sales.StageRow(
        id=stage.id,
        pipeline_id=pipeline.id,
        name=stage.name,
        position=place,
        kind=stage.kind,
        probability=stage.probability,
        tone=stage.tone,
        needs=[],
        rots_after=round(FORGOTTEN * stage.days) if stage.kind is StageKind.OPEN else None,
    )


FORGOTTEN = 3
"""So many times as long as usual, and nobody thinks of it any more."""


class Records:
    """Brings accounts into the rows of customers, sales and activities."""

    def __init__(self, customers: Rows, sales: Rows, activities: Rows) -> None:
        self._customers, self._sales, self._activities = customers, sales, activities

    def add(self, account: Account) -> None:
        if account.company:
            self._customer("company", customers.CompanyRow, account.company)
        for person in account.people:
            self._customer("person", customers.PersonRow, person)
        for deal in account.deals:
            self._deal(deal)
        for task in account.tasks:
            self._task(task)
        for note in account.notes:
            self._note(note)

    def _customer(self, kind: str, of: type[customers.Customer], record: Company | Person) -> None:
        owner = record.owner
        named = {name: getattr(record, name) for name in (*of.plain, "phones", "emails")}
        row = of.add(named, owner.id, owner.team_id)
        row.id, row.created_at, row.changed_at = record.id, record.created_at, record.created_at
        begun = customers.in_history(row.beginnings())
        self._customers.happened(row.added(), record.created_at, owner.id, **begun)
        if isinstance(record, Person) and isinstance(row, customers.PersonRow):
            for said in said_by(record, row):
                self._customers.add(said.entry)
                told = said.event, said.entry.at, owner.id
                self._customers.happened(*told, changes=said.changes)
        for edit in record.edits:
            if changes := row.change(row.differing(edit.fields), row.team_id):
                row.changed_at = edit.at
                self._customers.happened(
                    row.changed(changes, row.owner_id, row.team_id),
                    edit.at,
                    edit.by.id,
                    **customers.in_history(changes),
                )
        self._customers.add(row)
        for way in row.ways:
            way.record_id = row.id
            self._customers.add(way)
        for rows in (self._sales, self._activities):
            rows.knows(kind, row.id, row.name, row.owner_id, row.team_id, row.version)

    def _deal(self, deal: Deal) -> None:
        owner = deal.owner
        row = sales.DealRow(
            id=deal.id,
            title=deal.title,
            pipeline_id=deal.pipeline.id,
            amount=deal.worth.amount if deal.worth else None,
            currency=deal.worth.currency if deal.worth else None,
            company_id=deal.company_id,
            contact_id=deal.contact_id,
            expected_on=deal.expected_on,
            about=deal.about,
            custom={},
            owner_id=owner.id,
            team_id=owner.team_id,
            created_at=deal.created_at,
            changed_at=deal.created_at,
            version=1,
            **_standing(deal.stage, deal.created_at),
        )
        titled = {"title": (None, row.title)}
        self._sales.happened(row.opened(), deal.created_at, owner.id, personal=titled)
        lived = Lived(row)
        for step in deal.steps:
            lived.until(step.at, moves=isinstance(step, Move))
            row.version += 1
            row.changed_at = step.at
            if isinstance(step, Move):
                self._move(row, step)
            else:
                self._edit(row, step)
        lived.add_to(self._sales)
        self._sales.add(row)
        self._activities.knows("deal", row.id, row.title, row.owner_id, row.team_id, row.version)

    def _move(self, row: sales.DealRow, step: Move) -> None:
        before = row.standing()
        for name, value in _standing(step.stage, step.at).items():
            setattr(row, name, value)
        row.lost_reason = step.lost_reason
        self._sales.happened(
            row.moved(before),
            step.at,
            step.by.id,
            changes={"stage_id": (before["stage_id"], row.stage_id)},
            personal={"lost_reason": (before["lost_reason"], row.lost_reason)},
        )

    def _edit(self, row: sales.DealRow, step: Edit) -> None:
        before = row.owner_id, row.team_id
        changes: dict[str, tuple[Any, Any]] = {}
        for name, value in step.fields.items():
            if isinstance(value, Colleague):
                changes["owner_id"] = (row.owner_id, value.id)
                row.owner_id, row.team_id = value.id, value.team_id
            else:
                changes[name] = (getattr(row, name), value)
                if name == "worth":
                    row.amount, row.currency = value.amount, value.currency
                else:
                    setattr(row, name, value)
        event = row.changed(changes, *before)
        self._sales.happened(event, step.at, step.by.id, changes=changes)

    def _task(self, task: Task) -> None:
        owner = task.owner
        row = activities.TaskRow(
            id=task.id,
            title=task.title,
            state=TaskState.OPEN,
            due_at=task.due_at,
            about_kind=task.about.kind if task.about else None,
            about_id=task.about.id if task.about else None,
            owner_id=owner.id,
            team_id=owner.team_id,
            via="person",
            created_at=task.created_at,
            changed_at=task.created_at,
            version=1,
        )
        titled = {"title": (None, row.title)}
        self._activities.happened(row.added(), task.created_at, owner.id, personal=titled)
        if task.done_at:
            changes = row.change({"state": TaskState.DONE}, row.team_id)
            row.changed_at = row.done_at = task.done_at
            done = row.changed(changes, row.owner_id, row.team_id)
            self._activities.happened(done, task.done_at, owner.id, changes=changes)
        self._activities.add(row)
        if task.about and task.about.kind == "deal":
            self._sales.add(
                sales.NextTaskRow(
                    task_id=row.id,
                    deal_id=task.about.id,
                    due_at=row.due_at,
                    version=row.version,
                    open=task.done_at is None,
                )
            )

    def _note(self, note: Note) -> None:
        row = NoteRow(
            id=note.id,
            about_kind=note.about.kind,
            about_id=note.about.id,
            text=note.text,
            author_id=note.author.id,
            team_id=note.author.team_id,
            created_at=note.created_at,
            mentions=[],
            file_ids=[],
            version=1,
        )
        self._activities.add(row)
        written = {"text": (None, row.text)}
        self._activities.happened(row.added(), note.created_at, note.author.id, personal=written)


def _standing(stage: Stage, at: datetime) -> dict[str, Any]:
    return {
        "stage_id": stage.id,
        "kind": stage.kind,
        "probability": stage.probability,
        "stage_since": at,
        "closed_at": None if stage.kind is StageKind.OPEN else at,
    }


def calendar_of(world: World, time_zone: str) -> WorkingCalendar:
    """Monday to Friday from 9 to 18, holidays of this year and the next off."""
    years = (world.today.year, world.today.year + 1)
    days = sorted(day for year in years for day in holidays(year))
    return WorkingCalendar(time_zone=time_zone, week=FIVE_DAYS, days=dict.fromkeys(days, ()))
