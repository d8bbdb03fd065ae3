"""What one can do with meetings and calls."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from pydantic_core import from_json

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.pages import MAX_PAGE
from gausdo.kernel.values import Json, Time
from gausdo.modules.activities import changing, meeting_access, meeting_queries, neighbours
from gausdo.modules.activities.contract import (
    LONGEST_WINDOW,
    Calendar,
    CalendarQuery,
    Meeting,
    MeetingChange,
    MeetingDraft,
    MeetingQuery,
    Occurrence,
    OutsideTime,
    Reminder,
    WorkingSpan,
)
from gausdo.modules.activities.meeting_tables import PERSONAL, MeetingRow
from gausdo.modules.activities.occurring import Series, ending, occurring
from gausdo.modules.activities.reminding import plan_reminders
from gausdo.modules.activities.timeline import put_meeting
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Sales
from gausdo.platform.db import Database
from gausdo.platform.deleting import Deleting
from gausdo.platform.owners import new_owner

_MEETINGS = TypeAdapter(list[Meeting])
_REMINDERS = TypeAdapter(list[Reminder])
_TIMES = TypeAdapter(list[Time])


class Meetings:
    """The part of the service that is about meetings."""

    db: Database
    customers: Customers
    sales: Sales
    identity: Identity

    if TYPE_CHECKING:

        @property
        def deleting_meetings(self) -> Deleting: ...
        async def outside_times(
            self, actor: Actor, query: CalendarQuery, who: Sequence[UUID]
        ) -> list[OutsideTime]: ...

    async def list_meetings(self, actor: Actor, query: MeetingQuery) -> Json:
        return await self.db.one(meeting_queries.meetings(actor, query))

    async def meeting(self, actor: Actor, id: UUID) -> Meeting:
        found = await self.db.json(meeting_queries.meeting(actor, id))
        if found is None:
            gone = NotFound(meeting_access.NO_MEETING)
            raise await self.deleting_meetings.gone(actor, id, gone)
        return Meeting.model_validate_json(found)

    async def find_meetings(self, actor: Actor, ids: list[UUID]) -> list[Meeting]:
        found = await self.db.one(meeting_queries.meetings_by_id(actor, ids[:MAX_PAGE]))
        return _MEETINGS.validate_json(found)

    async def calendar(self, actor: Actor, query: CalendarQuery) -> Calendar:
        if not timedelta() < query.until - query.since <= timedelta(days=LONGEST_WINDOW):
            message = f"A window ends after it begins, and has at most {LONGEST_WINDOW} days."
            raise invalid("until", "window", message)
        read = meeting_queries.window(actor, query, _who(actor, query))
        found = from_json(await self.db.one(read))
        meetings, occurrences = [], []
        for one in found[: meeting_queries.MOST]:
            meeting = Meeting.model_validate(one["meeting"])
            series = _series(meeting, one["skipped"])
            begins = [*occurring(series, query.since, query.until)]
            occurrences += [
                Occurrence(meeting_id=meeting.id, begins_at=at, ends_at=ending(series, at))
                for at in begins
            ]
            if begins:
                meetings.append(meeting)
        occurrences.sort(key=lambda one: (one.begins_at, one.meeting_id))
        outside = [] if query.kind else await self.outside_times(actor, query, _who(actor, query))
        return Calendar(
            outside=outside,
            meetings=meetings,
            occurrences=occurrences,
            working=await self._working(actor, query),
            whole=len(found) <= meeting_queries.MOST,
        )

    async def _working(self, actor: Actor, query: CalendarQuery) -> list[WorkingSpan]:
        hours = await self.identity.working_calendar(actor)
        zone = ZoneInfo(hours.time_zone)
        first, last = query.since.astimezone(zone).date(), query.until.astimezone(zone).date()
        return [
            WorkingSpan(begins_at=begins, ends_at=ends)
            for day in range((last - first).days + 1)
            for begins, ends in hours.windows(first + timedelta(days=day))
        ]

    async def add_meeting(
        self, actor: Actor, draft: MeetingDraft, key: str | None = None
    ) -> Meeting:
        actor.demand(meeting_access.CREATE, draft.told())
        zone = _zone(draft.time_zone or actor.time_zone)
        known = [await neighbours.find(self, actor, draft.about)] if draft.about else []
        known += await neighbours.find_people(self, actor, draft.person_ids)
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                await changing.demand_colleagues(tx, draft.colleague_ids)
                owner_id, team_id = await new_owner(tx, actor, draft.owner_id)
                if owner_id != actor.id:
                    actor.demand(meeting_access.ASSIGN)
                row = MeetingRow.add(draft, zone, owner_id, team_id, actor.via)
                changing.demand_times(row)
                tx.add(row)
                await tx.remember_known(known)
                await plan_reminders(tx, row)
                await put_meeting(tx, row)
                told = ((name, getattr(row, name)) for name in PERSONAL)
                personal = {name: (None, value) for name, value in told if value is not None}
                tx.publish(row.added(), personal=personal)
                tx.tell(from_json(await tx.json(meeting_queries.changed(actor, row.id)) or b"null"))
            return tx.answer(Meeting)

    async def change_meeting(
        self, actor: Actor, id: UUID, change: MeetingChange, key: str | None = None
    ) -> Meeting:
        known = await neighbours.find_people(self, actor, change.person_ids or [])
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                named = changing.named(change)
                row = await meeting_access.meeting(tx, actor, id, meeting_access.EDIT, named)
                await tx.fresh(row, change.version, meeting_queries.meeting(actor, id))
                await changing.demand_colleagues(tx, change.colleague_ids or [])
                await tx.remember_known(known)
                changed = await changing.change(tx, actor, row, change)
                tx.tell(
                    from_json(await tx.json(meeting_queries.changed(actor, changed.id)) or b"null")
                )
            return tx.answer(Meeting)

    async def reminders(self, actor: Actor) -> list[Reminder]:
        return _REMINDERS.validate_json(await self.db.one(meeting_queries.reminders(actor)))


def _who(actor: Actor, query: CalendarQuery) -> list[UUID]:
    try:
        return [UUID(one) for one in query.who.split(",")] if query.who else [actor.id]
    except ValueError:
        raise invalid("who", "uuid", "Expected ids separated by commas.") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise invalid("time_zone", "unknown-zone", "There is no such time zone.") from None


def _series(meeting: Meeting, skipped: list[str]) -> Series:
    return Series(
        meeting.begins_at,
        meeting.ends_at,
        ZoneInfo(meeting.time_zone),
        meeting.repeats,
        frozenset(_TIMES.validate_python(skipped)),
    )
