"""What parts two records again that were made one: kept when they are merged, put back later.

What somebody has changed since the merge is left as it is, and told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import JSONB

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom_files import is_files, without_those
from gausdo.kernel.errors import Conflict, NotFound
from gausdo.kernel.fields import CUSTOM, is_sealed
from gausdo.kernel.values import now
from gausdo.modules.customers import access, consents, pairs, segments
from gausdo.modules.customers.contract import Erased
from gausdo.modules.customers.doubles import MergeRow
from gausdo.modules.customers.duplicates_contract import ChangedSince, Entangled, Merge
from gausdo.modules.customers.fields import DOCUMENT
from gausdo.modules.customers.file_tables import STORE
from gausdo.modules.customers.reach_contract import WAYS, Reachable
from gausdo.modules.customers.schema import SEALED as SEALED_VALUES
from gausdo.modules.customers.tables import Customer, PersonRow, ReachRow, in_history
from gausdo.platform import custom_files
from gausdo.platform.db import Tx
from gausdo.platform.history import Changes
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import demand_reach

Snapshot = Mapping[str, Any]
"""`row`: its columns; WAYS: what `Reachable` tells of each; of before there were links, none;
`sealed`: by the keys of fields that are kept encrypted, what is another when the value is.
"""
KEPT = frozenset({"id", "version", "created_at", "changed_at", "erased_at", "team_id", "words"})
WORKED_OUT = frozenset({"consents", "consents_until", "consents_withdrawn"})
"""Columns that follow from what is kept elsewhere."""
"""Columns nobody chooses a value for."""
LISTS = (*WAYS, "tags")
SEALED = {DOCUMENT.place.column, DOCUMENT.index.key}
_merge = MergeRow.__table__.c


async def snapshot(tx: Tx, row: Customer) -> dict[str, Any]:
    """A row as it is, what PostgreSQL computes aside, and how it is reached."""
    await tx.session.flush()
    names = [column.name for column in row.__table__.c if column.computed is None]
    told = ", ".join(f"'{name}', {name}" for name in names)
    query = text(f"select jsonb_build_object({told}) from {row.__table__} where id = :id")  # noqa: S608 - names from our code
    found = await tx.session.scalar(query, {"id": row.id})
    reached = {kind: [one.model_dump() for one in row.reached_by(kind)] for kind in WAYS}
    return {"row": found, "sealed": await SEALED_VALUES.stamps(tx, row.id), **reached}


async def leave(tx: Tx, row: Customer) -> None:
    """Take a row out of its table, as it is."""
    await tx.session.flush()
    tx.session.expunge(row)
    table, way = row.__table__, ReachRow.__table__
    await tx.session.execute(delete(way).where(way.c.record_id == row.id))
    await tx.session.execute(delete(table).where(table.c.id == row.id))  # type: ignore[arg-type]


async def _come_back(
    tx: Tx, of: type[Customer], kept: Snapshot, different: Mapping[str, Any]
) -> Customer:
    """Put a row back, with these columns different."""
    table = of.__table__
    names = ", ".join(column.name for column in table.c if column.computed is None)
    query = text(
        f"insert into {table} ({names}) select {names} "  # noqa: S608 - names from our code
        f"from jsonb_populate_record(null::{table}, :told)"
    ).bindparams(bindparam("told", type_=JSONB))
    told = {**kept["row"], **different}
    await tx.session.execute(query, {"told": told})
    row = await tx.session.get_one(of, UUID(told["id"]))
    for kind in WAYS:
        row.ways += row.ways_of(kind, [Reachable(**one) for one in kept.get(kind, ())])
    await tx.session.flush()
    return row


@dataclass
class Undone:
    """What parting sets on the record that stays, and what it leaves as somebody has changed it."""

    told: dict[str, Any] = field(default_factory=dict)
    sealed: dict[str, bytes | str | None] = field(default_factory=dict)
    added: dict[str, Any] = field(default_factory=dict)
    changed: list[ChangedSince] = field(default_factory=list)


def undone(of: type[Customer], before: Snapshot, after: Snapshot, present: Snapshot) -> Undone:
    """Of each value the merge has changed: what it was, unless it is another by now."""
    found = Undone()
    for column in of.__table__.c:
        name = column.name
        if column.computed is not None or name in {*KEPT, *WORKED_OUT, *LISTS, "custom"}:
            continue
        was, merged, is_now = (one["row"].get(name) for one in (before, after, present))
        if was in (merged, is_now):
            continue
        if is_now != merged:
            if name != DOCUMENT.index.key:
                found.changed.append(_changed(name, was, is_now))
        elif name in SEALED:
            found.sealed[name] = _value(column.type, was)
        else:
            found.told[name] = _value(column.type, was)
    _undo_added(found, before, after, present)
    _undo_lists(found, before, after, present)
    return found


def _undo_lists(found: Undone, before: Snapshot, after: Snapshot, present: Snapshot) -> None:
    """Without what the merge has brought; what came since stays."""
    for name in LISTS:
        was, merged, is_now = (_items(one, name) for one in (before, after, present))
        if was == merged:
            continue
        came = {key for key in merged if key not in was}
        left = was if is_now == merged else {k: v for k, v in is_now.items() if k not in came}
        found.told[name] = [*left.values()]
        if is_now != merged:
            found.changed.append(ChangedSince(field=name, before=[*was], now=[*left]))


def _undo_added(found: Undone, before: Snapshot, after: Snapshot, present: Snapshot) -> None:
    """The fields that were added, each by itself."""
    kept, merge, values = (_stamped(one) for one in (before, after, present))
    for key in sorted(kept.keys() | merge.keys()):
        was, is_now = kept.get(key), values.get(key)
        if was == merge.get(key):
            continue
        if is_now in (was, merge.get(key)):
            values = {**values, key: was}
        elif is_files(is_now) and is_files(merge.get(key)):
            left = without_those(is_now, merge.get(key), was)
            values = {**values, key: left or None}
            found.changed.append(_changed(CUSTOM + key, was, left))
        else:
            found.changed.append(_changed(CUSTOM + key, was, is_now))
    found.added = {
        key: value if key not in present.get("sealed", ()) else True
        for key, value in values.items()
        if value is not None
    }


def _stamped(kept: Snapshot) -> dict[str, Any]:
    """The fields that were added, of what is kept encrypted its stamp."""
    custom: dict[str, Any] = kept["row"]["custom"]
    return custom | {key: one for key, one in kept.get("sealed", {}).items() if key in custom}


def _changed(name: str, was: Any, is_now: Any) -> ChangedSince:
    if name in SEALED or is_sealed(name):
        name = DOCUMENT.name if name in SEALED else name
        return ChangedSince(field=name, before=was is not None, now=is_now is not None)
    return ChangedSince(field=name, before=was, now=is_now)


def _items(kept: Snapshot, name: str) -> dict[str, Any]:
    if name == "tags":
        return {one: one for one in kept["row"]["tags"]}
    return {one["normal"]: Reachable(**one) for one in kept.get(name, ())}


def _value(type_: Any, told: Any) -> Any:
    """A column's value of what JSON has for it."""
    if told is None:
        return None
    if isinstance(type_, Uuid):
        return UUID(told)
    return bytes.fromhex(told[2:]) if isinstance(type_, LargeBinary) else told


