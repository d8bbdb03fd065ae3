"""What other modules tell of companies and people, for conditions of segments.

As long as a segment asks for it, it is asked anew for those around whom something happens, and once
of all that were there before; else nobody needs it, and nothing is kept. Of what became a part of
another record, that is told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.conditions import asked_fields
from gausdo.modules.activities.contract import Activities, ActivityAround
from gausdo.modules.customers.doubles import MergeRow
from gausdo.modules.customers.segment_fields import FACTS
from gausdo.modules.customers.segment_members import OF, look_at
from gausdo.modules.customers.segment_tables import AroundRow, AroundSourceRow, SegmentRow
from gausdo.modules.customers.segments_contract import SegmentHow
from gausdo.modules.customers.tables import PersonRow
from gausdo.modules.sales.contract import DealsAround, Sales
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database, Tx
from gausdo.platform.portions import letting_others_pass

PORTION = 500
"""Records of which others are asked at once."""
_merge, _person = MergeRow.__table__.c, PersonRow.__table__.c
Told = dict[UUID, dict[str, Any]]


class Service(Protocol):
    @property
    def db(self) -> Database: ...
    @property
    def fields(self) -> CustomFields: ...
    @property
    def around(self) -> "Around": ...


@dataclass(frozen=True)
class Around:
    """Over the modules that are made later than customers."""

    db: Database
    sales: Callable[[], Sales]
    activities: Callable[[], Activities]

    async def is_kept(self) -> bool:
        async with self.db.begin() as tx:
            return await tx.session.scalar(select(AroundSourceRow.kind).limit(1)) is not None

    async def records(self, kind: str, ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
        """The records that stand for these, each with all that is a part of it, itself included."""
        asked = sorted(set(ids))
        standing = select(_merge.merged_id, _merge.canonical_id).where(_merge.parted_at.is_(None))
        async with self.db.begin() as tx:
            mine = standing.where(_merge.merged_id.in_(asked))
            into = {one.merged_id: one.canonical_id for one in await tx.session.execute(mine)}
            found = {id: [id] for id in sorted({into.get(id, id) for id in asked})}
            parts = standing.where(_merge.kind == kind, _merge.canonical_id.in_(found))
            for part, id in await tx.session.execute(parts):
                found[id].append(part)
        return found

    async def employers(self, ids: Iterable[UUID]) -> list[UUID]:
        """The companies of these people."""
        query = select(_person.company_id).where(
            _person.id.in_(sorted(set(ids))), _person.company_id.is_not(None)
        )
        async with self.db.begin() as tx:
            return [*await tx.session.scalars(query)]

    async def told(self, records: Mapping[UUID, Sequence[UUID]]) -> Told:
        """What is told of records with these parts."""
        every = [part for parts in records.values() for part in parts]
        deals: dict[UUID, DealsAround] = {}
        happened: dict[UUID, ActivityAround] = {}
        for start in range(0, len(every), PORTION):
            ids = every[start : start + PORTION]
            for deal in await self.sales().deals_around(SYSTEM, ids):
                deals[deal.id] = deal
            for one in await self.activities().activity_around(SYSTEM, ids):
                happened[one.id] = one
        return {
            id: _of_deals([deals[part] for part in parts if part in deals])
            | _of_activity([happened[part] for part in parts if part in happened])
            for id, parts in records.items()
        }


def _of_deals(parts: Sequence[DealsAround]) -> dict[str, Any]:
    return {
        "open_deals": sum(one.open for one in parts),
        "won_deals": sum(one.won for one in parts),
        "lost_deals": sum(one.lost for one in parts),
        "pipelines": sorted({str(id) for one in parts for id in one.pipelines}),
        "largest_open": _most(one.largest_open for one in parts),
        "largest_won": _most(one.largest_won for one in parts),
        "last_won_at": _most(one.last_won_at for one in parts),
    }


def _of_activity(parts: Sequence[ActivityAround]) -> dict[str, Any]:
    due = [one.task_due_at for one in parts if one.task_due_at is not None]
    return {
        "last_activity_at": _most(one.last_at for one in parts),
        "open_tasks": sum(one.open_tasks for one in parts),
        "task_due_at": min(due, default=None),
    }


def _most(values: Iterable[Any]) -> Any:
    return max((value for value in values if value is not None), default=None)


async def keep(tx: Tx, told: Told, at: Mapping[UUID, datetime] | None = None) -> None:
    """Keep what is told; `at`: when something has just happened, whether it is told already."""
    rows = []
    for id, one in sorted(told.items()):
        latest = _most((one["last_activity_at"], (at or {}).get(id)))
        rows.append({"record_id": id, **one, "last_activity_at": latest})
    if rows:
        made = insert(AroundRow)
        names = [name for name in rows[0] if name != "record_id"]
        kept = made.on_conflict_do_update(
            index_elements=["record_id"], set_={name: made.excluded[name] for name in names}
        )
        await tx.session.execute(kept, rows)


async def ask_once(service: Service) -> None:
    """Ask of all that were there before anything was kept, where a segment wants to know; killed
    half-way it goes on. What others are still finding out themselves is asked for later.
    """
    if not await _is_asked_for(service.db):
        await _keep_nothing(service.db)
        return
    await _begin(service.db)
    if await _was_asked(service) or not await service.around.activities().knows_what_was(SYSTEM):
        return
    for kind in OF:
        more = True
        while more:
            async with letting_others_pass():
                more = await _ask_portion(service, kind)


async def _is_asked_for(db: Database) -> bool:
    query = select(SegmentRow).where(SegmentRow.how == SegmentHow.DYNAMIC, ~SegmentRow.broken)
    async with db.begin() as tx:
        conditions = [row.condition for row in await tx.session.scalars(query)]
    return any(not FACTS.keys().isdisjoint(asked_fields(one)) for one in conditions if one)


async def _begin(db: Database) -> None:
    """From now on events are followed, so that whoever is asked from now on is told the latest."""
    none = [{"kind": kind, "place": None, "done": False} for kind in OF]
    async with db.begin() as tx:
        begin = insert(AroundSourceRow).values(none).on_conflict_do_nothing()
        if (await tx.session.scalars(begin.returning(AroundSourceRow.kind))).all():
            # what an event has still kept while nobody asked any more is old by now
            await tx.session.execute(delete(AroundRow))


async def _keep_nothing(db: Database) -> None:
    async with db.begin() as tx:
        if (
            await tx.session.scalars(delete(AroundSourceRow).returning(AroundSourceRow.kind))
        ).all():
            await tx.session.execute(text("set local statement_timeout = '10min'"))
            await tx.session.execute(delete(AroundRow))


async def _was_asked(service: Service) -> bool:
    query = select(AroundSourceRow.kind).where(AroundSourceRow.done)
    async with service.db.begin() as tx:
        return {*await tx.session.scalars(query)} == {*OF}


async def _ask_portion(service: Service, kind: str) -> bool:
    table = OF[kind].__table__.c
    query = select(table.id).order_by(table.id).limit(PORTION)
    async with service.db.begin() as tx:
        source = await tx.session.get(AroundSourceRow, kind)
        if source is not None and source.done:
            return False
        if source is not None and source.place is not None:
            query = query.where(table.id > source.place)
        ids = (await tx.session.scalars(query)).all()
    told = await service.around.told(await service.around.records(kind, ids)) if ids else {}
    some = {id: one for id, one in told.items() if any(one.values())}
    done = len(ids) < PORTION
    async with service.db.begin() as tx:
        place = ids[-1] if ids else source and source.place
        await tx.session.merge(AroundSourceRow(kind=kind, place=place, done=done))
        kept = select(AroundRow.record_id).where(AroundRow.record_id.in_(sorted(some)))
        since = {*await tx.session.scalars(kept)}  # by an event, and later than this was asked
        new = {id: one for id, one in some.items() if id not in since}
        await keep(tx, new)
        await look_at(service, tx, kind, new)
    return not done
