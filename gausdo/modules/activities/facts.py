"""What activities tells the analytical store: tasks as they change, and notes."""

from gausdo.modules.activities.contract import (
    NoteAdded,
    TaskAdded,
    TaskChanged,
    TaskRemoved,
    TaskRestored,
)
from gausdo.platform.facts import TIME, WORD, Column, Dataset, Kind

_EVENT = (
    Column("event_id", "UUID", "event_id"),
    Column("name", WORD, "name"),
    Column("at", TIME, "at"),
    Column("actor_id", "Nullable(UUID)", "actor_id"),
    Column("via", WORD, "via"),
)
_ABOUT = (
    Column("team_id", "Nullable(UUID)", "body.team_id"),
    Column("about_kind", WORD, "body.about_kind"),
    Column("about_id", "Nullable(UUID)", "body.about_id"),
    Column("created_at", TIME, "body.created_at"),
)

TASK_FACTS = Dataset(
    "task_facts",
    Kind.FACTS,
    (
        *_EVENT,
        Column("task_id", "UUID", "subject_id"),
        Column("version", "UInt64", "version"),
        Column("state", WORD, "body.state"),
        Column("owner_id", "UUID", "body.owner_id"),
        *_ABOUT,
        Column("due_at", f"Nullable({TIME})", "body.due_at"),
        Column("done_at", f"Nullable({TIME})", "body.done_at"),
        Column("from_owner_id", "Nullable(UUID)", "body.previous_owner_id"),
    ),
    events=(TaskAdded, TaskChanged, TaskRemoved, TaskRestored),
    order_by=("name", "toDate(at)", "task_id", "event_id"),
)
"""A row per change of a task: the task as it is after it, or as it was when it was deleted."""

NOTE_FACTS = Dataset(
    "note_facts",
    Kind.FACTS,
    (
        *_EVENT,
        Column("note_id", "UUID", "subject_id"),
        Column("owner_id", "UUID", "body.author_id"),
        *_ABOUT,
    ),
    events=(NoteAdded,),
    order_by=("toDate(at)", "note_id", "event_id"),
)
"""A row per note; its owner is who wrote it."""

datasets = (TASK_FACTS, NOTE_FACTS)
