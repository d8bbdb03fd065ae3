"""The answer to “why may they, or may they not?”, from the same grants that reads are made of."""

from collections.abc import Iterable, Iterator
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.actor import Grant, Reach
from gausdo.kernel.conditions import Context, predicate
from gausdo.kernel.rights import Guarded
from gausdo.kernel.values import now
from gausdo.kernel.why import Because, Verdict, Via, Why
from gausdo.platform.db import Tx
from gausdo.platform.rights import SHARED, Guard, OwnedRecord, record_of

NOT_OF_A_RECORD = frozenset({"create", "import"})


class Named(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...


class User(Named, Protocol):
    @property
    def active(self) -> bool: ...


class Granted(Protocol):
    @property
    def role(self) -> Named: ...
    @property
    def grant(self) -> Grant: ...


class Standing(Protocol):
    """Where somebody's rights come from, as identity tells it."""

    @property
    def user(self) -> User: ...
    @property
    def granted(self) -> Iterable[Granted]: ...
    @property
    def teams(self) -> frozenset[UUID]: ...
    @property
    def tree(self) -> frozenset[UUID]: ...
    @property
    def time_zone(self) -> str: ...


async def why(tx: Tx, standing: Standing, of: Guarded, guard: Guard, row: OwnedRecord) -> Why:
    """What each role of somebody makes of this record."""
    levels = await _shared(tx, standing, of, guard, row.id)
    return Why(
        user_id=standing.user.id,
        name=standing.user.name,
        active=standing.user.active,
        operations=tuple(
            _verdict(standing, of, operation, guard, row, levels)
            for operation in of.operations
            if operation not in NOT_OF_A_RECORD
        ),
    )


def _verdict(
    standing: Standing,
    of: Guarded,
    operation: str,
    guard: Guard,
    row: OwnedRecord,
    levels: frozenset[str],
) -> Verdict:
    shared = not levels.isdisjoint(SHARED.get(operation, ()))
    granted = [
        (one, _because(standing, one, guard, row, shared))
        for one in standing.granted
        if (one.grant.object, one.grant.operation) == (of.object, operation)
    ]
    holding = [one.grant.without for one, because in granted if because.holds]
    return Verdict(
        operation=operation,
        allowed=bool(holding) and standing.user.active,
        because=tuple(because for _, because in granted),
        without=tuple(sorted(frozenset.intersection(*holding))) if holding else (),
    )


def _because(
    standing: Standing, one: Granted, guard: Guard, row: OwnedRecord, shared: bool
) -> Because:
    grant = one.grant
    via = next(_ways(standing, grant.reach, row, shared), None)
    holds = None
    if grant.condition is not None:
        zone = standing.time_zone
        asking = Context(now=now(), time_zone=zone, actor_id=standing.user.id)
        holds = guard.fields is not None and predicate(grant.condition, guard.fields)(
            record_of(row, guard), asking
        )
    return Because(
        role_id=one.role.id,
        role=one.role.name,
        reach=grant.reach,
        via=via,
        condition=grant.condition,
        condition_holds=holds,
        holds=via is not None and holds is not False,
    )


def _ways(standing: Standing, reach: Reach, row: OwnedRecord, shared: bool) -> Iterator[Via]:
    """From the widest on."""
    if reach is Reach.ALL:
        yield "all"
    if row.owner_id == standing.user.id:
        yield "own"
    if reach in (Reach.TEAM, Reach.TREE) and row.team_id in standing.teams:
        yield "team"
    if reach is Reach.TREE and row.team_id in standing.tree:
        yield "tree"
    if shared:
        yield "share"


async def _shared(
    tx: Tx, standing: Standing, of: Guarded, guard: Guard, id: UUID
) -> frozenset[str]:
    """The levels on which the record is shared with them or a team of theirs."""
    if guard.shares is None:
        return frozenset()
    share = guard.shares.c
    levels = await tx.session.scalars(
        select(share.level).where(
            share.object == of.object,
            share.record_id == id,
            share.with_id.in_({standing.user.id, *standing.teams}),
        )
    )
    return frozenset(levels)
