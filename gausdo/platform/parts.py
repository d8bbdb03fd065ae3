"""What rights reach, divided: an index has each part in the order of a page, and the first rows of
all of them are merged, where of all records one would have to pass over those of others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, bindparam, false, func, or_, select, union_all
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor, Grant, Reach, Right
from gausdo.platform.db import Asked
from gausdo.platform.rights import Guard, myself, reached_by, shared_with, within

FEW_TEAMS = 4


@dataclass(frozen=True)
class Part:
    """Records that `where` tells and no other part has.

    `team`: it is this team's. `wide`: it may be very many of everybody's. Of `sure` each grant
    reaches all of it, of `others` some; by these `sorts`, where it has own ones, are made.
    """

    where: ColumnElement[bool]
    sure: tuple[Grant, ...]
    others: tuple[Grant, ...] = ()
    team: ColumnElement[Any] | None = None
    wide: bool = False
    sorts: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)


def parts(actor: Actor, right: Right, guard: Guard) -> list[Part]:
    """What `within` reaches, apart: each team's records, the actor's own in other teams, what
    others have shared, and what of all others a condition lets be seen.

    Empty when there is nothing to gain: when the reach is wide, or the teams are many.
    """
    id, owner, team = guard.id, guard.owner, guard.team
    near = _near(actor, right)
    if not near or id is None or owner is None or team is None:
        return []
    grants = tuple(actor.granted(right))
    bare = [grant for grant in near if grant.condition is None]
    whole = looked_at(within(actor, right, guard))

    def part(where: ColumnElement[bool], sure: Sequence[Grant], **told: Any) -> Part:
        others = tuple(grant for grant in grants if grant not in sure)
        return Part(where if sure else and_(where, whole), tuple(sure), others, **told)

    teams = _few_teams(actor, right)
    named = part_teams(actor, right)
    divided = [
        part(
            team == name,
            [grant for grant in bare if one in _teams_of(actor, grant)],
            team=name,
        )
        for one, name in zip(teams, named, strict=True)
    ]
    others = owner != myself(actor)
    if named:
        others = and_(others, or_(team.is_(None), and_(*(team != name for name in named))))
    divided.append(part(own_elsewhere(actor, right, guard), bare))
    shared = shared_with(actor, right, guard)
    if shared is not None:
        divided.append(part(and_(shared, looked_at(others)), bare))
        others = and_(others, ~shared)
    wide = [grant for grant in grants if grant.reach is Reach.ALL]
    if wide:
        where = and_(reached_by(actor, right, wide, guard), looked_at(others))
        sure = tuple(wide) if len(wide) == 1 else ()
        divided.append(Part(where, sure, tuple(wide), wide=True))
    return divided


def part_teams(actor: Actor, right: Right) -> list[ColumnElement[Any]]:
    """The teams that `parts` tells apart, in its order."""
    teams = enumerate(_few_teams(actor, right))
    return [bindparam(f"part_{number}", one, Uuid) for number, one in teams]


def own_elsewhere(actor: Actor, right: Right, guard: Guard) -> ColumnElement[bool]:
    """The actor's own records, but for those of `part_teams`; `guard` has an id and a team."""
    id, team = guard.id, guard.team
    assert id is not None
    assert team is not None
    mine = owned(actor, guard)
    if not (named := part_teams(actor, right)):
        return mine
    between = [team < named[0], *(and_(team > a, team < b) for a, b in pairwise(named))]
    between += [team > named[-1], team.is_(None)]
    found = union_all(*(select(id).where(mine, one).correlate(None) for one in between))
    return id == any_(func.array(found.scalar_subquery()))


def owned(actor: Actor, guard: Guard) -> ColumnElement[bool]:
    """The actor's own records; `guard` has an owner."""
    assert guard.owner is not None
    return guard.owner == myself(actor)


def looked_at(rights: ColumnElement[bool]) -> ColumnElement[bool]:
    """`rights` of rows that are read part by part: asked of each row, and no way to find it.

    Searched by both, PostgreSQL would take them for independent, and expect a part of a part.
    """
    return func.coalesce(rights, false())


def add_parts(asked: Asked, actor: Actor, right: Right) -> None:
    """What `parts` makes of this actor, for a read that is told apart."""
    teams = _few_teams(actor, right)
    asked.add(len(teams), **{f"part_{number}": one for number, one in enumerate(teams)})


def _near(actor: Actor, right: Right) -> list[Grant]:
    """The grants that reach less than all; none when others reach all of it, or many teams."""
    grants = [*actor.granted(right)]
    if any(grant.reach is Reach.ALL and grant.condition is None for grant in grants):
        return []
    near = [grant for grant in grants if grant.reach is not Reach.ALL]
    teams = {team for grant in near for team in _teams_of(actor, grant)}
    return near if len(teams) <= FEW_TEAMS else []


def _teams_of(actor: Actor, grant: Grant) -> frozenset[UUID]:
    return frozenset() if grant.reach is Reach.OWN else actor.teams_within(grant.reach)


def _few_teams(actor: Actor, right: Right) -> list[UUID]:
    teams = {team for grant in _near(actor, right) for team in _teams_of(actor, grant)}
    return sorted(teams)
