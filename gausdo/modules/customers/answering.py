"""What conditions of rules ask of companies and people: one part of `CustomersService`.

They are asked all that a list is asked, the members of segments among it, of the records as they
are now. What happens around a record is asked through a segment: it is kept while one asks for it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from gausdo.kernel.actor import Actor, left_out
from gausdo.kernel.conditions import Condition, Context, Fields, Target, asked_fields, check
from gausdo.kernel.custom import CustomField
from gausdo.kernel.errors import invalid
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.segments import named_in
from gausdo.kernel.values import now
from gausdo.modules.customers import access, segments
from gausdo.modules.customers.fields import SEGMENT
from gausdo.modules.customers.segment_fields import FACTS, Asked, asked, demand_answerable, unseen
from gausdo.modules.customers.segment_members import OF
from gausdo.modules.customers.segment_tables import SegmentRow
from gausdo.modules.customers.segmenting import usable
from gausdo.modules.customers.segments_contract import SegmentKind
from gausdo.modules.customers.tables import Customer, PersonRow
from gausdo.platform.conditions_sql import to_sql
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database

AT = "condition"


class Answers:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...

    async def demand_condition(
        self,
        actor: Actor,
        kind: SegmentKind,
        condition: Condition,
        coming: Sequence[UUID] = (),
    ) -> None:
        of = OF[kind]
        read = access.right(of, "read")
        actor.demand(read)
        added = await self.fields.of(kind)
        check(condition, _asked(of, added).fields, Target.SQL, AT)
        demand_answerable(condition, AT)
        for name in unseen(actor, of, added, sorted(asked_fields(condition) - {SEGMENT})):
            raise left_out(read, name)
        if ids := named_in(condition, SEGMENT, AT) - {*coming}:
            async with self.db.begin(actor) as tx:
                for row in await usable(tx, actor, ids, kind, AT):
                    segments.demand_told(actor, row, added)

    async def fulfilling(
        self, actor: Actor, kind: SegmentKind, ids: list[UUID], condition: Condition
    ) -> list[UUID]:
        demand_gausdo(actor)
        of = OF[kind]
        table = of.__table__.c
        async with self.db.begin(actor) as tx:
            can = _asked(of, await self.fields.there(tx, kind))
            named = named_in(condition, SEGMENT, AT)
            there = select(SegmentRow.id).where(SegmentRow.id.in_(sorted(named)))
            if named and len((await tx.session.scalars(there)).all()) < len(named):
                raise invalid(AT, "unknown-segment", "A segment it asks for is there no more.")
            fits = to_sql(
                condition, can.fields, can.columns, Context(now=now(), time_zone=self.fields.zone)
            )
            those = table.id == any_(bindparam("ids", sorted(ids), ARRAY(Uuid())))
            query = select(table.id).where(those, fits)
            if of is PersonRow:
                query = query.where(PersonRow.erased_at.is_(None))
            return [*await tx.session.scalars(query)]


def _asked(of: type[Customer], added: Sequence[CustomField]) -> Asked:
    """Of what a segment is asked, its own fields; and its segments."""
    can = asked(of, added)
    guard = access.GUARDS[of]
    own = [one for one in can.fields if one.name not in FACTS]
    segment = next(one for one in guard.fields or () if one.name == SEGMENT)
    return Asked(Fields(of.kind, *own, segment), {**guard.columns, **can.columns})
