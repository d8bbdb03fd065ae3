"""Rights as SQL and as a check: how far an actor's grants reach over the records of one kind."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, Self
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Table,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlalchemy.util import LRUCache

from gausdo.kernel.actor import Actor, Grant, Reach, Right, left_out
from gausdo.kernel.conditions import Fields, Target, asked_ops, predicate
from gausdo.kernel.errors import Forbidden
from gausdo.kernel.operators import RELATIVE, Op
from gausdo.platform.conditions_sql import to_sql
from gausdo.platform.db import Asked, Tx


@dataclass(frozen=True)
class Guard:
    """What rights look at in the rows of one kind of record.

    Without owners, only a reach of all reaches any. `fields` and `columns` are what a condition may
    speak of; `hides` names the guarded field that one of them belongs to, where it is called
    otherwise. `shares` is the table of records shared with a person or a team, and `id` what it
    names them by. `made_of`: the guarded fields of which one is worked out; itself among them.
    """

    owner: ColumnElement[Any] | None = None
    team: ColumnElement[Any] | None = None
    id: ColumnElement[Any] | None = None
    fields: Fields | None = None
    columns: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    hides: Mapping[str, str] = field(default_factory=dict)
    shares: Table | None = None
    made_of: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def parts_of(self, name: str) -> frozenset[str]:
        """The guarded fields by which this one is hidden."""
        return self.made_of.get(name) or frozenset({self.hides.get(name, name)})


def within(actor: Actor, right: Right, guard: Guard) -> ColumnElement[bool]:
    """The records of `right` the actor's grants reach, united. Nothing granted: no record."""
    return reached_by(actor, right, actor.granted(right), guard)


def reached_by(
    actor: Actor, right: Right, grants: Iterable[Grant], guard: Guard
) -> ColumnElement[bool]:
    """The same of some of the actor's grants of `right`."""
    context = actor.asking()
    clauses: list[ColumnElement[bool]] = []
    for grant in grants:
        reach = _reach(actor, right, grant, guard)
        if grant.condition is None:
            clauses.append(reach)
        elif guard.fields is not None:
            narrow = to_sql(grant.condition, guard.fields, guard.columns, context, fixed=True)
            clauses.append(and_(reach, narrow))
    return or_(*clauses) if clauses else false()


def told_within(actor: Actor, right: Right, guard: Guard) -> ColumnElement[Any]:
    """Of a row that is read anyway: true or false, whether `right` reaches it."""
    return func.coalesce(within(actor, right, guard), false())


def _reach(actor: Actor, right: Right, grant: Grant, guard: Guard) -> ColumnElement[bool]:
    if grant.reach is Reach.ALL:
        return true()
    if guard.owner is None or guard.team is None:
        return false()
    reached = [guard.owner == myself(actor)]
    teams = actor.teams_within(grant.reach)
    if grant.reach is not Reach.OWN and teams:
        name = f"actor_{grant.reach}"
        reached.append(guard.team == any_(bindparam(name, sorted(teams), ARRAY(Uuid))))
    if (shared := shared_with(actor, right, guard)) is not None:
        reached.append(shared)
    return or_(*reached)


def myself(actor: Actor) -> ColumnElement[Any]:
    """The actor's id, named as `asked_by` names it."""
    return bindparam("actor_id", actor.id, Uuid)


SHARED = {"read": ("read", "edit"), "edit": ("edit",)}
"""Operation → the levels of a share that widen its reach. Others a share does not give."""


def shared_with(actor: Actor, right: Right, guard: Guard) -> ColumnElement[bool] | None:
    """The records shared with the actor or a team of theirs; None where there can be none.

    However often a statement asks for them, they are looked for once.
    """
    levels = SHARED.get(right.operation)
    if guard.shares is None or guard.id is None or levels is None:
        return None
    if right.object not in actor.shared:
        return None
    found = _shared_ids(guard.shares, right, levels, tuple(with_ids(actor)))
    return guard.id == any_(cast(select(found.c.ids).scalar_subquery(), ARRAY(Uuid)))


