"""What other modules are told of segments and their members: one part of `CustomersService`.

They are told of records that are there: who was deleted, or is a part of another now, is in none.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from gausdo.kernel.actor import Actor
from gausdo.kernel.persons import demand_gausdo
from gausdo.modules.customers import segments
from gausdo.modules.customers.segment_members import OF
from gausdo.modules.customers.segment_tables import SegmentMemberRow, SegmentRow
from gausdo.modules.customers.segmenting import usable
from gausdo.modules.customers.segments_contract import MEMBERS_TOLD, InSegment, SegmentKind
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database

_member = SegmentMemberRow.__table__.c


class TellsSegments:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...

    async def demand_segments(self, actor: Actor, ids: list[UUID], at: str = "filter") -> None:
        added = {kind: await self.fields.of(kind) for kind in OF}
        async with self.db.begin(actor) as tx:
            for row in await usable(tx, actor, ids, at=at):
                segments.demand_told(actor, row, added[row.kind])

    async def segment_kinds(self, actor: Actor) -> dict[UUID, SegmentKind]:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.execute(select(SegmentRow.id, SegmentRow.kind))
            return {id: SegmentKind(kind) for id, kind in rows}

    async def segment_page(self, actor: Actor, id: UUID, after: UUID | None) -> list[UUID] | None:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            row = await tx.session.get(SegmentRow, id)
            if row is None:
                return None
            table = OF[row.kind].__table__.c
            there = exists().where(table.id == _member.record_id)
            query = select(_member.record_id).where(_member.segment_id == id, there)
            if after is not None:
                query = query.where(_member.record_id > after)
            page = query.order_by(_member.record_id).limit(MEMBERS_TOLD)
            return [*await tx.session.scalars(page)]

    async def in_segments(self, actor: Actor, ids: list[UUID]) -> list[InSegment]:
        demand_gausdo(actor)
        asked = _member.record_id == any_(bindparam("ids", sorted(ids), ARRAY(Uuid())))
        there = (exists().where(of.__table__.c.id == _member.record_id) for of in OF.values())
        query = select(_member.segment_id, _member.record_id).where(asked, or_(*there))
        async with self.db.begin(actor) as tx:
            rows = await tx.session.execute(query)
            return [InSegment(segment_id=segment, record_id=id) for segment, id in rows]
