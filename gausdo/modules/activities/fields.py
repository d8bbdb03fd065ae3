"""What a condition may ask of a task or a meeting: filters, saved views, rights, automations."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column

from gausdo.kernel.conditions import Field, Fields, FieldType, Target
from gausdo.kernel.rights import may_ask
from gausdo.modules.activities.contract import MEETINGS, TASKS, MeetingKind, MeetingState, TaskState
from gausdo.modules.activities.meeting_tables import MeetingRow
from gausdo.modules.activities.tables import AFTER_ALL, TaskRow
from gausdo.platform.conditions_sql import Placed
from gausdo.platform.db.schema import TIME

TASK = Fields(
    "task",
    Field(name="title", type=FieldType.TEXT),
    Field(name="state", type=FieldType.CHOICE, options=tuple(TaskState)),
    Field(name="due_at", type=FieldType.TIME),
    Field(
        name="overdue",
        type=FieldType.BOOL,
        targets=frozenset({Target.SQL, Target.PYTHON}),
    ),
    Field(name="about_kind", type=FieldType.CHOICE, options=("company", "person", "deal")),
    Field(name="about_id", type=FieldType.ID),
    Field(name="owner_id", type=FieldType.PERSON),
    Field(name="team_id", type=FieldType.ID),
    Field(name="via", type=FieldType.CHOICE),
    Field(name="created_at", type=FieldType.TIME),
    Field(name="changed_at", type=FieldType.TIME),
    Field(name="done_at", type=FieldType.TIME),
)

_task = TaskRow.__table__.c
_LAST: ColumnElement[Any] = literal_column(AFTER_ALL, TIME)


def _placed(column: ColumnElement[Any]) -> Placed:
    """By the index of its order."""
    return Placed(column, func.coalesce(column, _LAST), _LAST, first=False)


OVERDUE = and_(
    _task.state == literal_column("'open'"), func.coalesce(_task.due_at, _LAST) < func.now()
)
COLUMNS: Mapping[str, ColumnElement[Any]] = {
    **{field.name: _task[field.name] for field in TASK if field.name != "overdue"},
    "overdue": OVERDUE,
    "due_at": _placed(_task.due_at),
    "done_at": _placed(_task.done_at),
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
