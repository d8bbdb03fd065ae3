"""Segments: who sees them, who changes them, and who is put into them by hand.

A segment of one's own is seen and changed by its owner; a team's is seen by those who are in the
team or lead it, and changed by its owner while they are one of them; what everybody has is changed
by whoever may share with everybody. Nobody sees a segment of records they may not read.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, delete, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import Actor, left_out
from gausdo.kernel.conditions import Condition, Target, asked_fields, check
from gausdo.kernel.custom import CustomField
from gausdo.kernel.errors import Forbidden, NotFound, invalid
from gausdo.kernel.values import now
from gausdo.kernel.views import SeenBy
from gausdo.modules.customers import access
from gausdo.modules.customers.segment_fields import asked, demand_answerable, unseen
from gausdo.modules.customers.segment_members import FILL, OF, cross
from gausdo.modules.customers.segment_tables import SegmentMemberRow, SegmentRow
from gausdo.modules.customers.segments_contract import (
    AT_MOST,
    SEGMENTS,
    Segment,
    SegmentChange,
    SegmentDraft,
    SegmentFilling,
    SegmentHow,
    SegmentKind,
    TooManySegments,
)
from gausdo.platform.db import Tx
from gausdo.platform.history import apart

READ, EDIT, SHARE = (SEGMENTS.right(one) for one in ("read", "edit", "share"))
PERSONAL = frozenset({"name", "about", "filter"})
"""What may name a person."""
TOLD = ("kind", "how", "name", "about", "filter", "seen_by", "team_id")
EMPTIED = frozenset({"about"})
"""What a change takes away by naming nothing."""
_member = SegmentMemberRow.__table__.c


def visible(actor: Actor) -> ColumnElement[bool]:
    """Raises Forbidden when none could ever be."""
    actor.demand(READ)
    readable = [kind for kind, of in OF.items() if actor.may(access.right(of, "read"))]
    return and_(
        SegmentRow.kind.in_(readable),
        or_(
            SegmentRow.owner_id == actor.id,
            SegmentRow.seen_by == SeenBy.ALL,
            and_(SegmentRow.seen_by == SeenBy.TEAM, SegmentRow.team_id.in_(actor.teams)),
        ),
    )


async def every(tx: Tx, actor: Actor) -> Sequence[SegmentRow]:
    """Those the actor sees, by name."""
    query = select(SegmentRow).where(visible(actor)).order_by(SegmentRow.name, SegmentRow.id)
    return (await tx.session.scalars(query)).all()


async def one(tx: Tx, actor: Actor, id: UUID, *, change: bool = False) -> SegmentRow:
    """Raises NotFound, Forbidden when it is to be changed and is not the actor's to change."""
    query = select(SegmentRow).where(SegmentRow.id == id, visible(actor))
    row: SegmentRow | None = await tx.session.scalar(query.with_for_update() if change else query)
    if row is None:
        raise NotFound("There is no such segment, or it is not yours to see.")
    if change and not is_editable(actor, row):
        raise Forbidden("You may see this segment, and not change it.")
    return row


def is_editable(actor: Actor, row: SegmentRow) -> bool:
    if row.seen_by == SeenBy.ALL:
        return actor.may(SHARE)
    own = row.owner_id == actor.id and actor.may(EDIT)
    return own and (row.seen_by == SeenBy.ME or row.team_id in actor.teams)


def hidden_of(actor: Actor, row: SegmentRow, added: Sequence[CustomField]) -> list[str]:
    """The fields it asks of that the actor may not see of every record."""
    names = asked_fields(row.condition) if row.condition is not None else ()
    return unseen(actor, OF[row.kind], added, names)


def demand_told(actor: Actor, row: SegmentRow, added: Sequence[CustomField]) -> None:
    """Raise Forbidden when who is in it would tell the actor what is hidden from them."""
    for name in hidden_of(actor, row, added):
        raise left_out(access.right(OF[row.kind], "read"), name)


def shown(
    actor: Actor, row: SegmentRow, added: Sequence[CustomField], owner_name: str | None
) -> Segment:
    missing = hidden_of(actor, row, added)
    filling = SegmentFilling(done=row.done, records=row.records) if row.filling else None
    return Segment(
        id=row.id,
        kind=SegmentKind(row.kind),
        how=SegmentHow(row.how),
        name=row.name,
        about=row.about,
        filter=None if missing else row.condition,
        seen_by=SeenBy(row.seen_by),
        team_id=row.team_id,
        owner_id=row.owner_id,
        owner_name=owner_name,
        missing=tuple(missing),
        broken=row.broken,
        filling=filling,
        editable=is_editable(actor, row),
        version=row.version,
    )


async def add(
    tx: Tx,
    actor: Actor,
    draft: SegmentDraft,
    added: Sequence[CustomField],
    id: UUID | None = None,
) -> SegmentRow:
    """Raises Forbidden, Invalid, TooManySegments."""
    actor.demand(EDIT)
    actor.demand(access.right(OF[draft.kind], "read"))
    if (draft.how is SegmentHow.DYNAMIC) is not (draft.filter is not None):
        told = "A dynamic segment has a condition, and a static one has none."
        raise invalid("filter", "segment-filter", told)
    if draft.filter is not None:
        demand_askable(actor, draft.kind, draft.filter, added)
    _demand_shareable(actor, draft.seen_by, draft.team_id)
    there = await tx.session.scalars(select(SegmentRow.id).limit(AT_MOST))
    if len(there.all()) == AT_MOST:
        told = f"There are {AT_MOST} segments already. Remove one first."
        raise TooManySegments(told, data={"at_most": AT_MOST})
    team_id = draft.team_id if draft.seen_by is SeenBy.TEAM else None
    row = SegmentRow.make(draft, actor.id, team_id, id)
    tx.add(row)
    changes = {name: (None, getattr(row, name)) for name in TOLD}
    tx.publish(row.changed(), **apart(changes, PERSONAL))
    if row.filling:
        await tx.enqueue(FILL, once=True)
    return row


