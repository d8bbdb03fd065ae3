"""Activities in GraphQL: tasks, meetings and notes, and the tasks of every record."""

from collections.abc import Callable, Mapping
from typing import Any

from gausdo.kernel.deleted import DeletedRecord
from gausdo.kernel.history import HistoryEntry
from gausdo.kernel.values import Value
from gausdo.modules.activities.contract import Activities, Meeting, Note, Task
from gausdo.modules.customers.contract import Company, Person
from gausdo.modules.identity.contract import User
from gausdo.modules.sales.contract import Deal
from gausdo.platform.graph import Graph, Link, Listing, Pages, id_in

RECORDS: dict[str, type[Value]] = {"company": Company, "person": Person, "deal": Deal}


def _about(kind: str) -> Callable[[Mapping[str, Any]], str | None]:
    """The id of what a task or a note is about, if it is of this kind."""

    def found(record: Mapping[str, Any]) -> str | None:
        about = record["about"]
        return about["id"] if about and about["kind"] == kind else None

    return found


graph = Graph(
    finds={Task: Activities.find_tasks, Meeting: Activities.find_meetings},
    reads=(Activities.task, Activities.task_history, Activities.tasks_edit, Activities.meeting),
    answers={Activities.task_history: list[HistoryEntry]},
    lists=(
        Listing("tasks", Task, Activities.list_tasks),
        Listing("meetings", Meeting, Activities.list_meetings),
        Listing("notes", Note, Activities.list_notes),
        Listing("deleted_tasks", DeletedRecord, Activities.deleted_tasks),
        Listing("deleted_meetings", DeletedRecord, Activities.deleted_meetings),
    ),
    links=(
        Link(Task, "owner", User, id_in("owner_id")),
        Link(Meeting, "owner", User, id_in("owner_id")),
        Link(Note, "author", User, id_in("author_id")),
        *(
            Link(of, name, to, _about(name))
            for of in (Task, Meeting, Note)
            for name, to in RECORDS.items()
        ),
    ),
    pages=tuple(
        Pages(
            of,
            "tasks",
            Task,
            Activities.tasks_about,
            (kind,),
            frozenset({"about_kind", "about_id"}),
        )
        for kind, of in RECORDS.items()
    ),
    changes=(
        Activities.add_task,
        Activities.change_task,
        Activities.restore_task,
        Activities.add_meeting,
        Activities.change_meeting,
        *(Activities.delete_task, Activities.bring_task_back),
        *(Activities.preview_tasks_edit, Activities.edit_tasks),
        *(Activities.stop_tasks_edit, Activities.undo_tasks_edit),
        *(Activities.delete_meeting, Activities.bring_meeting_back),
        Activities.add_note,
        Activities.change_note,
        Activities.remove_note,
        Activities.restore_note,
    ),
)
