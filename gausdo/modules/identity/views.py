"""Views of lists: who sees them, who changes them, and what they may ask.

A view of one's own is seen and changed by its owner. A team's is seen by those who are in the team
or lead it; its owner changes it while they are one of them, and so does the team's lead. One that
everybody has is changed by whoever may share with everybody. Nobody sees a view of records they may
not read.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import Actor, Right, left_out
from gausdo.kernel.conditions import Condition, Fields, FieldType, asked_fields, check
from gausdo.kernel.errors import Forbidden, NotFound, invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.lists import seen
from gausdo.kernel.rights import asked, catalogue, hides
from gausdo.kernel.views import (
    AT_MOST,
    OBJECTS,
    SHARE,
    SeenBy,
    TooManyViews,
    View,
    ViewChange,
    ViewDraft,
    ViewKind,
    ViewLayout,
)
from gausdo.modules.identity.tables import ASKED, DefaultViewRow, TeamRow, ViewRow
from gausdo.platform.db import Tx
from gausdo.platform.history import apart

EMPTIED = frozenset({"filter", "sort", "grouped_by", "dated_by"})
"""What a change takes away by naming nothing."""
TOLD = (
    *("kind", "name", "layout", "filter", "q", "columns", "sort", "grouped_by"),
    *("dated_by", "seen_by", "team_id"),
)


async def every(tx: Tx, actor: Actor) -> list[View]:
    """Those the actor sees, by name."""
    found = await tx.session.scalars(
        select(ViewRow).where(_visible(actor)).order_by(ViewRow.name, ViewRow.id)
    )
    return await shown(tx, actor, list(found))


async def one(tx: Tx, actor: Actor, id: UUID, *, change: bool = False) -> ViewRow:
    """Raises NotFound, Forbidden when it is to be changed and is not the actor's to change."""
    found = select(ViewRow).where(ViewRow.id == id, _visible(actor))
    row: ViewRow | None = await tx.session.scalar(found.with_for_update() if change else found)
    if row is None:
        raise NotFound("There is no such view, or it is not yours to see.")
    if change and not _changes(actor, row, await _leads(tx, actor)):
        raise Forbidden("You may see this view, and not change it. Save a copy of your own.")
    return row


async def shown(tx: Tx, actor: Actor, rows: Sequence[ViewRow]) -> list[View]:
    """As the actor has them."""
    chosen = set(
        await tx.session.scalars(
            select(DefaultViewRow.view_id).where(DefaultViewRow.user_id == actor.id)
        )
    )
    leads = await _leads(tx, actor)
    return [
        row.shown(
            _missing(actor, row),
            is_default=row.id in chosen,
            editable=_changes(actor, row, leads),
        )
        for row in rows
    ]


async def add(tx: Tx, actor: Actor, draft: ViewDraft) -> ViewRow:
    """Raises Forbidden, Invalid, TooManyViews."""
    _demand_askable(actor, draft.kind, draft.layout, draft.filter)
    team_id = draft.team_id if draft.seen_by is SeenBy.TEAM else None
    await _demand_room(tx, actor, draft.seen_by, team_id, actor.id)
    row = ViewRow.make(draft, actor.id, team_id)
    tx.add(row)
    changes = {name: (None, getattr(row, name)) for name in TOLD}
    tx.publish(row.changed(), **apart(changes, ASKED))
    return row


async def change(tx: Tx, actor: Actor, id: UUID, wanted: ViewChange) -> ViewRow:
    """Raises NotFound, Forbidden, Stale, Invalid, TooManyViews."""
    row = await one(tx, actor, id, change=True)
    (before,) = await shown(tx, actor, [row])
    await tx.fresh(row, wanted.version, lambda: before)
    named = wanted.named()
    if {"filter", "layout"} & named.keys():
        layout = wanted.layout or ViewLayout(row.layout)
        condition = wanted.filter if "filter" in named else row.condition
        _demand_askable(actor, ViewKind(row.kind), layout, condition)
    plain = wanted.model_dump(mode="json", include=set(named))
    told = {name: value for name, value in plain.items() if value is not None or name in EMPTIED}
    if {"seen_by", "team_id"} & named.keys():
        seen_by = wanted.seen_by or SeenBy(row.seen_by)
        team_id = named.get("team_id", row.team_id) if seen_by is SeenBy.TEAM else None
        if (seen_by, team_id) != (row.seen_by, row.team_id):
            await _demand_room(tx, actor, seen_by, team_id, row.owner_id)
        told["team_id"] = team_id
    changes = row.change(told)
    if changes:
        tx.publish(row.changed(), **apart(changes, ASKED))
    return row


async def remove(tx: Tx, actor: Actor, id: UUID) -> None:
    """Raises NotFound, Forbidden."""
    row = await one(tx, actor, id, change=True)
    row.version += 1
    tx.publish(row.changed(gone=True), **apart({"name": (row.name, None)}, ASKED))
    await tx.session.delete(row)


