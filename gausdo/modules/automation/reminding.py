"""Tasks that are due or late, deals that stay too long or are forgotten: what time makes news."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, select

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.contract import TaskRemoved, TaskState
from gausdo.modules.automation.acting import Hands
from gausdo.modules.automation.contract import Happening
from gausdo.modules.automation.firing import Zoned, fire
from gausdo.modules.automation.matching import brought
from gausdo.modules.automation.notice_tables import ReminderRow
from gausdo.modules.automation.notices import remind, tell
from gausdo.modules.automation.notices_contract import NoticeKind
from gausdo.modules.automation.telling import News, key_of
from gausdo.modules.sales.contract import DealQuery
from gausdo.platform.db import Database, Tx

BEFORE = timedelta(minutes=15)
"""How long before a task is due one is told."""
BATCH = 200
Told = Mapping[str, Any]
"""A deal, as JSON."""
LATELY = timedelta(days=2)
"""What came about earlier is no news, were it not looked for until now."""


async def follow_tasks(_: object, envelopes: list[Envelope], __: None, tx: Tx) -> None:
    """Keep when to remind of each open task that has a time."""
    latest = {envelope.subject_id: envelope for envelope in envelopes}
    rows = [row for envelope in latest.values() for row in _reminders(envelope)]
    await remind(tx, rows, latest)


def _reminders(envelope: Envelope) -> Iterator[dict[str, object]]:
    body = envelope.body
    gone = envelope.name == TaskRemoved.name
    if gone or body["state"] != TaskState.OPEN or body["due_at"] is None:
        return
    due = datetime.fromisoformat(body["due_at"])
    for kind, at in ((NoticeKind.TASK_DUE, due - BEFORE), (NoticeKind.TASK_LATE, due)):
        if at > envelope.at:  # else one has just said so oneself
            yield {
                "task_id": envelope.subject_id,
                "kind": kind,
                "person_id": UUID(body["owner_id"]),
                "at": at,
            }


class Looking(Zoned, Protocol):
    @property
    def db(self) -> Database: ...


async def remind_of_tasks(service: Looking) -> None:
    """Those whose time has come; each is gone with the transaction that tells of it."""
    while True:
        async with service.db.begin() as tx:
            due = (
                select(ReminderRow.task_id, ReminderRow.kind)
                .where(ReminderRow.at <= now())
                .order_by(ReminderRow.at)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
                .cte("due")
            )
            here = (ReminderRow.task_id == due.c.task_id) & (ReminderRow.kind == due.c.kind)
            rows = (
                await tx.session.execute(
                    delete(ReminderRow)
                    .where(here)
                    .returning(
                        ReminderRow.task_id,
                        ReminderRow.kind,
                        ReminderRow.person_id,
                        ReminderRow.at,
                    )
                    .execution_options(synchronize_session=False)
                )
            ).all()
            await tell(
                tx,
                [
                    News(
                        event_id=new_id(),
                        person_id=person_id,
                        kind=NoticeKind(kind),
                        about="task",
                        record_id=task_id,
                        topic_id=task_id,
                        actor_id=None,
                        at=at,
                    )
                    for task_id, kind, person_id, at in rows
                ],
            )
            late = {row.task_id: row.at for row in rows if row.kind == NoticeKind.TASK_LATE}
            await fire(service, await _late(service.hands, late), tx)
        if len(rows) < BATCH:
            return


async def _late(hands: Hands, tasks: Mapping[UUID, datetime]) -> list[Envelope]:
    """Of the deals that these tasks, since then too late, are about."""
    found = await hands.activities.find_tasks(SYSTEM, [*tasks]) if tasks else []
    return [
        brought(
            Happening.TASK_LATE,
            key_of(task.id, Happening.TASK_LATE, tasks[task.id]),
            task.about.id,
            tasks[task.id],
        )
        for task in found
        if task.about is not None and task.about.kind == "deal"
    ]


async def look_for_forgotten(service: Looking) -> None:
    """Deals that lately began to stay too long, or to be forgotten; of each once."""
    pipelines = await service.hands.sales.pipelines(SYSTEM)
    patience = {
        str(stage.id): timedelta(days=stage.rots_after)
        for pipeline in pipelines
        for stage in pipeline.stages
        if stage.rots_after is not None
    }

    def since_late(deal: Told) -> datetime:
        return datetime.fromisoformat(deal["stage_due_at"])

    def since_forgotten(deal: Told) -> datetime:
        days = patience.get(deal["stage_id"], timedelta())  # a stage may have learnt it just now
        return datetime.fromisoformat(deal["changed_at"]) + days

    since = now() - LATELY
    recently = json.dumps({"field": "stage_due_at", "op": "gt", "value": since.isoformat()})
    late = DealQuery(late=True, filter=recently, limit=MAX_PAGE)
    await _look(service, NoticeKind.DEAL_LATE, late, since_late)
    forgotten = DealQuery(rotting=True, limit=MAX_PAGE)
    await _look(service, NoticeKind.DEAL_FORGOTTEN, forgotten, since_forgotten, together=True)


async def _look(
    service: Looking,
    kind: NoticeKind,
    query: DealQuery,
    since: Callable[[Told], datetime],
    *,
    together: bool = False,
) -> None:
    """Tells those whose deals they are, and fires rules for what has come about lately. Of all that
    one person has `together` one notice counts, else there is one of each.
    """
    after = None
    while True:
        told = await service.hands.sales.list_deals(
            SYSTEM, query.model_copy(update={"after": after})
        )
        page = json.loads(told)
        news, begun = [], []
        for deal in page["items"]:
            id, owner_id = UUID(deal["id"]), UUID(deal["owner"]["id"])
            key = key_of(id, kind, deal["stage_since"], deal["changed_at"])
            news.append(
                News(
                    event_id=key,
                    person_id=owner_id,
                    kind=kind,
                    about="deal",
                    record_id=None if together else id,
                    topic_id=owner_id if together else id,
                    actor_id=None,
                    at=now(),
                )
            )
            if (at := since(deal)) > now() - LATELY:
                begun.append(brought(Happening(kind), key, id, at))
        async with service.db.begin() as tx:
            await tell(tx, news)
            await fire(service, begun, tx)
        if (after := page["next"]) is None:
            return
