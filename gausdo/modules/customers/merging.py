"""Two records become one, and two again.

The record that becomes a part of the other leaves its table whole, into `merge`; nobody's rows are
rewritten elsewhere: other modules learn by an event whom its id stands for. So parting is exact.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import select

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import CUSTOM, is_sealed
from gausdo.kernel.values import new_id, now
from gausdo.modules.customers import access, companies, documents, pairs, queries, segments
from gausdo.modules.customers.contract import Erased
from gausdo.modules.customers.doubles import MergeRow
from gausdo.modules.customers.duplicates_contract import Choice, Merge, MergeDraft, MergePreview
from gausdo.modules.customers.fields import DOCUMENT
from gausdo.modules.customers.file_tables import STORE
from gausdo.modules.customers.parting import leave, name_another, shown, snapshot
from gausdo.modules.customers.reach_contract import WAYS
from gausdo.modules.customers.schema import SEALED
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow, in_history
from gausdo.platform import custom_files
from gausdo.platform.crypto import Vault
from gausdo.platform.custom_rolling import rolled_keys
from gausdo.platform.db import Tx
from gausdo.platform.history import Changes
from gausdo.platform.owners import new_owner
from gausdo.platform.rights import demand_reach

MOVED = 5_000
"""Those that name a record and are moved with it, at most."""
NAMED = {"company_id": "company", "parent_id": "parent"}
"""Fields that name a company, and how a record tells them."""
_merge = MergeRow.__table__.c


async def preview(
    tx: Tx, actor: Actor, of: type[Customer], id: UUID, other_id: UUID
) -> MergePreview:
    await _both(tx, actor, of, id, other_id)
    told = [
        from_json(await tx.json(queries.one(actor, of, one)) or b"{}") for one in (id, other_id)
    ]
    mine, other = told
    hidden = {*mine["hidden"], *other["hidden"]}
    choices = [
        Choice(field=name, mine=one, other=two, take=_is_empty(one) and not _is_empty(two))
        for name in _chosen(of)
        if name not in hidden and (one := _told(mine, name)) != (two := _told(other, name))
    ]
    return MergePreview(
        id=id,
        name=mine["name"],
        version=mine["version"],
        other_id=other_id,
        other_name=other["name"],
        other_version=other["version"],
        choices=choices,
        **{way: _both_typed(mine, other, way) for way in WAYS},
        tags=[*dict.fromkeys((*mine["tags"], *other["tags"]))],
        moved=len(await _naming(tx, of, other_id)),
    )


def _chosen(of: type[Customer]) -> tuple[str, ...]:
    more = (DOCUMENT.name,) if of is PersonRow else ()
    return (*(name for name in of.plain if name != "tags"), *more, "owner_id")


def _told(record: Mapping[str, Any], field: str) -> Any:
    if field == "owner_id":
        return {"id": record["owner_id"], "name": record["owner_name"]}
    return record[NAMED.get(field, field)]


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value == ""


def _both_typed(mine: Mapping[str, Any], other: Mapping[str, Any], kind: str) -> list[str]:
    each = {one["normal"]: one["typed"] for one in (*other[kind], *mine[kind])}
    order = dict.fromkeys(one["normal"] for one in (*mine[kind], *other[kind]))
    return [each[normal] for normal in order]


async def _both(
    tx: Tx, actor: Actor, of: type[Customer], id: UUID, other_id: UUID, take: Iterable[str] = ()
) -> tuple[Customer, Customer]:
    """Both rows, locked in one order. Raises NotFound, Forbidden, Invalid, Erased."""
    rows = {
        one: await access.record(tx, actor, of, one, "merge", take)
        for one in sorted({id, other_id})
    }
    if id == other_id:
        raise invalid("other_id", "same", "This is the same record.")
    if any(isinstance(row, PersonRow) and row.erased_at is not None for row in rows.values()):
        raise Erased("This person was erased on their request. Add them anew.")
    return rows[id], rows[other_id]


async def merge(
    tx: Tx, actor: Actor, of: type[Customer], id: UUID, draft: MergeDraft, vault: Vault
) -> Merge:
    """Raises NotFound, Forbidden, Stale, Invalid."""
    if unknown := sorted({*draft.take} - {*_chosen(of)}):
        raise invalid("take", "unknown", f"There is nothing to choose: {', '.join(unknown)}.")
    row, other = await _both(tx, actor, of, id, draft.other_id, draft.take)
    await tx.fresh(row, draft.version, queries.one(actor, of, id))
    await tx.fresh(other, draft.other_version, queries.one(actor, of, other.id))
    naming = await _naming(tx, of, other.id)
    if len(naming) > MOVED:
        raise invalid("other_id", "too-many", f"More than {MOVED} records name it.")
    before, merged = await snapshot(tx, row), await snapshot(tx, other)
    owner_before = row.owner_id, row.team_id
    told = await _united(tx, vault, row, other, draft.take)
    if "owner_id" in told:
        await demand_reach(tx, actor, access.right(of, "assign"), row, access.GUARDS[of])
    _, team_id = await new_owner(tx, actor, told.get("owner_id", row.owner_id))
    if isinstance(row, CompanyRow):
        await companies.demand_above(tx, told.get("parent_id", row.parent_id), id, other.id)
    beside = await documents.keep(tx, vault, row, told)
    rolled = await rolled_keys(tx, of.kind)
    taken = {key: value for key, value in other.custom.items() if key not in rolled}
    added = row.set_added(custom_files.united(row.custom, taken))
    await custom_files.move(STORE, tx, other.id, id)
    await SEALED.copy(tx, vault, of.kind, other.id, id, _keys(added))
    beside |= added
    changes = row.change(row.differing(told), team_id, beside)
    if not changes:
        row.touch()
    tx.publish(
        row.changed(changes, *owner_before), **in_history(changes | {"merged": (None, other.name)})
    )
    parts = await _parts_of(tx, other.id)
    await leave(tx, other)
    kept = MergeRow(
        id=new_id(),
        kind=of.kind,
        survivor_id=id,
        merged_id=other.id,
        canonical_id=id,
        name=other.name,
        merged=merged,
        before=before,
        after=await snapshot(tx, row),
        moved=[one.id for one in naming if one.id != id],
        by_id=actor.id,
        at=now(),
    )
    tx.add(kept)
    for one in naming:
        if one.id != id:  # nobody belongs to themselves
            name_another(tx, one, id)
    for part in parts:
        part.canonical_id = id
    with_ids = tuple(part.merged_id for part in parts)
    tx.publish(other.merged(id, with_ids), personal={"merged": (None, row.name)})
    await segments.follow_merge(tx, id, other.id)
    await pairs.part(tx, other.id)
    await pairs.remember(tx, of, id)
    return await shown(tx, actor, of, kept)


def _keys(changes: Changes) -> list[str]:
    return [name.removeprefix(CUSTOM) for name in changes if is_sealed(name)]


async def _united(
    tx: Tx, vault: Vault, row: Customer, other: Customer, take: Iterable[str]
) -> dict[str, Any]:
    """The fields of both as one: what is taken of the other, what was empty, and both lists."""
    told: dict[str, Any] = {}
    for name in _chosen(type(row)):
        if name == DOCUMENT.name:
            continue
        theirs = getattr(other, name)
        if name in take or (_is_empty(getattr(row, name)) and not _is_empty(theirs)):
            told[name] = theirs
    for name in NAMED:
        if told.get(name, getattr(row, name, None)) in {row.id, other.id}:
            told[name] = None
    if isinstance(row, PersonRow) and (DOCUMENT.name in take or row.document_sealed is None):
        told[DOCUMENT.name] = await DOCUMENT.read(tx, vault, other)
    for kind in WAYS:
        each = {one.normal: one for one in (*other.reached_by(kind), *row.reached_by(kind))}
        order = dict.fromkeys(
            one.normal for one in (*row.reached_by(kind), *other.reached_by(kind))
        )
        told[kind] = [each[normal] for normal in order]
    told["tags"] = [*dict.fromkeys((*row.tags, *other.tags))]
    return told


async def _naming(tx: Tx, of: type[Customer], id: UUID) -> list[Customer]:
    """The records that name a company, locked."""
    found: list[Customer] = []
    for kind, column in pairs.NAMING if of is CompanyRow else ():
        query = select(kind).where(column == id).order_by(kind.id).limit(MOVED + 1)
        found += (await tx.session.scalars(query.with_for_update())).all()
    return found


async def _parts_of(tx: Tx, id: UUID) -> list[MergeRow]:
    query = select(MergeRow).where(_merge.canonical_id == id, _merge.parted_at.is_(None))
    return [*await tx.session.scalars(query.order_by(_merge.id).with_for_update())]
