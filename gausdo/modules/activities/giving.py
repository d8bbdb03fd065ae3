"""Tasks and meetings as files: the part of the service that gives them out."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from gausdo.kernel.actor import Actor
from gausdo.kernel.exporting import (
    CellType,
    ExportColumn,
    ExportPage,
    Offered,
    WorkKind,
    as_listed,
    column,
    exporting,
    shown,
)
from gausdo.kernel.values import Json, Locale
from gausdo.modules.activities import access, meeting_access, meeting_queries, queries
from gausdo.modules.activities.contract import MEETINGS, TASKS, MeetingQuery, TaskQuery
from gausdo.platform.db import Database
from gausdo.platform.json_sql import Columns
from gausdo.platform.search import closest

_STATES: Mapping[Locale, Mapping[str, str]] = {
    "en": {"open": "Open", "done": "Done", "planned": "Planned", "cancelled": "Called off"},
    "ru": {
        "open": "Открыта",
        "done": "Выполнена",
        "planned": "Запланирована",
        "cancelled": "Отменена",
    },
}
_HELD: Mapping[Locale, str] = {"en": "Took place", "ru": "Состоялась"}
_RECORDS: Mapping[Locale, Mapping[str, str]] = {
    "en": {"company": "Company", "person": "Person", "deal": "Deal"},
    "ru": {"company": "Компания", "person": "Контакт", "deal": "Сделка"},
}
_KINDS: Mapping[Locale, Mapping[str, str]] = {
    "en": {"meeting": "Meeting", "call": "Call"},
    "ru": {"meeting": "Встреча", "call": "Звонок"},
}


def _about(locale: Locale) -> tuple[Offered, ...]:
    kinds = _RECORDS[locale]
    return (
        column("about_kind", "About: what", "О чём: вид", path=("about", "kind"), names=kinds),
        column("about", "About", "О чём", path=("about", "name")),
    )


def _tasks(locale: Locale) -> tuple[Offered, ...]:
    return (
        column("title", "Task", "Задача"),
        column("state", "State", "Состояние", names=_STATES[locale]),
        column("due_at", "Due", "Срок", CellType.TIME),
        *_about(locale),
        column("description", "Description", "Описание", field="description"),
        column("owner", "Owner", "Ответственный", path=("owner_name",)),
        column("created_at", "Created", "Создано", CellType.TIME),
        column("done_at", "Done at", "Выполнено", CellType.TIME),
        column("id", "ID", "ID"),
    )


def _meetings(locale: Locale) -> tuple[Offered, ...]:
    states = {**_STATES[locale], "done": _HELD[locale]}
    return (
        column("title", "Title", "Название"),
        column("kind", "Kind", "Вид", names=_KINDS[locale]),
        column("state", "State", "Состояние", names=states),
        column("begins_at", "Begins", "Начало", CellType.TIME),
        column("ends_at", "Ends", "Окончание", CellType.TIME),
        column("all_day", "All day", "Весь день", CellType.BOOL),
        column("place", "Place", "Место", field="place"),
        *_about(locale),
        column("colleagues", "Colleagues", "Коллеги", CellType.LIST, each="name"),
        column("people", "Customers’ people", "Люди клиентов", CellType.LIST, each="name"),
        column("description", "Description", "Описание", field="description"),
        column("result", "Outcome", "Итог", field="result"),
        column("owner", "Owner", "Ответственный", path=("owner_name",)),
        column("created_at", "Created", "Создано", CellType.TIME),
        column("id", "ID", "ID"),
    )


class Gives:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def export_columns(
        self, actor: Actor, kind: WorkKind, locale: Locale
    ) -> list[ExportColumn]:
        if kind == "tasks":
            hidden = exporting(actor, TASKS).never(access.READ)
            return shown(_tasks(locale), [], hidden, locale, {})
        hidden = exporting(actor, MEETINGS).never(meeting_access.READ)
        return shown(_meetings(locale), [], hidden, locale, {})

    async def export_page(self, actor: Actor, kind: WorkKind, page: ExportPage) -> Json:
        """A series is one row, with its first time."""
        asked, only = dict(as_listed(page)), Columns(frozenset(page.only))
        if kind == "tasks":
            query = TaskQuery.model_construct(**asked)
            read = partial(queries.tasks, exporting(actor, TASKS), query, only=only)
            return await closest(self.db, query.q, read)
        who, of = exporting(actor, MEETINGS), MeetingQuery.model_construct(**asked)
        return await self.db.one(meeting_queries.meetings(who, of, only))
