"""Reads of activities: PostgreSQL builds the JSON, the bytes go out untouched."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor
from gausdo.kernel.history import HistoryQuery
from gausdo.kernel.sought import Sought, first_step
from gausdo.modules.activities import access
from gausdo.modules.activities.contract import RecordKind, TaskQuery
from gausdo.modules.activities.fields import TASK
from gausdo.modules.activities.tables import AFTER_ALL, BEFORE_ALL, TaskRow, schema
from gausdo.platform.db import Read
from gausdo.platform.found import Words
from gausdo.platform.hidden import hidden_of, shown
from gausdo.platform.history import add_entries, entries
from gausdo.platform.json_sql import Only, array_of, told_of
from gausdo.platform.keyset import PARENT, add_parents, asked_page, listed, listed_by
from gausdo.platform.known import meant, parts_of, user_name
from gausdo.platform.narrow import among_ids, asked_list, conditioned, same
from gausdo.platform.parts import add_parts, part_teams
from gausdo.platform.parts import parts as divided
from gausdo.platform.rights import Guard, asked_by, myself, within
from gausdo.platform.search import found_by, holds, of_own, searchable

_task = TaskRow.__table__.c
_known = schema.known.c


def tasks(
    actor: Actor,
    query: TaskQuery,
    sought: Sought | None = None,
    *,
    only: Only = None,
) -> Read:
    """`Listed[Task]`; `sought` is a step of looking for `q`, the first unless told. `Columned` of
    `only` what is named.
    """
    sorts = _sorts(query)
    asked = asked_list(actor, query, TASK, "tasks", sought=sought)
    asked_page(asked, query, sorts, "due_at")
    add_parts(asked, actor, access.READ)
    asked.add(only)

    def statement() -> Select[Any]:
        few = query.mine or query.about_id is not None or query.ids is not None
        ordered = query.sort == "-created_at"  # of owners and of teams an index has it
        parts = divided(actor, access.READ, access.GUARD) if ordered and not few else []
        visible = [] if parts else [access.visible(actor)]
        rows = _tasks(actor, only).where(*visible, *narrowed(actor, query))
        step = sought or first_step(query.q)
        teams = part_teams(actor, access.READ) if parts else ()
        words = words_of(actor, step, few, teams) if query.q else None
        if words and query.mine and ordered:
            words = of_own(words, actor, access.READ, access.GUARD, step)
        return listed(rows, query, sorts, _task.id, "due_at", parts, words)

    return asked.read(statement)


def tasks_about(actor: Actor, kind: RecordKind, ids: list[UUID], query: TaskQuery) -> Read:
    """`dict[UUID, Listed[Task]]`."""
    sorts = _sorts(query)
    asked = asked_list(actor, query, TASK, "tasks about", kind)
    asked_page(asked, query, sorts, "due_at")
    add_parents(asked, ids)

    def statement() -> Select[Any]:
        about = (
            _task.about_kind == literal_column(f"'{kind}'"),
            _task.about_id == parts_of(schema, PARENT),
        )
        rows = _tasks(actor).where(access.visible(actor), *narrowed(actor, query), *about)
        words = words_of(actor, first_step(query.q), few=True) if query.q else None
        return listed_by(listed(rows, query, sorts, _task.id, "due_at", words=words), ids)

    return asked.read(statement)


def tasks_by_id(actor: Actor, ids: list[UUID]) -> Read:
    """A JSON array of `Task`, in no order."""
    asked = asked_by(actor, "tasks by id")
    asked.add(ids=ids)

    return asked.read(
        lambda: _each(_tasks(actor).where(access.visible(actor), among_ids(_task.id, ids)))
    )


def history(actor: Actor, id: UUID, query: HistoryQuery) -> Read:
    """`list[HistoryEntry]` of one visible task, newest first; no row when it is not visible."""
    asked = asked_by(actor, "history")
    add_entries(asked, id, query)

    def statement() -> Select[Any]:
        this = same(_task.id, "id", id)
        visible = exists().where(this, access.visible(actor))
        hidden = select(hidden_of(actor, access.READ, access.GUARD)).where(this).scalar_subquery()
        return entries(schema, actor, "task", id, visible, query, hidden)

    return asked.read(statement)


def made(actor: Actor, ids: list[UUID]) -> Read:
    """A JSON array of the tasks that the actor has just made, even if for others; in no order."""
    asked = asked_by(actor, "made tasks")
    asked.add(ids=ids)
    return asked.read(lambda: _each(_tasks(actor).where(among_ids(_task.id, ids))))


def _each(tasks: Select[Any]) -> Select[Any]:
    """Tasks as one JSON array."""
    rows = tasks.subquery()
    return select(array_of(func.json_agg(rows.c.item)))


def task(actor: Actor, id: UUID) -> Read:
    """The JSON of one `Task`; no row when it is not visible."""
    asked = asked_by(actor, "task")
    asked.add(id=id)
    return asked.read(lambda: _one(actor, id).where(access.visible(actor)))


def changed(actor: Actor, id: UUID) -> Read:
    """The JSON of a task the actor has just changed, even if it was given away."""
    asked = asked_by(actor, "changed task")
    asked.add(id=id)
    return asked.read(lambda: _one(actor, id))


def _one(actor: Actor, id: UUID) -> Select[Any]:
    return _tasks(actor).where(same(_task.id, "id", id))


def _sorts(query: TaskQuery) -> Mapping[str, ColumnElement[Any]]:
    """What has no due time, or is not done, comes last, whichever way tasks are sorted."""
    down = (query.sort or "").startswith("-")
    last: ColumnElement[Any] = literal_column(BEFORE_ALL if down else AFTER_ALL)
    return {
        "due_at": func.coalesce(_task.due_at, last),
        "created_at": _task.created_at,
        "changed_at": _task.changed_at,
        "done_at": func.coalesce(_task.done_at, last),
    }


def narrowed(actor: Actor, query: TaskQuery) -> list[ColumnElement[bool]]:
    narrow = [
        same(_task[name], name, value)
        for name in ("state", "owner_id", "about_kind")
        if (value := getattr(query, name)) is not None
    ]
    if query.about_id is not None:
        narrow.append(
            _task.about_id == parts_of(schema, bindparam("about_id", query.about_id, Uuid))
        )
    if query.mine:
        narrow.append(_task.owner_id == myself(actor))
    return [*narrow, *conditioned(actor, access.READ, query, access.GUARD, _task.id)]


def words_of(
    actor: Actor, sought: Sought | None, few: bool, teams: Sequence[ColumnElement[Any]] = ()
) -> Words:
    """From whom descriptions are hidden, finds by titles alone; `teams` are told apart."""
    seen = holds(schema, _task.search, sought)
    if sought is None:
        return Words(seen, few=True)
    found = found_by(schema, _task.search, sought)
    if "description" in actor.hidden(access.READ):
        title = literal_column(searchable("activities.task.title"), TSVECTOR)
        seen = holds(schema, title, sought)
        found = and_(found, seen)
    of_teams = [and_(found, _task.team_id == one) for one in teams]
    return Words(found, few, of_teams, seen)


def _tasks(actor: Actor, only: Only = None) -> Select[Any]:
    """Tasks, each as the JSON of a `Task`; or `only` what is named of them, a column each."""
    told = (
        text("'id'"), _task.id,
        text("'title'"), _task.title,
        text("'description'"),
        shown(actor, access.READ, "description", _task.description, access.GUARD),
        text("'state'"), _task.state,
        text("'due_at'"), _task.due_at,
        text("'about'"), case((_task.about_id.is_not(None), named(actor, _task))),
        text("'owner_id'"), _task.owner_id,
        text("'owner_name'"), user_name(schema, _task.owner_id),
        text("'team_id'"), _task.team_id,
        text("'via'"), _task.via,
        text("'created_at'"), _task.created_at,
        text("'done_at'"), _task.done_at,
        text("'version'"), _task.version,
        text("'editable'"), access.editable(actor),
        text("'hidden'"), hidden_of(actor, access.READ, access.GUARD),
    )  # fmt: skip
    return select(*told_of(told, only))


def named(actor: Actor, row: Any) -> ColumnElement[Any]:
    """The record a row is about, with its name where its right reaches it.

    A name is a subquery, so that names are read for the rows of one page only.
    """
    readable = or_(
        *(
            and_(_known.kind == kind, within(actor, right, Guard(_known.owner_id, _known.team_id)))
            for kind, right in access.READ_NAME.items()
        )
    )
    id = meant(schema, row.about_kind, row.about_id)
    same = and_(_known.kind == row.about_kind, _known.id == id)
    name = select(_known.label).where(same, readable).scalar_subquery()
    return func.json_build_object(
        text("'kind'"), row.about_kind, text("'id'"), id, text("'name'"), name
    )
