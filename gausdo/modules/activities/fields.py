"""What a condition may ask of a task or a meeting: filters, saved views, rights, automations."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from gausdo.kernel.conditions import Field, Fields, FieldType
from gausdo.kernel.rights import may_ask
from gausdo.modules.activities.contract import MEETINGS, TASKS, MeetingKind, MeetingState, TaskState
from gausdo.modules.activities.meeting_tables import MeetingRow
from gausdo.modules.activities.tables import TaskRow

TASK = Fields(
    "task",
    Field(name="title", type=FieldType.TEXT),
    Field(name="state", type=FieldType.CHOICE, options=tuple(TaskState)),
    Field(name="due_at", type=FieldType.TIME),
    Field(name="about_kind", type=FieldType.CHOICE, options=("company", "person", "deal")),
    Field(name="about_id", type=FieldType.ID),
    Field(name="owner_id", type=FieldType.PERSON),
    Field(name="team_id", type=FieldType.ID),
    Field(name="via", type=FieldType.CHOICE),
    Field(name="created_at", type=FieldType.TIME),
    Field(name="changed_at", type=FieldType.TIME),
    Field(name="done_at", type=FieldType.TIME),
)

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    field.name: TaskRow.__table__.c[field.name] for field in TASK
}

may_ask(TASKS, TASK)

MEETING = Fields(
    "meeting",
    Field(name="title", type=FieldType.TEXT),
    Field(name="kind", type=FieldType.CHOICE, options=tuple(MeetingKind)),
    Field(name="state", type=FieldType.CHOICE, options=tuple(MeetingState)),
    Field(name="begins_at", type=FieldType.TIME),
    Field(name="ends_at", type=FieldType.TIME),
    Field(name="about_kind", type=FieldType.CHOICE, options=("company", "person", "deal")),
    Field(name="about_id", type=FieldType.ID),
    Field(name="owner_id", type=FieldType.PERSON),
    Field(name="team_id", type=FieldType.ID),
    Field(name="via", type=FieldType.CHOICE),
    Field(name="created_at", type=FieldType.TIME),
    Field(name="changed_at", type=FieldType.TIME),
)

MEETING_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    field.name: MeetingRow.__table__.c[field.name] for field in MEETING
}

may_ask(MEETINGS, MEETING)