async def choose(tx: Tx, actor: Actor, row: ViewRow) -> None:
    """The actor's list opens with it."""
    told = insert(DefaultViewRow).values(user_id=actor.id, kind=row.kind, view_id=row.id)
    await tx.session.execute(
        told.on_conflict_do_update(
            index_elements=["user_id", "kind"], set_={"view_id": told.excluded.view_id}
        )
    )


async def leave(tx: Tx, actor: Actor, row: ViewRow) -> None:
    """The actor's list does not open with it any more."""
    chosen = await tx.session.get(DefaultViewRow, (actor.id, row.kind))
    if chosen is not None and chosen.view_id == row.id:
        await tx.session.delete(chosen)
        await tx.session.flush()


async def release(tx: Tx, team_id: UUID) -> None:
    """The views of a team that goes are their owners' again."""
    rows = await tx.session.scalars(
        select(ViewRow).where(ViewRow.team_id == team_id).with_for_update()
    )
    for row in rows:
        changes = row.change({"team_id": None, "seen_by": SeenBy.ME.value})
        tx.publish(row.changed(), changes=changes)
    await tx.session.flush()


def _visible(actor: Actor) -> ColumnElement[bool]:
    readable = [kind for kind, object in OBJECTS.items() if actor.may(Right(object, "read"))]
    return and_(
        ViewRow.kind.in_(readable),
        or_(
            ViewRow.owner_id == actor.id,
            ViewRow.seen_by == SeenBy.ALL,
            and_(ViewRow.seen_by == SeenBy.TEAM, ViewRow.team_id.in_(actor.teams)),
        ),
    )


def _changes(actor: Actor, row: ViewRow, leads: frozenset[UUID]) -> bool:
    if row.seen_by == SeenBy.ALL:
        return actor.may(SHARE)
    if row.seen_by == SeenBy.TEAM:
        own = row.owner_id == actor.id and row.team_id in actor.teams
        return own or row.team_id in leads
    return row.owner_id == actor.id


async def _leads(tx: Tx, actor: Actor) -> frozenset[UUID]:
    return frozenset(
        await tx.session.scalars(select(TeamRow.id).where(TeamRow.lead_id == actor.id))
    )


async def _demand_room(
    tx: Tx, actor: Actor, seen_by: SeenBy, team_id: UUID | None, owner_id: UUID
) -> None:
    """Raise Forbidden, Invalid unless the actor may show a view to these, TooManyViews when they
    have enough.
    """
    beside: ColumnElement[bool] = ViewRow.seen_by == seen_by
    match seen_by:
        case SeenBy.ALL:
            actor.demand(SHARE)
        case SeenBy.TEAM:
            if team_id not in actor.teams:
                told = "A view is shown to a team one is in, or leads."
                raise invalid("team_id", "unknown", told)
            beside = and_(beside, ViewRow.team_id == team_id)
        case SeenBy.ME:
            beside = and_(beside, ViewRow.owner_id == owner_id)
    there = await tx.session.scalars(select(ViewRow.id).where(beside).limit(AT_MOST))
    if len(there.all()) == AT_MOST:
        told = f"There are {AT_MOST} views already. Remove one first."
        raise TooManyViews(told, data={"at_most": AT_MOST})


def _demand_askable(
    actor: Actor, kind: ViewKind, layout: ViewLayout, condition: Condition | None
) -> None:
    """Raise Forbidden, Invalid unless the actor's list could be asked this."""
    object = OBJECTS[kind]
    read = Right(object, "read")
    actor.demand(read)
    if layout is not ViewLayout.TABLE and kind is not ViewKind.DEAL:
        raise invalid("layout", "unsupported", f"Only deals have a {layout}.")
    if condition is None:
        return
    check(condition, asked[object], at="filter", custom=catalogue[object].custom)
    for name in sorted(asked_fields(condition)):
        known = asked[object].get(name)
        if known is not None and known.type is FieldType.SEALED:
            raise invalid("filter", "field-not-here", f"“{name}” is sealed: no view asks for it.")
        if hides[object].get(name, name) in actor.never(read):
            raise left_out(read, name)


def _missing(actor: Actor, row: ViewRow) -> list[str]:
    """The fields it asks, sorts or groups by, that are hidden from the actor, or that are no more.

    Whether there is one that was added is not known here.
    """
    object = OBJECTS[ViewKind(row.kind)]
    offered = Fields(object, *seen(actor, object))
    never = actor.never(Right(object, "read"))
    asked_by_it = asked_fields(row.condition) if row.condition is not None else set()
    missing = {
        name
        for name in asked_by_it
        if (name in never if name.startswith(CUSTOM) else offered.get(name) is None)
    }
    for by in ((row.sort or "").removeprefix("-"), row.grouped_by or "", row.dated_by or ""):
        if hides[object].get(by, by) in never:
            missing.add(by)
    return sorted(missing)
