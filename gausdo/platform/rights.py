"""Rights as SQL and as a check: how far an actor's grants reach over owner and team."""

from collections.abc import Hashable, Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, all_, and_, any_, bindparam, false, func, or_, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor, Grant, Reach, Right
from gausdo.kernel.conditions import Fields, Target, predicate
from gausdo.kernel.errors import Forbidden
from gausdo.platform.conditions_sql import to_sql
from gausdo.platform.db import Asked
from gausdo.platform.search import among


def within(
    actor: Actor,
    right: Right,
    owner: ColumnElement[Any],
    team: ColumnElement[Any],
    fields: Fields | None = None,
    columns: Mapping[str, ColumnElement[Any]] | None = None,
) -> ColumnElement[bool]:
    """The records of `right` the actor's grants reach, united. Nothing granted: no record.

    `fields` and `columns` are needed where a grant has a condition.
    """
    context = actor.asking()
    clauses: list[ColumnElement[bool]] = []
    for grant in actor.granted(right):
        reach = _reach(actor, grant, owner, team)
        if grant.condition is None:
            clauses.append(reach)
        elif fields is not None and columns is not None:
            clauses.append(and_(reach, to_sql(grant.condition, fields, columns, context)))
    return or_(*clauses) if clauses else false()


def told_within(
    actor: Actor,
    right: Right,
    owner: ColumnElement[Any],
    team: ColumnElement[Any],
    fields: Fields,
    columns: Mapping[str, ColumnElement[Any]],
) -> ColumnElement[Any]:
    """Of a row that is read anyway: true or false, whether `right` reaches it."""
    return func.coalesce(within(actor, right, owner, team, fields, columns), false())


def _reach(
    actor: Actor, grant: Grant, owner: ColumnElement[Any], team: ColumnElement[Any]
) -> ColumnElement[bool]:
    if grant.reach is Reach.ALL:
        return true()
    own = owner == myself(actor)
    teams = actor.teams_within(grant.reach)
    if grant.reach is Reach.OWN or not teams:
        return own
    name = f"actor_{grant.reach}"
    return or_(own, team == any_(bindparam(name, sorted(teams), ARRAY(Uuid))))


def myself(actor: Actor) -> ColumnElement[Any]:
    """The actor's id, named as `asked_by` names it."""
    return bindparam("actor_id", actor.id, Uuid)


FEW_TEAMS = 4


def parts(
    actor: Actor,
    right: Right,
    id: ColumnElement[Any],
    owner: ColumnElement[Any],
    team: ColumnElement[Any],
) -> list[ColumnElement[bool]]:
    """What `within` reaches, apart: each team's records, and the actor's own in other teams.

    An index that begins with the team has each part in the order of a page, where of all records
    one would have to pass over those of others. The own ones elsewhere are few: an index of owners
    finds them before anything is put in order. Empty when there is nothing to gain: when the reach
    is wide, or the actor's own only.
    """
    teams = _few_teams(actor, right)
    if not teams:
        return []
    elsewhere = or_(team.is_(None), team != all_(bindparam("part_teams", teams, ARRAY(Uuid))))
    each = [team == one for one in part_teams(actor, right)]
    return [*each, among(id, and_(owner == myself(actor), elsewhere))]


def part_teams(actor: Actor, right: Right) -> list[ColumnElement[Any]]:
    """The teams that `parts` tells apart, in its order."""
    teams = enumerate(_few_teams(actor, right))
    return [bindparam(f"part_{number}", one, Uuid) for number, one in teams]


def looked_at(rights: ColumnElement[bool]) -> ColumnElement[bool]:
    """`rights` of rows that are read part by part: asked of each row, and no way to find it.

    Searched by both, PostgreSQL would take them for independent, and expect a part of a part.
    """
    return func.coalesce(rights, false())


def _few_teams(actor: Actor, right: Right) -> list[UUID]:
    grants = [*actor.granted(right)]
    teams: set[UUID] = set()
    for grant in grants:
        if grant.reach is Reach.ALL:
            return []
        if grant.reach is not Reach.OWN:
            teams |= actor.teams_within(grant.reach)
    return sorted(teams) if len(teams) <= FEW_TEAMS else []


def add_parts(asked: Asked, actor: Actor, right: Right) -> None:
    """What `parts` makes of this actor, for a read that is told apart."""
    teams = _few_teams(actor, right)
    asked.add(len(teams), part_teams=teams)
    asked.add(**{f"part_{number}": one for number, one in enumerate(teams)})


def asked_by(actor: Actor, *shape: Hashable) -> Asked:
    """What `within` makes of this actor, for a read that is told apart.

    The text of the rights depends on the grants and on whether there are teams; a condition of a
    grant has values of its own, so such a read is made each time.
    """
    asked = Asked()
    asked.alone = any(grant.condition is not None for grant in actor.grants)
    asked.add(*shape, actor.grants, bool(actor.teams), bool(actor.tree))
    asked.add(actor_id=actor.id)
    asked.add(actor_team=sorted(actor.teams), actor_tree=sorted(actor.tree))
    return asked


def reaches(
    actor: Actor,
    right: Right,
    owner_id: UUID | None,
    team_id: UUID | None,
    record: Mapping[str, Any] | None = None,
    fields: Fields | None = None,
) -> bool:
    """The same answer as `within`, for one record in memory."""
    context = actor.asking()
    for grant in actor.granted(right):
        teams = actor.teams_within(grant.reach)
        if not (
            grant.reach is Reach.ALL
            or (owner_id is not None and owner_id == actor.id)
            or (grant.reach is not Reach.OWN and team_id is not None and team_id in teams)
        ):
            continue
        if grant.condition is None:
            return True
        if (
            record is not None
            and fields is not None
            and predicate(grant.condition, fields)(record, context)
        ):
            return True
    return False


class OwnedRecord(Protocol):
    """A row with an owner and a team."""

    owner_id: Any
    team_id: Any


def demand_reach(
    actor: Actor, right: Right, row: OwnedRecord, fields: Fields | None = None
) -> None:
    """Raise Forbidden, naming the right, unless it reaches this (readable) record."""
    record = {
        field.name: getattr(row, field.name)
        for field in fields or ()
        if Target.PYTHON in field.targets
    }
    if not reaches(actor, right, row.owner_id, row.team_id, record, fields):
        raise Forbidden(
            f"You may see this, but you need the right “{right}” to change it.",
            data={"right": str(right)},
        )
