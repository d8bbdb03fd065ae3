"""How a meeting is changed: itself, one of its times, or all that follow from one on."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.kernel.recurrence import Recurrence
from gausdo.modules.activities import meeting_access
from gausdo.modules.activities.contract import MeetingChange, Scope
from gausdo.modules.activities.meeting_tables import PERSONAL, MeetingRow
from gausdo.modules.activities.occurring import begins_on, local, placed, rule_of
from gausdo.modules.activities.reminding import plan_reminders
from gausdo.modules.activities.timeline import put_meeting
from gausdo.platform.db import Tx
from gausdo.platform.history import apart
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import demand_reach

LONGEST = timedelta(days=31)
"""A meeting takes no longer."""


def named(change: MeetingChange) -> dict[str, Any]:
    """The fields that shall be otherwise, as a row has them."""
    told = change.named()
    told.pop("scope", None)
    told.pop("occurrence", None)
    if change.repeats is not None:
        told["repeats"] = change.repeats.model_dump(mode="json")
    return told


async def change(tx: Tx, actor: Actor, row: MeetingRow, change: MeetingChange) -> MeetingRow:
    """The row that has the changes now: of one time of a series, or some, a new one."""
    told = named(change)
    scope, occurrence = change.scope, change.occurrence
    if row.repeats is None or occurrence is None:
        await _set(tx, actor, row, told)
        return row
    made = await taken_apart(tx, actor, row, scope, occurrence)
    if made is row:
        await _set(tx, actor, row, _shifted(row, told, occurrence))
        return row
    if scope is Scope.THIS:
        told.pop("repeats", None)
    if told := made.differing(_shifted(made, told, occurrence)):
        team_id = await _team(tx, actor, made, told)
        made.change(told, team_id)
        made.version = 1
    demand_times(made)
    await plan_reminders(tx, made)
    await put_meeting(tx, made)
    tx.publish(made.added(), personal=told_of(made))
    return made


async def taken_apart(
    tx: Tx, actor: Actor, row: MeetingRow, scope: Scope, occurrence: datetime
) -> MeetingRow:
    """One time of a series, or what follows from one on, as a meeting of its own that nobody was
    told of yet; the series itself where it is meant whole. Raises Invalid.
    """
    if occurrence in row.skipped or not begins_on(row.series(), occurrence):
        raise invalid("occurrence", "none", "None of this series begins then.")
    if scope is Scope.ALL or (scope is Scope.FOLLOWING and occurrence == row.begins_at):
        return row
    if scope is Scope.THIS:
        made = row.taken_out(occurrence, None)
        await _set(tx, actor, row, {"skipped": sorted([*row.skipped, occurrence])})
    else:
        before = _before(row, occurrence)
        made = row.taken_out(occurrence, _rest(row, before))
        day = local(occurrence, ZoneInfo(row.time_zone)).date() - timedelta(days=1)
        rule = Recurrence.model_validate(row.repeats)
        ended = rule.model_copy(update={"until": day, "count": None})
        await _set(tx, actor, row, {"repeats": ended.model_dump(mode="json")})
    tx.add(made)
    return made


def told_of(row: MeetingRow) -> dict[str, tuple[None, Any]]:
    """What is told beside the history of a meeting that is new."""
    return {name: (None, value) for name in PERSONAL if (value := getattr(row, name))}


def demand_times(row: MeetingRow) -> None:
    """Raise Invalid for times, or a rule, that make no meeting."""
    zone = ZoneInfo(row.time_zone)
    begins, ends = local(row.begins_at, zone), local(row.ends_at, zone)
    if ends < begins or (row.all_day and ends == begins):
        raise invalid("ends_at", "order", "It ends before it begins.")
    if ends - begins > LONGEST:
        raise invalid("ends_at", "too-long", f"It takes more than {LONGEST.days} days.")
    if row.all_day and not begins.time() == ends.time() == datetime.min.time():
        raise invalid("begins_at", "midnight", "Whole days begin and end at midnight.")
    if row.repeats is None:
        return
    rule = Recurrence.model_validate(row.repeats)
    if rule.weekdays and begins.weekday() not in rule.weekdays:
        raise invalid("repeats.weekdays", "first", "The first one is on none of these weekdays.")
    if rule.until is not None and rule.until < begins.date():
        raise invalid("repeats.until", "order", "It is over before it begins.")


async def demand_colleagues(tx: Tx, ids: Collection[UUID]) -> None:
    known = tx.schema.known.c
    found = await tx.session.scalars(
        select(known.id).where(known.kind == "user", known.id.in_(ids))
    )
    if len(found.all()) < len(ids):
        raise invalid("colleague_ids", "unknown-user", "Nobody here has one of these ids.")


async def _set(tx: Tx, actor: Actor, row: MeetingRow, named: dict[str, Any]) -> None:
    told = row.differing(named)
    before = row.owner_id, row.team_id
    team_id = await _team(tx, actor, row, told)
    if changes := row.change(told, team_id):
        demand_times(row)
        await plan_reminders(tx, row)
        await put_meeting(tx, row)
        tx.publish(row.changed(changes, *before), **apart(changes, PERSONAL))


async def _team(tx: Tx, actor: Actor, row: MeetingRow, told: dict[str, Any]) -> UUID | None:
    if "owner_id" not in told:
        return row.team_id
    await demand_reach(tx, actor, meeting_access.ASSIGN, row, meeting_access.GUARD)
    _, team_id = await new_owner(tx, actor, told["owner_id"])
    return team_id


def _shifted(row: MeetingRow, told: dict[str, Any], occurrence: datetime) -> dict[str, Any]:
    """Times that were told of one occurrence, as those of the first; what hangs on them follows."""
    if told.get("begins_at") is None and told.get("ends_at") is None:
        return told
    zone = ZoneInfo(row.time_zone)
    first = local(row.begins_at, zone)
    length = local(row.ends_at, zone) - first
    was = local(occurrence, zone)
    begins = local(told.get("begins_at") or occurrence, zone)
    ends = local(told["ends_at"], zone) if told.get("ends_at") else begins + length
    by = begins - was
    moved = {
        **told,
        "begins_at": placed(first + by, zone),
        "ends_at": placed(first + by + (ends - begins), zone),
    }
    if by and row.skipped:
        moved["skipped"] = [placed(local(one, zone) + by, zone) for one in row.skipped]
    days = ((first + by).date() - first.date()).days
    if row.repeats and "repeats" not in told and row.repeats["weekdays"] and days:
        weekdays = sorted((day + days) % 7 for day in row.repeats["weekdays"])
        moved["repeats"] = row.repeats | {"weekdays": weekdays}
    return moved


def _before(row: MeetingRow, occurrence: datetime) -> int:
    """How many of a counted series begin before this one."""
    if not row.repeats or row.repeats["count"] is None:
        return 0
    clock = local(occurrence, ZoneInfo(row.time_zone))
    return sum(1 for one in rule_of(row.series()) if one < clock)


def _rest(row: MeetingRow, before: int) -> Recurrence:
    rule = Recurrence.model_validate(row.repeats)
    return rule.model_copy(update={"count": rule.count and rule.count - before})
