"""Pairs that may be one: kept when a record comes or changes, shown to who may see both."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import SYSTEM, Actor, Right
from gausdo.kernel.errors import NotFound, invalid
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import new_id, now
from gausdo.modules.customers import access
from gausdo.modules.customers.doubles import PairRow, UnlookedRow
from gausdo.modules.customers.duplicates_contract import Pair
from gausdo.modules.customers.likeness import Evidence, portrait
from gausdo.modules.customers.suspects import FIELD, candidates_of, weighed
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow, schema
from gausdo.platform.db import Database, Read, Tx
from gausdo.platform.hidden import shown
from gausdo.platform.keyset import asked_page, listed
from gausdo.platform.known import user_name
from gausdo.platform.narrow import among_ids, asked_list, ids_of, same
from gausdo.platform.rights import asked_by, within

LOOK = "customers.look"
"""The job that looks whom records may be twice."""
PORTION = 50
"""Records of one transaction: who changes one of them waits for it no longer than that takes."""
PAUSE = 3.0
"""Seconds between two looks at whether a file is coming in."""
PAUSES = 20
"""So many of them in a row at most."""

KINDS: Mapping[str, type[Customer]] = {"company": CompanyRow, "person": PersonRow}
NAMING = ((PersonRow, PersonRow.company_id), (CompanyRow, CompanyRow.parent_id))
"""Who names a company, and where."""
_pair, _unlooked = PairRow.__table__.c, UnlookedRow.__table__.c


async def remember(tx: Tx, of: type[Customer], *ids: UUID) -> None:
    """Have these records looked at, once this transaction is committed."""
    if ids:
        every = func.unnest(bindparam("ids", [*ids], ARRAY(Uuid)))
        rows = select(literal(of.kind), every)
        await tx.session.execute(insert(UnlookedRow).from_select(["kind", "record_id"], rows))
        await tx.enqueue(LOOK, once=True)


async def remember_many(tx: Tx, of: type[Customer], ids: Sequence[UUID]) -> None:
    """The same of what a file brings."""
    if ids:
        await tx.copy(
            UnlookedRow.__tablename__, ("kind", "record_id"), ((of.kind, id) for id in ids)
        )
        await tx.enqueue(LOOK, once=True)


async def look(db: Database) -> None:
    """At every record that has come or changed.

    While a file brings more than are looked at in the meantime, it passes first: somebody waits for
    that, and what is looked at competes with it.
    """
    newest = paused = 0
    while (waiting := await _waiting(db)) is not None:
        oldest, before, newest = waiting[0], newest, waiting[1]
        many, coming = newest - oldest >= PORTION, newest - before > PORTION
        if many and coming and paused < PAUSES:
            paused += 1
            await asyncio.sleep(PAUSE)
        elif await _look_at_some(db):
            paused = 0
        else:
            return


async def _waiting(db: Database) -> tuple[int, int] | None:
    """The numbers of the first and the last of them."""
    async with db.begin(SYSTEM) as tx:
        ends = select(func.min(_unlooked.id), func.max(_unlooked.id))
        first, last = (await tx.session.execute(ends)).one()
    return None if first is None else (first, last)


async def _look_at_some(db: Database) -> bool:
    """Whether there were any that nobody else looks at."""
    async with db.begin(SYSTEM) as tx:
        some = select(_unlooked.id).order_by(_unlooked.id).limit(PORTION)
        taken = (
            delete(UnlookedRow)
            .where(UnlookedRow.id.in_(some.with_for_update(skip_locked=True).scalar_subquery()))
            .returning(_unlooked.kind, _unlooked.record_id)
        )
        rows = (await tx.session.execute(taken)).all()
        for kind, of in KINDS.items():
            if ids := {id for told, id in rows if told == kind}:
                await _look_at(tx, of, ids)
        return bool(rows)


async def _look_at(tx: Tx, of: type[Customer], ids: set[UUID]) -> None:
    """Keep their pairs as they are now; those that are told to be two stay so."""
    rows = (await tx.session.scalars(select(of).where(of.id.in_(ids)))).all()
    erased = [row.id for row in rows if isinstance(row, PersonRow) and row.erased_at is not None]
    await leave(tx, *ids - {row.id for row in rows})
    await part(tx, *erased)
    mine = {row.id: portrait(row.compared()) for row in rows if row.id not in erased}
    if not mine:
        return
    candidates, at = await candidates_of(tx, SYSTEM, of, mine), now()
    found: dict[tuple[UUID, UUID], Evidence] = {}
    for id, others in candidates.items():
        for one, evidence in weighed(of, mine[id], others):
            found[min(id, one.id), max(id, one.id)] = evidence
        await asyncio.sleep(0)  # people wait for what the same process does for them
    await _forget(tx, _of(*mine), _pair.apart_at.is_(None), _but(found))
    values = [
        {
            "id": new_id(),
            "kind": of.kind,
            "one_id": one_id,
            "other_id": other_id,
            "score": evidence.score,
            "clues": [*evidence.clues],
            "found_at": at,
        }
        for (one_id, other_id), evidence in sorted(found.items())
    ]
    if values:
        made = upsert(PairRow)
        fresh = {name: made.excluded[name] for name in ("score", "clues")}
        kept = made.on_conflict_do_update(index_elements=["one_id", "other_id"], set_=fresh)
        await tx.session.execute(kept, values)


def _but(found: Iterable[tuple[UUID, UUID]]) -> ColumnElement[bool]:
    """Whether a pair is none of these."""
    ones, others = ([pair[at] for pair in found] for at in (0, 1))
    there = func.unnest(
        bindparam("ones", ones, ARRAY(Uuid)), bindparam("others", others, ARRAY(Uuid))
    )
    pairs = there.table_valued("one_id", "other_id", name="found").render_derived()
    same = and_(pairs.c.one_id == _pair.one_id, pairs.c.other_id == _pair.other_id)
    return ~select(literal_column("1")).select_from(pairs).where(same).exists()


def _of(*ids: UUID) -> ColumnElement[bool]:
    return or_(_pair.one_id.in_(ids), _pair.other_id.in_(ids))


async def part(tx: Tx, *ids: UUID) -> None:
    """Forget the pairs of records that are no more."""
    if ids:
        await _forget(tx, _of(*ids))


async def leave(tx: Tx, *ids: UUID) -> None:
    """Forget the pairs of records that may come back, but for what somebody has said of them."""
    if ids:
        await _forget(tx, _of(*ids), _pair.apart_at.is_(None))


async def _forget(tx: Tx, *which: ColumnElement[bool]) -> None:
    """Locked in one order: who merges and who compares forget some of the same at once."""
    some = select(_pair.id).where(*which).order_by(_pair.one_id, _pair.other_id)
    await tx.session.execute(
        delete(PairRow).where(_pair.id.in_(some.with_for_update().scalar_subquery()))
    )


def pairs(actor: Actor, of: type[Customer], query: ListQuery) -> Read:
    """`Listed[Pair]` of those that nobody has told apart."""
    if query.q or query.filter:
        raise invalid("filter", "not-here", "Pairs are not filtered.")
    sorts = {"score": _pair.score, "found_at": _pair.found_at}
    asked = asked_list(actor, query, access.FIELDS[of], "pairs", of.kind)
    asked_page(asked, query, sorts, "-score")

    def statement() -> Select[Any]:
        rows = _rows(actor, of).where(_pair.apart_at.is_(None))
        if query.ids:
            rows = rows.where(among_ids(_pair.id, ids_of(query.ids)))
        return listed(rows, query, sorts, _pair.id, "-score")

    return asked.read(statement)


def pair(actor: Actor, of: type[Customer], id: UUID) -> Read:
    """The JSON of a `Pair`; no row when one of the two is not visible."""
    asked = asked_by(actor, "pair", of.kind)
    asked.add(id=id)
    return asked.read(lambda: _rows(actor, of).where(same(_pair.id, "id", id)))


def _rows(actor: Actor, of: type[Customer]) -> Select[Any]:
    """Pairs both of which are visible, each as the JSON of a `Pair`."""
    read = access.right(of, "read")
    actor.demand(read)
    one, other = of.__table__.alias("one"), of.__table__.alias("twin")
    both = [within(actor, read, access.guard(access.FIELDS[of], table)) for table in (one, other)]
    item = func.json_build_object(
        text("'id'"), _pair.id,
        text("'one'"), _twin(actor, of, one),
        text("'other'"), _twin(actor, of, other),
        text("'score'"), _pair.score,
        text("'clues'"), _clues(actor, read),
        text("'found_at'"), _pair.found_at,
    )  # fmt: skip
    return (
        select(item.label("item"))
        .select_from(PairRow)
        .join(one, one.c.id == _pair.one_id)
        .join(other, other.c.id == _pair.other_id)
        .where(_pair.kind == literal_column(f"'{of.kind}'"), *both)
    )


def _twin(actor: Actor, of: type[Customer], row: FromClause) -> ColumnElement[Any]:
    guard = access.guard(access.FIELDS[of], row)
    return func.json_build_object(
        text("'id'"), row.c.id,
        text("'name'"), row.c.name,
        text("'city'"), shown(actor, access.right(of, "read"), "city", row.c.city, guard),
        text("'owner_name'"), user_name(schema, row.c.owner_id),
        text("'created_at'"), row.c.created_at,
    )  # fmt: skip


def _clues(actor: Actor, read: Right) -> ColumnElement[Any]:
    """What they have in common, but for what the actor may not see of every record."""
    told: ColumnElement[Any] = _pair.clues
    for clue, field in FIELD.items():
        if field in actor.hidden(read):
            told = func.array_remove(told, literal_column(f"'{clue}'", Text))
    return told


async def tell_apart(tx: Tx, actor: Actor, of: type[Customer], id: UUID) -> Pair:
    """Raises NotFound, Forbidden."""
    told = await tx.json(pair(actor, of, id))
    row = await tx.session.get(PairRow, id, with_for_update=True)
    if told is None or row is None:
        raise NotFound("There is no such pair, or it is not yours to see.")
    for record_id in (row.one_id, row.other_id):
        await access.record(tx, actor, of, record_id, "merge")
    if row.apart_at is None:
        row.apart_at, row.apart_by = now(), actor.id
    return Pair.model_validate_json(told)


async def stay_apart(tx: Tx, actor: Actor, of: type[Customer], one: UUID, other: UUID) -> None:
    """Nobody is asked about these two again."""
    made = upsert(PairRow)
    apart = {"apart_at": now(), "apart_by": actor.id}
    values = {
        "id": new_id(),
        "kind": of.kind,
        "one_id": min(one, other),
        "other_id": max(one, other),
        "score": 0,
        "clues": [],
        "found_at": now(),
        **apart,
    }
    kept = made.on_conflict_do_update(index_elements=["one_id", "other_id"], set_=apart)
    await tx.session.execute(kept, [values])
