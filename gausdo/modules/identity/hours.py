"""Working hours and absences of the people who work here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound
from gausdo.kernel.pages import at_most_a_page
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.values import Time
from gausdo.kernel.working_time import Window, WorkingCalendar
from gausdo.modules.identity import teams
from gausdo.modules.identity.contract import USERS
from gausdo.modules.identity.events import WorkingTimeChanged
from gausdo.modules.identity.hours_contract import (
    Absence,
    Presence,
    WorkingTime,
    WorkingTimeChange,
)
from gausdo.modules.identity.tables import TeamRow, UserRow, WorkingTimeRow
from gausdo.platform.db import Database, Tx

_WEEK = TypeAdapter(tuple[tuple[Window, ...], ...] | None)
_ABSENCES = TypeAdapter(list[Absence])


@dataclass(frozen=True)
class HoursService:
    """The part of `IdentityService` that knows when people work."""

    db: Database

    if TYPE_CHECKING:

        async def working_calendar(self, actor: Actor) -> WorkingCalendar: ...

    async def working_time(self, actor: Actor, id: UUID) -> WorkingTime:
        async with self.db.begin(actor) as tx:
            await _demand_theirs(tx, actor, id)
            return _shown(id, await tx.session.get(WorkingTimeRow, id))

    async def change_working_time(
        self, actor: Actor, id: UUID, change: WorkingTimeChange, key: str | None = None
    ) -> WorkingTime:
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                await _demand_theirs(tx, actor, id)
                row = await _locked(tx, id)
                await tx.fresh(row, change.version, lambda: _shown(id, row))
                if changes := _change(row, change):
                    told = WorkingTimeChanged(user_id=id, version=row.version)
                    tx.publish(told, changes=changes)
                tx.tell(_shown(id, row))
            return tx.answer(WorkingTime)

    async def presence(self, actor: Actor, ids: list[UUID], at: Time) -> list[Presence]:
        demand_gausdo(actor)
        company = await self.working_calendar(actor)
        async with self.db.begin(actor) as tx:
            found = await tx.session.execute(
                select(UserRow, WorkingTimeRow)
                .outerjoin(WorkingTimeRow, WorkingTimeRow.id == UserRow.id)
                .where(UserRow.id.in_(at_most_a_page(ids)), UserRow.active)
            )
            people = [(row.id, calendar_of(company, row.time_zone, own)) for row, own in found]
        told = []
        for id, calendar in people:
            opens = calendar.opens(at)
            told.append(Presence(user_id=id, here=opens == at, next_at=opens))
        return told


def calendar_of(
    company: WorkingCalendar, time_zone: str, own: WorkingTimeRow | None
) -> WorkingCalendar:
    """The company's, or one's own week without its holidays; either without one's absences."""
    if own is None:
        return company
    week = _WEEK.validate_python(own.week)
    calendar = company
    if week is not None:
        holidays = {day: windows for day, windows in company.days.items() if not windows}
        calendar = WorkingCalendar(time_zone=time_zone, week=week, days=holidays)
    away = {
        absence.first_on + timedelta(days=number): ()
        for absence in _ABSENCES.validate_python(own.absences)
        for number in range((absence.last_on - absence.first_on).days + 1)
    }
    return calendar.model_copy(update={"days": {**calendar.days, **away}})


async def _demand_theirs(tx: Tx, actor: Actor, id: UUID) -> None:
    """Raise NotFound unless it is the actor, or one of those they look after."""
    person = await tx.session.get(UserRow, id)
    if person is not None and (id == actor.id or actor.may(USERS.right("edit"))):
        return
    if person is not None and person.team_id is not None:
        every = list(await tx.session.scalars(select(TeamRow)))
        leads = frozenset(team.id for team in every if team.lead_id == actor.id)
        below = teams.with_those_below(leads, {team.id: team.parent_id for team in every})
        if person.team_id in below:
            return
    raise NotFound("There is no such person whose hours are yours to see.")


async def _locked(tx: Tx, id: UUID) -> WorkingTimeRow:
    plain = insert(WorkingTimeRow).values(id=id, week=None, absences=[], version=1)
    await tx.session.execute(plain.on_conflict_do_nothing())
    return await tx.session.get_one(WorkingTimeRow, id, with_for_update=True)


def _change(row: WorkingTimeRow, change: WorkingTimeChange) -> Mapping[str, tuple[Any, Any]]:
    named = change.named()
    told = {}
    if "week" in named:
        told["week"] = _WEEK.dump_python(change.week, mode="json")
    if change.absences is not None:
        told["absences"] = _ABSENCES.dump_python(
            sorted(change.absences, key=lambda one: one.first_on), mode="json"
        )
    changes = {
        name: (getattr(row, name), value)
        for name, value in told.items()
        if getattr(row, name) != value
    }
    for name, value in told.items():
        setattr(row, name, value)
    row.version += bool(changes)
    return changes


def _shown(id: UUID, row: WorkingTimeRow | None) -> WorkingTime:
    return WorkingTime(
        user_id=id,
        week=_WEEK.validate_python(row.week) if row else None,
        absences=_ABSENCES.validate_python(row.absences) if row else [],
        version=row.version if row else 1,
    )