async def change(
    tx: Tx, actor: Actor, id: UUID, wanted: SegmentChange, added: Sequence[CustomField]
) -> SegmentRow:
    """Raises NotFound, Forbidden, Stale, Invalid."""
    row = await one(tx, actor, id, change=True)
    await tx.fresh(row, wanted.version, lambda: shown(actor, row, added, None))
    named = wanted.named()
    plain = wanted.model_dump(mode="json", include=set(named))
    told = {name: value for name, value in plain.items() if value is not None or name in EMPTIED}
    if wanted.filter is not None:
        if row.how == SegmentHow.STATIC:
            raise invalid("filter", "segment-filter", "A static segment has no condition.")
        demand_told(actor, row, added)
        demand_askable(actor, row.kind, wanted.filter, added)
    if {"seen_by", "team_id"} & named.keys():
        seen_by = wanted.seen_by or SeenBy(row.seen_by)
        team_id = named.get("team_id", row.team_id) if seen_by is SeenBy.TEAM else None
        if (seen_by, team_id) != (row.seen_by, row.team_id):
            _demand_shareable(actor, seen_by, team_id)
        told["team_id"] = team_id
    await rewrite(tx, row, told)
    return row


async def rewrite(tx: Tx, row: SegmentRow, told: dict[str, Any]) -> None:
    """Set what differs; by another condition others are in it."""
    if changes := row.change(told):
        if "filter" in changes:
            row.fill(quiet=True)
            await tx.enqueue(FILL, once=True)
        tx.publish(row.changed(), **apart(changes, PERSONAL))


async def remove(tx: Tx, row: SegmentRow) -> None:
    row.version += 1
    tx.publish(row.changed(gone=True), **apart({"name": (row.name, None)}, PERSONAL))
    await tx.session.delete(row)


def demand_askable(
    actor: Actor, kind: str, condition: Condition, added: Sequence[CustomField]
) -> None:
    """Raise Forbidden, Invalid unless the actor may ask this of everybody."""
    of = OF[kind]
    check(condition, asked(of, added).fields, Target.SQL, at="filter")
    demand_answerable(condition)
    for name in unseen(actor, of, added, sorted(asked_fields(condition))):
        raise left_out(access.right(of, "read"), name)


def _demand_shareable(actor: Actor, seen_by: SeenBy, team_id: UUID | None) -> None:
    match seen_by:
        case SeenBy.ALL:
            actor.demand(SHARE)
        case SeenBy.TEAM if team_id not in actor.teams:
            told = "A segment is shown to a team one is in, or leads."
            raise invalid("team_id", "unknown", told)


async def put(tx: Tx, actor: Actor, row: SegmentRow, ids: Collection[UUID]) -> int:
    """Put these records in; answers how many were not in before."""
    if not ids:
        return 0
    rows = [
        {"segment_id": row.id, "record_id": id, "since": now(), "by_id": actor.id}
        for id in sorted(ids)
    ]
    made = insert(SegmentMemberRow).values(rows).on_conflict_do_nothing()
    came = (await tx.session.scalars(made.returning(_member.record_id))).all()
    for id in came:
        cross(tx, row, id, entered=True)
    return len(came)


async def take_out(tx: Tx, row: SegmentRow, ids: Collection[UUID]) -> int:
    """Take these records out; answers how many were in before."""
    gone = delete(SegmentMemberRow).where(
        _member.segment_id == row.id, _member.record_id.in_(sorted(ids))
    )
    left = (await tx.session.scalars(gone.returning(_member.record_id))).all()
    for id in left:
        cross(tx, row, id, entered=False)
    return len(left)


async def follow_merge(tx: Tx, id: UUID, other_id: UUID) -> None:
    """Whoever became a part of another has put it into the segments it was put into by hand."""
    static = select(SegmentRow.id).where(SegmentRow.how == SegmentHow.STATIC)
    theirs = select(
        _member.segment_id,
        literal(id, Uuid()),
        _member.since,
        _member.by_id,
        literal(other_id, Uuid()),
    ).where(_member.record_id == other_id, _member.segment_id.in_(static))
    columns = ["segment_id", "record_id", "since", "by_id", "via_id"]
    made = insert(SegmentMemberRow).from_select(columns, theirs)
    await tx.session.execute(made.on_conflict_do_nothing())


async def follow_parting(tx: Tx, id: UUID, other_id: UUID) -> None:
    """What parts again takes its segments along."""
    gone = delete(SegmentMemberRow).where(_member.record_id == id, _member.via_id == other_id)
    await tx.session.execute(gone)


async def forget(tx: Tx, ids: Sequence[UUID]) -> int:
    """Take somebody who is erased out of every segment."""
    gone = delete(SegmentMemberRow).where(_member.record_id.in_(ids)).returning(_member.segment_id)
    return len((await tx.session.scalars(gone)).all())


async def held(tx: Tx, id: UUID) -> list[dict[str, Any]]:
    """The segments somebody is in, for who asks for their own data."""
    query = (
        select(SegmentRow.name, _member.since)
        .join(SegmentMemberRow, _member.segment_id == SegmentRow.id)
        .where(_member.record_id == id)
        .order_by(_member.since, SegmentRow.id)
    )
    rows = await tx.session.execute(query)
    return [{"segment": name, "since": since.isoformat()} for name, since in rows]
