"""Teams: a tree, each with a lead."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.values import new_id
from gausdo.modules.identity import views
from gausdo.modules.identity.contract import BeyondOwn, InUse, TeamChange, TeamDraft
from gausdo.modules.identity.roles import FIRST, sees_all
from gausdo.modules.identity.tables import TeamRow, UserRow
from gausdo.platform.db import Tx


async def demand(tx: Tx, id: UUID | None, field: str = "team_id") -> TeamRow | None:
    """The team of this id. Raises Invalid, naming the field, when there is none."""
    if id is None:
        return None
    row: TeamRow | None = await tx.session.get(TeamRow, id)
    if row is None:
        raise invalid(field, "unknown", "There is no such team.")
    return row


async def add(
    tx: Tx, actor: Actor, draft: TeamDraft, id: UUID | None = None, version: int = 1
) -> TeamRow:
    """Under a new id, or one it has elsewhere. Raises BeyondOwn, Invalid."""
    await demand(tx, draft.parent_id, "parent_id")
    if draft.lead_id is not None:
        _demand_sight(actor)
    await _demand_person(tx, draft.lead_id)
    if id is not None and await tx.session.get(UserRow, id) is not None:
        raise invalid("id", "taken", "This is the id of a person.")
    row = TeamRow.add(draft, id or new_id(), version)
    tx.add(row)
    told = {"name": row.name, "parent_id": row.parent_id, "lead_id": row.lead_id}
    tx.publish(row.changed(), changes={name: (None, value) for name, value in told.items()})
    return row


async def change(tx: Tx, actor: Actor, id: UUID, wanted: TeamChange) -> TeamRow:
    """Raises NotFound, Stale, BeyondOwn, Invalid for a circle."""
    row = await _locked(tx, id)
    await tx.fresh(row, wanted.version)
    told = wanted.named()
    if told.keys() & {"parent_id", "lead_id"}:
        _demand_sight(actor)
    await _demand_person(tx, told.get("lead_id"))
    if (parent_id := told.get("parent_id")) is not None:
        await demand(tx, parent_id, "parent_id")
        every = await tx.session.scalars(select(TeamRow))
        if parent_id in with_those_below({id}, {team.id: team.parent_id for team in every}):
            raise invalid("parent_id", "circle", "A team cannot be below itself.")
    if changes := row.change(wanted):
        tx.publish(row.changed(), changes=changes)
    return row


async def remove(tx: Tx, id: UUID) -> None:
    """Raises NotFound, InUse."""
    row = await _locked(tx, id)
    people = select(UserRow.name).where(UserRow.team_id == id)
    if names := (await tx.session.scalars(people.order_by(UserRow.name).limit(FIRST))).all():
        raise InUse("People are in this team. Move them first.", data={"people": names})
    below = select(TeamRow.name).where(TeamRow.parent_id == id)
    if names := (await tx.session.scalars(below.order_by(TeamRow.name).limit(FIRST))).all():
        raise InUse("Teams are below this one. Move them first.", data={"teams": names})
    await views.release(tx, id)
    row.version += 1
    tx.publish(row.changed(gone=True), changes={"name": (row.name, None)})
    await tx.session.delete(row)


def with_those_below(ids: Iterable[UUID], parents: Mapping[UUID, UUID | None]) -> frozenset[UUID]:
    """These teams and every team below them, by team → the team above it."""
    found = {*ids}
    grown = True
    while grown:
        below = {team for team, parent in parents.items() if parent in found and team not in found}
        grown = bool(below)
        found |= below
    return frozenset(found)


async def _locked(tx: Tx, id: UUID) -> TeamRow:
    row: TeamRow | None = await tx.session.get(TeamRow, id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such team.")
    return row


async def _demand_person(tx: Tx, id: UUID | None) -> None:
    if id is not None and await tx.session.get(UserRow, id) is None:
        raise invalid("lead_id", "unknown", "There is nobody of this id here.")


def _demand_sight(actor: Actor) -> None:
    """Who moves teams, or says who leads one, widens what others see."""
    if not sees_all(actor):
        raise BeyondOwn("Only who sees the records of all teams moves teams, or names their leads.")