async def part(tx: Tx, actor: Actor, of: type[Customer], id: UUID) -> Merge:
    """Raises NotFound, Forbidden, Entangled, Erased."""
    kept = await tx.session.get(MergeRow, id, with_for_update=True)
    if kept is None or kept.kind != of.kind or kept.parted_at is not None:
        raise NotFound("There is no such merge, or it is not yours to see.")
    row = await access.record(tx, actor, of, kept.canonical_id, "merge")
    if kept.canonical_id != kept.survivor_id:
        raise Entangled(
            "The record is a part of another by now. Part that one first.",
            data={"into": kept.canonical_id},
        )
    if not kept.merged:
        raise Erased("This person was erased on their request. Add them anew.")
    await _demand_own(tx, actor, of, kept.merged["row"])
    back = undone(of, kept.before, kept.after, await snapshot(tx, row))
    stayed = await _stayed(tx, kept)
    told = await _shown(tx, actor, of, kept, back.changed, len(stayed))

    owner_before = row.owner_id, row.team_id
    _, team_id = await new_owner(tx, actor, back.told.get("owner_id", row.owner_id))
    sealed: Changes = {}
    if back.sealed:
        had = row.document_sealed is not None if isinstance(row, PersonRow) else False
        for name, value in back.sealed.items():
            setattr(row, name, value)
        sealed = {DOCUMENT.name: (had, back.sealed.get(DOCUMENT.place.column) is not None)}
    beside = sealed | row.set_added(back.added)
    gone = [name.removeprefix(CUSTOM) for name, (_, now_) in beside.items() if now_ is None]
    await SEALED_VALUES.drop(tx, [row.id], gone)
    changes = row.change(row.differing(back.told), team_id, beside)
    if not changes:
        row.touch()
    parted: Changes = {"parted": (None, kept.name)}
    tx.publish(row.changed(changes, *owner_before), **in_history(changes | parted))

    version = kept.merged["row"]["version"] + 2
    other = await _come_back(tx, of, kept.merged, {"version": version})
    files = [*custom_files.ids_in(other.custom), *await consents.proofs_of(tx, other.id)]
    await custom_files.move(STORE, tx, row.id, other.id, files)
    await _move_back(tx, kept, stayed)
    parts = await _parts_of(tx, kept)
    tx.publish(other.parted(row.id, tuple(parts)), personal={"parted": (None, row.name)})
    await segments.follow_parting(tx, row.id, other.id)
    await pairs.stay_apart(tx, actor, of, row.id, other.id)
    await pairs.remember(tx, of, row.id, other.id)
    kept.parted_at, kept.parted_by = now(), actor.id
    kept.forget()
    return told.model_copy(update={"parted_at": kept.parted_at})