@lru_cache
def _shared_ids(table: Table, right: Right, levels: tuple[str, ...], ids: tuple[UUID, ...]) -> CTE:
    """One and the same for a statement, or it would not know that it has it."""
    share = table.c
    found = select(share.record_id).where(
        share.object == literal_column(f"'{right.object}'"),
        share.with_id == any_(bindparam("actor_with", list(ids), ARRAY(Uuid))),
        share.level.in_([literal_column(f"'{level}'") for level in levels]),
    )
    name = f"shared_{right}".replace(".", "_")
    return select(func.array(found.scalar_subquery()).label("ids")).cte(name)


def with_ids(actor: Actor) -> list[UUID]:
    """Whom a share with this actor names: the person, or a team they are in or lead."""
    return sorted({actor.id, *actor.teams})


def asked_by(actor: Actor, *shape: Hashable) -> Asked:
    """What `within` makes of this actor, for a read that is told apart.

    The text of the rights depends on the grants and on whether there are teams, and that of
    conditions on what they ask of who asks and when.
    """
    asked, roles = Asked(), _roles(actor.grants)
    asked.add(*shape, roles, bool(actor.teams), bool(actor.tree), actor.shared)
    if roles.zoned:
        asked.add(actor.time_zone)
    if roles.daily:
        asked.add(actor.asking().today)
    if roles.personal:
        asked.add(actor.id)
    asked.add(actor_id=actor.id, actor_with=with_ids(actor))
    asked.add(actor_team=sorted(actor.teams), actor_tree=sorted(actor.tree))
    return asked


@dataclass(frozen=True, eq=False)
class _Roles:
    """One for all who have the same grants, so that it is told from others at a glance.

    Which conditions of theirs depend on the reader's time zone, on the day, on who asks.
    """

    zoned: bool
    daily: bool
    personal: bool

    @classmethod
    def of(cls, grants: tuple[Grant, ...]) -> Self:
        conditions = [grant.condition for grant in grants if grant.condition is not None]
        asked = set[Op]().union(*map(asked_ops, conditions))
        return cls(bool(conditions), not asked.isdisjoint(RELATIVE), Op.IS_ME in asked)


_roles_of = lru_cache(1000)(_Roles.of)
_seen: LRUCache[int, tuple[tuple[Grant, ...], _Roles]] = LRUCache(1000)


def _roles(grants: tuple[Grant, ...]) -> _Roles:
    """To compare dozens of grants costs as much as a small read: once for each actor there is."""
    known = _seen.get(id(grants))
    if known is None or known[0] is not grants:
        known = _seen[id(grants)] = grants, _roles_of(grants)
    return known[1]


def reaches(
    actor: Actor,
    grants: Iterable[Grant],
    owner_id: UUID | None,
    team_id: UUID | None,
    record: Mapping[str, Any] | None = None,
    fields: Fields | None = None,
    *,
    shared: bool = False,
) -> bool:
    """The same answer as `reached_by`, for one record in memory; `shared`: it is with the actor."""
    context = actor.asking()
    for grant in grants:
        teams = actor.teams_within(grant.reach)
        if not (
            grant.reach is Reach.ALL
            or shared
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

    id: Any
    owner_id: Any
    team_id: Any


async def demand_reach(
    tx: Tx,
    actor: Actor,
    right: Right,
    row: OwnedRecord,
    guard: Guard,
    names: Iterable[str] = (),
) -> None:
    """Raise Forbidden unless `right` reaches this (readable) record, with the fields of these
    names.
    """
    shared = await _is_shared(tx, actor, right, row.id, guard)
    record = record_of(row, guard)
    grants = [
        grant
        for grant in actor.granted(right)
        if reaches(actor, [grant], row.owner_id, row.team_id, record, guard.fields, shared=shared)
    ]
    if not grants:
        raise Forbidden(
            f"You may see this, but you need the right “{right}” to change it.",
            data={"right": str(right)},
        )
    for name in names:
        if all(name in grant.without for grant in grants):
            raise left_out(right, name)


def record_of(row: OwnedRecord, guard: Guard) -> dict[str, Any]:
    """What a condition looks at in memory."""
    return {
        field.name: getattr(row, field.name)
        for field in guard.fields or ()
        if Target.PYTHON in field.targets
    }


async def _is_shared(tx: Tx, actor: Actor, right: Right, id: UUID, guard: Guard) -> bool:
    shared = shared_with(actor, right, guard)
    if shared is None or guard.id is None:
        return False
    found = await tx.session.execute(select(guard.id).where(guard.id == id, shared))
    return found.first() is not None
