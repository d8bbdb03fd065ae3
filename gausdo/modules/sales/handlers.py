"""What sales does when something happens elsewhere: it keeps names and next steps fresh."""

from typing import Any, Protocol, cast

from sqlalchemy.dialects.postgresql import Insert, insert

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.kernel.rolling import Over
from gausdo.modules.activities.contract import (
    MeetingAdded,
    MeetingChanged,
    MeetingRemoved,
    MeetingRestored,
    TaskAdded,
    TaskChanged,
    TaskRemoved,
    TaskRestored,
    TaskState,
)
from gausdo.modules.customers.contract import (
    CompanyAdded,
    CompanyChanged,
    CompanyMerged,
    CompanyParted,
    CompanyRemoved,
    CompanyRestored,
    Customers,
    PersonAdded,
    PersonChanged,
    PersonErased,
    PersonMerged,
    PersonParted,
    PersonRemoved,
    PersonRestored,
)
from gausdo.modules.identity.contract import Identity, UserChanged, UserJoined
from gausdo.modules.sales.contract import DealRestored
from gausdo.modules.sales.segment_members import follow_segments
from gausdo.modules.sales.tables import NextTaskRow
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_rolling import roll
from gausdo.platform.db import Tx
from gausdo.platform.known import (
    follow_merges,
    forget_removed,
    known_records,
    known_users,
    remember,
)
from gausdo.platform.moving import remember_users

on = Subscriptions()

OfTask = TaskAdded | TaskChanged | TaskRemoved | TaskRestored
OfMeeting = MeetingAdded | MeetingChanged | MeetingRemoved | MeetingRestored


class Neighbours(Protocol):
    customers: Customers
    identity: Identity
    fields: CustomFields


async def _companies(service: Neighbours, envelopes: list[Envelope]) -> list[dict[str, Any]]:
    ids = [envelope.subject_id for envelope in envelopes]
    return known_records("company", await service.customers.named_companies(SYSTEM, ids))


async def _people(service: Neighbours, envelopes: list[Envelope]) -> list[dict[str, Any]]:
    ids = [envelope.subject_id for envelope in envelopes]
    return known_records("person", await service.customers.named_people(SYSTEM, ids))


async def _users(service: Neighbours, _: list[Envelope]) -> list[dict[str, Any]]:
    return known_users(await service.identity.users(SYSTEM))


on.batch(CompanyAdded, CompanyChanged, CompanyParted, CompanyRestored, prepare=_companies)(remember)
on.batch(PersonAdded, PersonChanged, PersonParted, PersonErased, PersonRestored, prepare=_people)(
    remember
)
on.batch(CompanyMerged, CompanyParted, PersonMerged, PersonParted)(follow_merges)
on.batch(CompanyRemoved, PersonRemoved)(forget_removed)
on.batch(UserJoined, UserChanged, prepare=_users)(remember_users)
follow_segments(on)


def _kept() -> Insert:
    made = insert(NextTaskRow)
    told = made.excluded
    return made.on_conflict_do_update(
        index_elements=["task_id"],
        set_={name: told[name] for name in ("due_at", "version", "open")},
        where=NextTaskRow.version < told.version,
    )


_KEPT = _kept()


@on.batch(TaskAdded, TaskChanged, TaskRemoved, TaskRestored)
async def keep_next_steps(_: Neighbours, envelopes: list[Envelope], __: None, tx: Tx) -> None:
    tasks = [cast(OfTask, envelope.event()) for envelope in envelopes]
    rows = [
        {
            "task_id": task.task_id,
            "deal_id": task.about_id,
            "due_at": task.due_at,
            "version": task.version,
            "open": task.state == TaskState.OPEN and not isinstance(task, TaskRemoved),
        }
        for task in tasks
        if task.about_kind == "deal" and task.about_id is not None
    ]
    if rows:
        await tx.session.execute(_KEPT, rows)


@on.batch(MeetingAdded, MeetingChanged, MeetingRemoved, MeetingRestored)
async def keep_meetings_ahead(_: Neighbours, envelopes: list[Envelope], __: None, tx: Tx) -> None:
    """A meeting or a call that is planned is a step of its deal as a task is."""
    meetings = [cast(OfMeeting, envelope.event()) for envelope in envelopes]
    rows = [
        {
            "task_id": meeting.meeting_id,
            "deal_id": meeting.about_id,
            "due_at": meeting.next_at,
            "version": meeting.version,
            "open": meeting.next_at is not None,
        }
        for meeting in meetings
        if meeting.about_kind == "deal" and meeting.about_id is not None
    ]
    if rows:
        await tx.session.execute(_KEPT, rows)


@on.batch(TaskAdded, TaskChanged, TaskRemoved, TaskRestored)
async def roll_tasks_up(service: Neighbours, envelopes: list[Envelope], _: None, tx: Tx) -> None:
    tasks = [cast(OfTask, envelope.event()) for envelope in envelopes]
    ids = {task.about_id for task in tasks if task.about_kind == "deal"}
    await roll(tx, service.fields, "deal", ids, Over.TASK)


@on.batch(DealRestored)
async def roll_up_anew(service: Neighbours, envelopes: list[Envelope], _: None, tx: Tx) -> None:
    """Tasks were done while it was away."""
    await roll(tx, service.fields, "deal", [envelope.subject_id for envelope in envelopes])
