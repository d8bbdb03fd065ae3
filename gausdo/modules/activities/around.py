"""What happens around records, for those who ask of many at once: a part of the service."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from gausdo.kernel.actor import Actor
from gausdo.kernel.persons import demand_gausdo
from gausdo.modules.activities.around_contract import ActivityAround
from gausdo.modules.activities.filling import OWN
from gausdo.modules.activities.timeline_tables import TimelineSourceRow
from gausdo.platform.db import Database


class Around:
    """As timelines tell it: of a company with its deals and its people."""

    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...

    async def activity_around(self, actor: Actor, ids: list[UUID]) -> list[ActivityAround]:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            rows = (await tx.session.execute(_AROUND, {"ids": ids})).mappings()
            return [ActivityAround.model_validate(dict(row)) for row in rows]

    async def knows_what_was(self, actor: Actor) -> bool:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            source = await tx.session.get(TimelineSourceRow, OWN)
            return source is not None and source.done


_AROUND = text("""
    select asked.id, happened.last_at, tasks.open_tasks, tasks.task_due_at
    from unnest(cast(:ids as uuid[])) as asked(id)
    cross join lateral (
        select max(latest.at) as last_at
        from unnest(array['note', 'task', 'meeting', 'call', 'letter']) as kinds(kind)
        cross join lateral (
            select at from activities.timeline_entry entry
            where entry.record_id = asked.id and entry.kind = kinds.kind and at <= now()
            order by at desc limit 1
        ) latest
    ) happened
    cross join lateral (
        select min(task.due_at) as task_due_at, count(*) as open_tasks
        from activities.timeline_entry entry
        join activities.task on task.id = entry.id and task.state = 'open'
        where entry.record_id = asked.id and entry.kind = 'task'
    ) tasks
    where happened.last_at is not null or tasks.open_tasks > 0
""")
