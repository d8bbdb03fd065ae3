"""What one can do with tasks and notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import from_json
from sqlalchemy import func, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.history import ENTRIES, After, Entries, HistoryQuery, Restoration
from gausdo.kernel.orders import Order
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.persons import Forgotten, Held, Traces, demand_gausdo
from gausdo.kernel.taking_back import Use
from gausdo.kernel.values import Json, now
from gausdo.kernel.why import Why
from gausdo.modules.activities import access, neighbours, persons, queries, timeline
from gausdo.modules.activities.around import Around
from gausdo.modules.activities.contract import (
    TASKS,
    RecordKind,
    Task,
    TaskChange,
    TaskDraft,
    TaskQuery,
)
from gausdo.modules.activities.deleting import Deletes
from gausdo.modules.activities.editing import EditsManyTasks, alter
from gausdo.modules.activities.feeds import FeedLinks, Feeds
from gausdo.modules.activities.files import Files
from gausdo.modules.activities.finding import Searches
from gausdo.modules.activities.giving import Gives
from gausdo.modules.activities.grouping import GroupsOfTasks
from gausdo.modules.activities.meeting_tables import MeetingRow
from gausdo.modules.activities.meetings import Meetings
from gausdo.modules.activities.note_tables import NoteRow
from gausdo.modules.activities.notes import Notes
from gausdo.modules.activities.outside import Outside
from gausdo.modules.activities.rolled import RollsTasks
from gausdo.modules.activities.tables import PERSONAL, TaskRow
from gausdo.modules.activities.timelines import Timelines
from gausdo.modules.communications.contract import Communications
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Sales
from gausdo.platform.crypto import Vault
from gausdo.platform.db import Database
from gausdo.platform.history import earlier
from gausdo.platform.outbound import Outbound
from gausdo.platform.owners import new_owner, new_owners
from gausdo.platform.search import closest
from gausdo.platform.why import why

_TASKS = TypeAdapter(list[Task])


@dataclass(frozen=True)
class ActivitiesService(
    Notes,
    Files,
    Timelines,
    Meetings,
    Deletes,
    Gives,
    Searches,
    RollsTasks,
    Feeds,
    Outside,
    Around,
    GroupsOfTasks,
    EditsManyTasks,
):
    db: Database
    customers: Customers
    sales: Sales
    identity: Identity
    communications: Communications
    largest_file: int
    feed_links: FeedLinks
    vault: Vault
    outbound: Outbound

    async def list_tasks(self, actor: Actor, query: TaskQuery) -> Json:
        return await closest(self.db, query.q, partial(queries.tasks, actor, query))

    async def task(self, actor: Actor, id: UUID) -> Task:
        found = await self.db.json(queries.task(actor, id))
        if found is None:
            raise await self.deleting_tasks.gone(actor, id, NotFound(access.NO_TASK))
        return Task.model_validate_json(found)

    async def find_tasks(self, actor: Actor, ids: list[UUID]) -> list[Task]:
        return _TASKS.validate_json(await self.db.one(queries.tasks_by_id(actor, ids[:MAX_PAGE])))

    async def tasks_about(
        self, actor: Actor, kind: RecordKind, ids: list[UUID], query: TaskQuery
    ) -> Json:
        return await self.db.one(queries.tasks_about(actor, kind, ids, query))

    async def why_task(self, actor: Actor, id: UUID, user_id: UUID) -> Why:
        standing = await self.identity.standing(actor, user_id)
        async with self.db.begin(actor) as tx:
            row = await access.task(tx, actor, id, access.READ)
            return await why(tx, standing, TASKS, access.GUARD, row)

    async def add_task(self, actor: Actor, draft: TaskDraft, key: str | None = None) -> Task:
        actor.demand(access.CREATE, draft.told())
        due_at = (await self._due(actor, {"": draft}))[""]
        known = [await neighbours.find(self, actor, draft.about)] if draft.about else []
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                owner_id, team_id = await new_owner(tx, actor, draft.owner_id)
                if owner_id != actor.id:
                    actor.demand(access.ASSIGN)
                row = TaskRow.add(draft, due_at, owner_id, team_id, actor.via)
                tx.add(row)
                await tx.remember_known(known)
                await timeline.put_own(tx, timeline.of_task(row))
                tx.publish(row.added(), personal={"title": (None, row.title)})
                tx.tell(from_json(await tx.json(queries.changed(actor, row.id)) or b"null"))
            return tx.answer(Task)

    async def add_tasks(self, actor: Actor, orders: list[Order[TaskDraft]]) -> list[UUID]:
        actor.demand(access.CREATE)
        drafts = {order.key: order.draft for order in orders}
        due = await self._due(actor, drafts)
        about = (draft.about for draft in drafts.values() if draft.about)
        known = await neighbours.find_all(self, actor, about)
        async with self.db.begin(actor) as tx:
            new = await tx.new(orders)
            owners = await new_owners(tx, actor, (draft.owner_id for draft in drafts.values()))
            if owners.keys() - {None, actor.id}:
                actor.demand(access.ASSIGN)
            made, rows = {}, []
            for order in new:
                tx.because(actor, order)
                owner = owners[order.draft.owner_id]
                row = TaskRow.add(order.draft, due[order.key], *owner, "rule")
                tx.add(row)
                tx.publish(row.added(), personal={"title": (None, row.title)})
                made[str(row.id)] = order.key
                rows.append(row)
            await tx.remember_known(known)
            await timeline.put_own(tx, (entry for row in rows for entry in timeline.of_task(row)))
            answers = await tx.json(queries.made(actor, [UUID(id) for id in made]))
            for answer in from_json(answers or b"[]"):
                tx.tell(answer, made[answer["id"]])
            return tx.ids(orders)

    async def change_task(
        self, actor: Actor, id: UUID, change: TaskChange, key: str | None = None
    ) -> Task:
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await access.task(tx, actor, id, access.EDIT, change.named())
                await tx.fresh(row, change.version, queries.task(actor, id))
                await alter(tx, actor, row, change)
                tx.tell(from_json(await tx.json(queries.changed(actor, id)) or b"null"))
            return tx.answer(Task)

    async def restore_task(
        self, actor: Actor, id: UUID, restoration: Restoration, key: str | None = None
    ) -> Task:
        await self.task(actor, id)
        before = await earlier(self.db, "task", id, restoration, PERSONAL)
        change = restoration.changed(TaskChange, before[restoration.field])
        return await self.change_task(actor, id, change, key)

    async def task_history(
        self, actor: Actor, id: UUID, after: After | None = None, limit: Entries = ENTRIES
    ) -> Json:
        query = HistoryQuery(after=after, limit=limit)
        if (found := await self.db.json(queries.history(actor, id, query))) is None:
            raise NotFound(access.NO_TASK)
        return found

    async def _due(
        self, actor: Actor, drafts: Mapping[str, TaskDraft]
    ) -> dict[str, datetime | None]:
        """When tasks are due: at a time of their own, or so many working hours from now."""
        due = {key: draft.due_at for key, draft in drafts.items()}
        hours = {
            key: draft.due_in_working_hours
            for key, draft in drafts.items()
            if draft.due_in_working_hours is not None
        }
        if any(due[key] is not None for key in hours):
            raise invalid("due_at", "one-of", "Say `due_at` or `due_in_working_hours`, not both.")
        if hours:
            calendar = await self.identity.working_calendar(actor)
            try:
                due |= {key: calendar.after(now(), count) for key, count in hours.items()}
            except ValueError as error:
                raise invalid("due_in_working_hours", "no-working-time", str(error)) from error
        return due

    async def uses_of(self, actor: Actor, kind: RecordKind, ids: list[UUID]) -> list[Use]:
        demand_gausdo(actor)
        uses: list[Use] = []
        async with self.db.begin() as tx:
            for by, row in (("task", TaskRow), ("note", NoteRow), ("meeting", MeetingRow)):
                query = select(row.about_id, row.id)
                found = await tx.session.execute(
                    query.where(row.about_id.in_(ids), row.about_kind == kind)
                )
                uses += [Use(id=id, by_kind=by, by_id=by_id) for id, by_id in found]
            if kind == "person":
                query = select(func.unnest(MeetingRow.person_ids), MeetingRow.id)
                found = await tx.session.execute(query.where(MeetingRow.person_ids.overlap(ids)))
                uses += [
                    Use(id=id, by_kind="meeting", by_id=by_id) for id, by_id in found if id in ids
                ]
        return uses

    async def held_about(self, actor: Actor, person: Traces) -> list[Held]:
        demand_gausdo(actor)
        return await persons.held(self.db, person)

    async def forget_person(self, actor: Actor, person: Traces) -> list[Forgotten]:
        demand_gausdo(actor)
        return await persons.forget(self.db, person)
