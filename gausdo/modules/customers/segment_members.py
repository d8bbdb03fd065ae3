"""Who is in dynamic segments: found in portions when a condition is new, and kept up by events.

Membership is a fact of the installation: nobody's rights have a part in it. A segment's row is held
while its members are found, shared by those who follow events: so whatever a portion has read was
the latest, or is looked at again by the event that tells of its change.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias
from uuid import UUID

import structlog
from sqlalchemy import (
    ColumnElement,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from gausdo.kernel.conditions import Context, asked_fields
from gausdo.kernel.custom import CustomField
from gausdo.kernel.errors import Invalid
from gausdo.kernel.events import Envelope
from gausdo.kernel.values import now
from gausdo.modules.customers.segment_fields import asked, is_timed, worked_out
from gausdo.modules.customers.segment_tables import SegmentMemberRow, SegmentRow
from gausdo.modules.customers.segments_contract import (
    SegmentEntered,
    SegmentHow,
    SegmentKind,
    SegmentLeft,
)
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.platform.conditions_sql import to_sql
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database, Tx
from gausdo.platform.portions import letting_others_pass

PORTION = 1000
"""Records that are looked at in one transaction."""
FILL = "customers.fill_segments"
"""The job that finds the members of segments."""
Why: TypeAlias = Mapping[UUID, Envelope]
NO_REASON: Why = MappingProxyType({})
OF: dict[str, type[Customer]] = {of.kind: of for of in (CompanyRow, PersonRow)}
_member = SegmentMemberRow.__table__
log = structlog.get_logger("gausdo.customers")


class Service(Protocol):
    @property
    def db(self) -> Database: ...
    @property
    def fields(self) -> CustomFields: ...


async def fill(service: Service) -> None:
    """Find the members of every segment that wants it; killed half-way it goes on from there."""
    await _begin_the_day(service)
    wanting = select(SegmentRow.id).where(SegmentRow.filling).order_by(SegmentRow.id)
    async with service.db.begin() as tx:
        ids = (await tx.session.scalars(wanting)).all()
    for id in ids:
        more = True
        while more:
            async with letting_others_pass():
                more = await _fill_portion(service, id)


async def _begin_the_day(service: Service) -> None:
    """What asks how long ago something was is found anew once a day, and so is what asks of fields
    that are worked out, which no event of the record tells; who is in or out by that has entered
    or left.
    """
    today = _context(service).today
    made = {kind: worked_out(await service.fields.of(kind)) for kind in OF}
    query = select(SegmentRow).where(
        SegmentRow.how == SegmentHow.DYNAMIC, ~SegmentRow.filling, SegmentRow.day < today
    )
    async with service.db.begin() as tx:
        for row in await tx.session.scalars(query.with_for_update()):
            row.day = today
            asks = row.condition
            if asks and (is_timed(asks) or made[row.kind] & asked_fields(asks)):
                row.fill(quiet=False)


async def _fill_portion(service: Service, id: UUID) -> bool:
    """Look at some more records; false when the last of them was looked at."""
    async with service.db.begin() as tx:
        row = await tx.session.get(SegmentRow, id, with_for_update=True)
        if row is None or not row.filling:
            return False
        table = OF[row.kind].__table__.c
        if row.place is None:
            every = select(func.count().label("records")).select_from(OF[row.kind])
            row.records = await tx.session.scalar(every) or 0
            row.day = _context(service).today
        query = select(table.id).order_by(table.id).limit(PORTION)
        if row.place is not None:
            query = query.where(table.id > row.place)
        ids = (await tx.session.scalars(query)).all()
        last = ids[-1] if len(ids) == PORTION else None
        found = await settle(
            tx, row, await service.fields.there(tx, row.kind), _context(service), (row.place, last)
        )
        if found:
            row.done = min(row.done + PORTION, row.records)
            row.place = last
        row.filling = found and last is not None
        if found and row.quiet and not row.filling:
            tx.publish(row.filled())
        return row.filling


async def look_at(
    service: Service, tx: Tx, kind: str, ids: Collection[UUID], why: Why = NO_REASON
) -> None:
    """Records of a kind have changed: put them into the segments whose conditions they fulfil now,
    and take them out of the others. `why`: the event that tells so of each.
    """
    if not ids:
        return
    query = select(SegmentRow).where(
        SegmentRow.kind == kind, SegmentRow.how == SegmentHow.DYNAMIC, ~SegmentRow.broken
    )
    rows = (
        await tx.session.scalars(query.order_by(SegmentRow.id).with_for_update(read=True))
    ).all()
    fields = await service.fields.there(tx, kind) if rows else ()
    for row in rows:
        await settle(tx, row, fields, _context(service), sorted(ids), why)


async def fill_anew(tx: Tx, kind: str, name: str) -> None:
    """A field is another than it was: find the members of the segments that ask it."""
    query = select(SegmentRow).where(SegmentRow.kind == kind, SegmentRow.how == SegmentHow.DYNAMIC)
    for row in await tx.session.scalars(query.order_by(SegmentRow.id).with_for_update()):
        if row.condition is not None and name in asked_fields(row.condition):
            row.fill(quiet=True)
            await tx.enqueue(FILL, once=True)


Scope = Sequence[UUID] | tuple[UUID | None, UUID | None]
"""Certain records, or those after one id up to another."""


async def settle(
    tx: Tx,
    row: SegmentRow,
    added: Sequence[CustomField],
    context: Context,
    scope: Scope,
    why: Why = NO_REASON,
) -> bool:
    """Make the members of a segment among these records those that fulfil its condition.

    False, and the segment is broken from now on, when that asks of what is not there any more.
    """
    of = OF[row.kind]
    assert row.condition is not None
    can = asked(of, added)
    try:
        fits = to_sql(row.condition, can.fields, can.columns, context)
    except Invalid as error:
        log.warning("segment_broken", segment_id=str(row.id), error=error.detail)
        row.broken = True
        return False
    table = of.__table__
    fitting = select(table.c.id).where(_among(table.c.id, scope), fits).cte("fitting")
    came = (
        insert(SegmentMemberRow)
        .from_select(
            ["segment_id", "record_id", "since"],
            select(literal(row.id, Uuid()), fitting.c.id, literal(now())),
        )
        .on_conflict_do_nothing()
        .returning(_member.c.record_id)
        .cte("came")
    )
    gone = (
        delete(SegmentMemberRow)
        .where(
            _member.c.segment_id == row.id,
            _among(_member.c.record_id, scope),
            _member.c.record_id.not_in(select(fitting.c.id)),
        )
        .returning(_member.c.record_id)
        .cte("gone")
    )
    crossed = union_all(
        select(came.c.record_id, literal_column("true").label("entered")),
        select(gone.c.record_id, literal_column("false")),
    )
    for record_id, entered in (await tx.session.execute(crossed)).all():
        if not (row.filling and row.quiet):
            if record_id in why:
                tx.go_on(why[record_id])
            cross(tx, row, record_id, entered=entered)
    return True


def cross(tx: Tx, row: SegmentRow, record_id: UUID, *, entered: bool) -> None:
    """Tell that a record has entered a segment, or left it."""
    told = SegmentEntered if entered else SegmentLeft
    tx.publish(told(segment_id=row.id, kind=SegmentKind(row.kind), record_id=record_id))


def _among(id: ColumnElement[Any], scope: Scope) -> ColumnElement[bool]:
    if isinstance(scope, tuple):
        after, last = scope
        bounds = [*((id > after,) if after else ()), *((id <= last,) if last else ())]
        return and_(literal_column("true"), *bounds)
    return id == any_(bindparam(None, list(scope), ARRAY(Uuid())))


def _context(service: Service) -> Context:
    return Context(now=now(), time_zone=service.fields.zone)