async def _demand_own(tx: Tx, actor: Actor, of: type[Customer], told: Mapping[str, Any]) -> None:
    """Raise NotFound unless the record that comes back is one the actor could have merged."""
    values = {column.name: _value(column.type, told.get(column.name)) for column in of.__table__.c}
    names = (*of.plain, "id", "owner_id", "team_id", "created_at", "changed_at")
    ghost = of(**{name: values[name] for name in names})
    right, guard = access.right(of, "merge"), access.GUARDS[of]
    try:
        await demand_reach(tx, actor, right, ghost, guard)
    except Conflict:
        raise access.missing(of) from None


async def _stayed(tx: Tx, kept: MergeRow) -> set[UUID]:
    """Those that were moved and name another by now, or nobody."""
    left = {*kept.moved}
    for row in await _moved(tx, kept):
        left.discard(row.id)
    return left


async def _moved(tx: Tx, kept: MergeRow) -> list[Customer]:
    found: list[Customer] = []
    for kind, column in pairs.NAMING:
        query = select(kind).where(kind.id.in_(kept.moved), column == kept.survivor_id)
        found += (await tx.session.scalars(query)).all()
    return found


async def _move_back(tx: Tx, kept: MergeRow, stayed: set[UUID]) -> None:
    for row in await _moved(tx, kept):
        if row.id not in stayed:
            name_another(tx, row, kept.merged_id)


def name_another(tx: Tx, row: Customer, id: UUID) -> None:
    """Have a record name another company."""
    field = "company_id" if isinstance(row, PersonRow) else "parent_id"
    changes = row.change({field: id}, row.team_id)
    tx.publish(row.changed(changes, row.owner_id, row.team_id), **in_history(changes))


async def _parts_of(tx: Tx, kept: MergeRow) -> list[UUID]:
    """Those that were parts of the record that comes back are so again."""
    query = select(MergeRow).where(
        _merge.canonical_id == kept.survivor_id, _merge.parted_at.is_(None), _merge.id != kept.id
    )
    rows = (await tx.session.scalars(query.order_by(_merge.id.desc()))).all()
    parts: dict[UUID, None] = {kept.merged_id: None}
    for one in rows:  # the later ones first: into whom others had gone before
        if one.survivor_id in parts:
            parts[one.merged_id] = None
            one.canonical_id = kept.merged_id
    return [id for id in parts if id != kept.merged_id]


async def shown(tx: Tx, actor: Actor, of: type[Customer], kept: MergeRow) -> Merge:
    """With what parting them would leave as it is."""
    changed: list[ChangedSince] = []
    stayed: set[UUID] = set()
    if kept.merged:
        row = await tx.session.get_one(of, kept.survivor_id)
        changed = undone(of, kept.before, kept.after, await snapshot(tx, row)).changed
        stayed = await _stayed(tx, kept)
    return await _shown(tx, actor, of, kept, changed, len(stayed))


async def _shown(
    tx: Tx,
    actor: Actor,
    of: type[Customer],
    kept: MergeRow,
    changed: list[ChangedSince],
    stayed: int,
) -> Merge:
    hidden = actor.hidden(access.right(of, "read"))
    known = tx.schema.known.c
    name = select(known.label).where(known.kind == "user", known.id == kept.by_id)
    return Merge(
        id=kept.id,
        survivor_id=kept.survivor_id,
        merged_id=kept.merged_id,
        name=kept.name,
        by_name=await tx.session.scalar(name),
        at=kept.at,
        parted_at=kept.parted_at,
        changed=[one for one in changed if one.field not in hidden],
        stayed=stayed,
    )


async def canonical(tx: Tx, of: type[Customer], id: UUID) -> UUID | None:
    """The record that stands for one that was merged; None of one that was not."""
    query = select(_merge.canonical_id).where(_merge.merged_id == id, _merge.parted_at.is_(None))
    found: UUID | None = await tx.session.scalar(query.where(_merge.kind == of.kind))
    return found


async def merges(tx: Tx, actor: Actor, of: type[Customer], id: UUID) -> list[Merge]:
    """What became a part of a visible record, the latest first."""
    await access.record(tx, actor, of, id)
    query = select(MergeRow).where(_merge.survivor_id == id, _merge.parted_at.is_(None))
    rows = (await tx.session.scalars(query.order_by(_merge.id.desc()).limit(MANY))).all()
    return [await shown(tx, actor, of, kept) for kept in rows]


MANY = 50
"""Merges told at most."""
