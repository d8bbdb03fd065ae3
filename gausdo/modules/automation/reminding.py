"""Tasks that are due or late, deals that stay too long or are forgotten: what time makes news."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.contract import TaskRemoved, TaskState
from gausdo.modules.automation.notice_service import NoticesService
from gausdo.modules.automation.notice_tables import ReminderRow
from gausdo.modules.automation.notices import remind, tell
from gausdo.modules.automation.notices_contract import NoticeKind
from gausdo.modules.automation.telling import News, key_of
from gausdo.modules.sales.contract import DealQuery
from gausdo.platform.db import Database, Tx

BEFORE = timedelta(minutes=15)
"""How long before a task is due one is told."""
BATCH = 200
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


async def remind_of_tasks(db: Database) -> None:
    """Those whose time has come; each is gone with the transaction that tells of it."""
    while True:
        async with db.begin() as tx:
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
        if len(rows) < BATCH:
            return


async def look_for_forgotten(service: NoticesService) -> None:
    """Deals that lately began to stay too long, or to be forgotten; of each once."""
    since = now() - LATELY
    recently = json.dumps({"field": "stage_due_at", "op": "gt", "value": since.isoformat()})
    late = DealQuery(late=True, filter=recently, limit=MAX_PAGE)
    await _look(service, NoticeKind.DEAL_LATE, late)
    forgotten = DealQuery(rotting=True, limit=MAX_PAGE)
    await _look(service, NoticeKind.DEAL_FORGOTTEN, forgotten, together=True)


async def _look(
    service: NoticesService, kind: NoticeKind, query: DealQuery, *, together: bool = False
) -> None:
    """Of all that one person has `together` one notice counts, else there is one of each."""
    after = None
    while True:
        told = await service.hands.sales.list_deals(
            SYSTEM, query.model_copy(update={"after": after})
        )
        page = json.loads(told)
        news = [
            News(
                event_id=key_of(id, kind, deal["stage_since"], deal["changed_at"]),
                person_id=owner_id,
                kind=kind,
                about="deal",
                record_id=None if together else id,
                topic_id=owner_id if together else id,
                actor_id=None,
                at=now(),
            )
            for deal in page["items"]
            for id, owner_id in [(UUID(deal["id"]), UUID(deal["owner"]["id"]))]
        ]
        async with service.db.begin() as tx:
            await tell(tx, news)
        if (after := page["next"]) is None:
            return
