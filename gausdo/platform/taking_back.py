"""What an import has brought is taken back: as far as nobody has changed or used it since.

What a record was before is in its history, written with each row of the file and nowhere else.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

from sqlalchemy import Text, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import Problem, reason
from gausdo.kernel.taking_back import IN_USE, REMOVED, SINCE, Taken, TakenBack, Touched
from gausdo.platform.db import Tx
from gausdo.platform.mass_kinds import Values
from gausdo.platform.removed import Removal

FOLLOWS = frozenset({"team_id"})
"""Fields that nobody sets: they follow others."""


@dataclass(frozen=True)
class Kind:
    """The records of one kind, as their module knows them.

    `rows`: those the actor sees, locked where they are to go; `reach` raises Forbidden for one
    that is not the actor's to change; `edit` gives fields of one
    their values, knowing the facts of then; `elsewhere` tells
    why a record is no more. `lost`: fields of whose values the history
    keeps nothing but whether there was one.
    """

    removal: Removal
    rows: Callable[[Tx, Actor, Sequence[UUID], bool], Awaitable[Mapping[UUID, Any]]]
    reach: Callable[[Tx, Actor, Any], Awaitable[None]]
    edit: Callable[[Tx, Actor, UUID, Values, Mapping[str, Any]], Awaitable[None]]
    remove: Callable[[Tx, Sequence[Any]], Awaitable[None]]
    elsewhere: Callable[[Tx, Sequence[UUID]], Awaitable[Mapping[UUID, str]]]
    lost: Collection[str] = ()


@dataclass
class Story:
    """What an import has changed of a record, and what others have since; `facts`: what the last
    event before it told.
    """

    before: Values = field(default_factory=dict)
    since: set[str] = field(default_factory=set)
    changed: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


async def take_back(
    tx: Tx, actor: Actor, of: Kind, touched: Sequence[Touched], *, dry: bool
) -> list[TakenBack]:
    """Locked in the order of the ids, as everybody does; the later ones go first: a record names
    one that was there before it.
    """
    assert actor.cause is not None
    assert actor.cause.import_id is not None
    ids = sorted(one.id for one in touched)
    rows = await of.rows(tx, actor, ids, not dry)
    stories = await _stories(tx, of.removal.kind, ids, actor.cause.import_id)
    lacking = [id for id in ids if id not in rows]
    why = dict.fromkeys(await of.removal.gone(tx, lacking), REMOVED) if lacking else {}
    why |= await of.elsewhere(tx, lacking) if lacking else {}
    taken: list[TakenBack] = []
    going: dict[UUID, Any] = {}
    for one in sorted(touched, key=lambda one: one.id, reverse=True):
        if one.id not in rows:
            taken.append(_left(one.id, why.get(one.id, "not-found")))
            continue
        try:
            await of.reach(tx, actor, rows[one.id])
            if not one.made:
                taken.append(await _give_back(tx, actor, of, one.id, stories[one.id], dry=dry))
            elif stories[one.id].changed:
                taken.append(_left(one.id, SINCE, stories[one.id].since))
            elif by := {use.by_kind for use in one.used_by if use.by_id not in going}:
                taken.append(_left(one.id, IN_USE, by))
            else:
                going[one.id] = rows[one.id]
                taken.append(TakenBack(id=one.id, became=Taken.REMOVED))
        except Problem as refusal:
            if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise  # nobody's refusal: it is tried again
            told = reason(refusal)
            taken.append(_left(one.id, told.code, [told.field] if told.field else ()))
    if going and not dry:
        await of.remove(tx, [*going.values()])
    return taken


async def _give_back(
    tx: Tx, actor: Actor, of: Kind, id: UUID, story: Story, *, dry: bool
) -> TakenBack:
    names = story.before.keys() - FOLLOWS
    lost = {name for name in of.lost if story.before.get(name) is not None}
    kept = sorted(names & (story.since | lost))
    values = {name: story.before[name] for name in names if name not in kept}
    if values and not dry:
        await of.edit(tx, actor, id, values, story.facts)
    if kept:
        return _left(id, SINCE, kept)
    return TakenBack(id=id, became=Taken.GIVEN_BACK)


def _left(id: UUID, code: str, fields: Collection[str] = ()) -> TakenBack:
    return TakenBack(id=id, became=Taken.CONFLICT, code=code, fields=sorted(fields))


async def _stories(tx: Tx, kind: str, ids: Sequence[UUID], import_id: UUID) -> Mapping[UUID, Story]:
    entry, private = tx.schema.history.c, tx.schema.personal.c
    by = entry.cause.op("->>", return_type=Text())("import_id")
    found = await tx.session.execute(
        select(entry.subject_id, by, entry.changes, private.changes, entry.body)
        .outerjoin(tx.schema.personal, private.event_id == entry.event_id)
        .where(entry.subject_id.in_(ids), entry.kind == kind)
        .order_by(entry.subject_id, entry.version)
    )
    stories: defaultdict[UUID, Story] = defaultdict(Story)
    begun: set[UUID] = set()
    for id, by_import, changes, erasable, facts in found:
        told = {**changes, **(erasable or {})}
        if by_import == str(import_id):
            begun.add(id)
            for name, (before, _) in told.items():
                stories[id].before.setdefault(name, before)
        elif id not in begun:
            stories[id].facts = facts
        elif not (told and told.keys() <= FOLLOWS):
            stories[id].changed = True
            stories[id].since |= told.keys()
    return stories
