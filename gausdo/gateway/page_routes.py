"""What the page of a record shows when it is opened, in one answer of several modules."""

import asyncio
from collections.abc import Awaitable
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import to_json

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.named import NamedRecord
from gausdo.kernel.pages import Listed
from gausdo.kernel.values import Json, Value
from gausdo.modules.activities.contract import (
    Activities,
    RecordKind,
    Task,
    TaskQuery,
    TimelineEntry,
    TimelineQuery,
)
from gausdo.modules.customers.contract import Company, Customers, Person
from gausdo.modules.sales.contract import DealRecord, Sales
from gausdo.platform.http import CurrentActor, Routes

R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")
Told: TypeAlias = Company | Person | DealRecord

TASKS, ENTRIES = 50, 30
"""Of the first pages of tasks and of the timeline."""
_READ_TASK = Right("activities.task", "read")


class RecordPage(Value, Generic[R]):
    """`tasks` by when they are due, `timeline` the latest first: the first page of each. No `tasks`
    for who may read none.
    """

    record: R
    tasks: Listed[Task] | None
    timeline: Listed[TimelineEntry]


def routes(customers: Customers, sales: Sales, activities: Activities) -> Routes:
    api = Routes("pages")

    @api.hot("/companies/{id}/page", RecordPage[Company], right="customers.company.read")
    async def company_page(actor: CurrentActor, id: UUID) -> Json:
        return await page(activities, actor, "company", id, customers.company(actor, id))

    @api.hot("/people/{id}/page", RecordPage[Person], right="customers.person.read")
    async def person_page(actor: CurrentActor, id: UUID) -> Json:
        return await page(activities, actor, "person", id, customers.person(actor, id))

    @api.hot("/deals/{id}/page", RecordPage[DealRecord], right="sales.deal.read")
    async def deal_page(actor: CurrentActor, id: UUID) -> Json:
        return await page(activities, actor, "deal", id, sales.deal_record(actor, id))

    return api


async def page(
    activities: Activities, actor: Actor, kind: RecordKind, id: UUID, record: Awaitable[Told]
) -> Json:
    """Raises what reading the record raises."""
    reading = asyncio.ensure_future(record)
    told, tasks, timeline = await asyncio.gather(
        reading,
        _tasks(activities, actor, kind, id),
        _timeline(activities, actor, kind, reading),
        return_exceptions=True,
    )
    parts = to_json(_well(told)), _well(tasks), _well(timeline)
    return Json(b'{"record":%b,"tasks":%b,"timeline":%b}' % parts)


def _well(answer: T | BaseException) -> T:
    if isinstance(answer, BaseException):
        raise answer
    return answer


async def _tasks(activities: Activities, actor: Actor, kind: RecordKind, id: UUID) -> bytes:
    if not actor.may(_READ_TASK):
        return b"null"
    asked = TaskQuery(about_kind=kind, about_id=id, sort="due_at", limit=TASKS)
    return await activities.list_tasks(actor, asked)


async def _timeline(
    activities: Activities, actor: Actor, kind: RecordKind, reading: Awaitable[Told]
) -> Json:
    """Of the record as it has been read: it is not asked for again."""
    record = _named(await reading)
    asked = TimelineQuery(about_kind=kind, about_id=record.id, limit=ENTRIES)
    return await activities.timeline(actor, asked, record)


def _named(told: Told) -> NamedRecord:
    if isinstance(told, DealRecord):
        deal = told.deal
        return NamedRecord(
            id=deal.id, name=deal.title, owner_id=deal.owner.id, team_id=deal.team_id,
            version=deal.version, editable=deal.editable,
        )  # fmt: skip
    return NamedRecord(**{name: getattr(told, name) for name in NamedRecord.model_fields})
