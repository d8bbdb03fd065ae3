"""The members of segments are kept here as customers tells them.

Events name the records that have crossed, and customers is asked in which segments they are by now;
of a segment that is new, or whose members were found anew, all are asked for in portions. What an
event has told while a portion was asked for is counted, and the portion is asked for again: so
whatever it was told was the latest, or the event that tells of its change comes after.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, any_, bindparam, delete, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.events import Envelope
from gausdo.modules.customers.contract import (
    MEMBERS_TOLD,
    CompanyMerged,
    CompanyParted,
    CompanyRemoved,
    CompanyRestored,
    Customers,
    PersonErased,
    PersonMerged,
    PersonParted,
    PersonRemoved,
    PersonRestored,
    SegmentChanged,
    SegmentEntered,
    SegmentFilled,
    SegmentLeft,
)
from gausdo.modules.sales.segment_tables import SegmentMemberRow, SegmentRow
from gausdo.platform.bus.subscriptions import Subscriptions
from gausdo.platform.db import Database, Tx
from gausdo.platform.portions import letting_others_pass

COPY = "sales.copy_segments"
"""The job that asks for all members of the segments that want it."""
_member = SegmentMemberRow.__table__.c
_OF_SEGMENT = frozenset({SegmentChanged.name, SegmentFilled.name})
_NAMES = ("record_id", "into_id", "from_id")
"""What of an event's body names a record beside its subject."""


class Service(Protocol):
    @property
    def db(self) -> Database: ...
    @property
    def customers(self) -> Customers: ...


class Told(NamedTuple):
    """In which segments these records are."""

    ids: frozenset[UUID]
    rows: list[dict[str, Any]]


def follow_segments(on: Subscriptions) -> None:
    """Listen to whatever makes somebody a member, and to what becomes of members."""
    on.batch(
        SegmentChanged,
        SegmentFilled,
        SegmentEntered,
        SegmentLeft,
        CompanyMerged,
        CompanyParted,
        CompanyRemoved,
        CompanyRestored,
        PersonErased,
        PersonMerged,
        PersonParted,
        PersonRemoved,
        PersonRestored,
        prepare=_ask,
    )(_follow)


async def _ask(service: Service, envelopes: list[Envelope]) -> Told:
    ids = sorted({id for envelope in envelopes for id in _records(envelope)})
    rows = await service.customers.in_segments(SYSTEM, ids) if ids else []
    return Told(frozenset(ids), [row.model_dump() for row in rows])


def _records(envelope: Envelope) -> Iterator[UUID]:
    if envelope.name in _OF_SEGMENT:
        return
    yield envelope.subject_id
    for name in _NAMES:
        if id := envelope.body.get(name):
            yield UUID(id)


async def _follow(_: Service, envelopes: list[Envelope], told: Told, tx: Tx) -> None:
    await _follow_segments(tx, [one for one in envelopes if one.name in _OF_SEGMENT])
    if not told.ids:
        return
    meanwhile = update(SegmentRow).where(SegmentRow.wanted).values(told=SegmentRow.told + 1)
    await tx.session.execute(meanwhile)
    known = {*await tx.session.scalars(select(SegmentRow.id))}
    rows = [row for row in told.rows if row["segment_id"] in known]
    await tx.session.execute(delete(SegmentMemberRow).where(_among(_member.record_id, told.ids)))
    if rows:
        await tx.session.execute(insert(SegmentMemberRow).on_conflict_do_nothing(), rows)


async def _follow_segments(tx: Tx, envelopes: list[Envelope]) -> None:
    for envelope in envelopes:
        id, body = UUID(envelope.body["segment_id"]), envelope.body
        if body.get("gone"):
            await tx.session.execute(delete(SegmentRow).where(SegmentRow.id == id))
            continue
        made = insert(SegmentRow).values(**_new(id, body["kind"]))
        if envelope.name == SegmentFilled.name:
            anew = made.on_conflict_do_update(
                index_elements=["id"],
                set_={"wanted": True, "place": None, "told": SegmentRow.told + 1},
            )
            await tx.session.execute(anew)
        else:
            await tx.session.execute(made.on_conflict_do_nothing())
    if envelopes:
        await tx.enqueue(COPY, once=True)


async def copy(service: Service) -> None:
    """Ask for the members of every segment that wants it, and of those that were there before
    anything was told of them; killed half-way it goes on from there.
    """
    kinds = await service.customers.segment_kinds(SYSTEM)
    rows = [_new(id, kind) for id, kind in sorted(kinds.items())]
    wanting = select(SegmentRow.id).where(SegmentRow.wanted).order_by(SegmentRow.id)
    async with service.db.begin() as tx:
        if rows:
            await tx.session.execute(insert(SegmentRow).on_conflict_do_nothing(), rows)
        ids = (await tx.session.scalars(wanting)).all()
    for id in ids:
        more = True
        while more:
            async with letting_others_pass():
                more = await _copy_portion(service, id)


async def _copy_portion(service: Service, id: UUID) -> bool:
    """Ask for some more members; false when these were the last."""
    async with service.db.begin() as tx:
        row = await tx.session.get(SegmentRow, id)
        if row is None or not row.wanted:
            return False
        asked = row.place, row.told
    page = await service.customers.segment_page(SYSTEM, id, asked[0])
    async with service.db.begin() as tx:
        row = await tx.session.get(SegmentRow, id, with_for_update=True)
        if row is None or (row.place, row.told) != asked:
            return row is not None
        if page is None:
            await tx.session.delete(row)
            return False
        last = page[-1] if len(page) == MEMBERS_TOLD else None
        between = [true()]
        if row.place is not None:
            between.append(_member.record_id > row.place)
        if last is not None:
            between.append(_member.record_id <= last)
        gone = delete(SegmentMemberRow).where(
            _member.segment_id == id, and_(*between), ~_among(_member.record_id, page)
        )
        await tx.session.execute(gone)
        if page:
            rows = [{"segment_id": id, "record_id": one} for one in page]
            await tx.session.execute(insert(SegmentMemberRow).on_conflict_do_nothing(), rows)
        row.wanted, row.place = last is not None, last
        return row.wanted


def _new(id: UUID, kind: str) -> dict[str, Any]:
    return {"id": id, "kind": kind, "wanted": True, "place": None, "told": 0}


def _among(id: ColumnElement[Any], ids: Iterable[UUID]) -> ColumnElement[bool]:
    return id == any_(bindparam(None, sorted(ids), ARRAY(Uuid())))
