"""The deals of a segment: those whose company, main contact or another contact is in it.

Whoever asks finds by members they may read, as their names are shown; what became a part of a
member means it.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.custom import CustomField
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.persons import demand_gausdo
from gausdo.kernel.segments import segments_in
from gausdo.modules.customers.contract import Customers
from gausdo.modules.sales.access import GUARD, READ
from gausdo.modules.sales.around_contract import DealSegments
from gausdo.modules.sales.contact_tables import DealContactRow
from gausdo.modules.sales.fields import SEGMENT, WITH
from gausdo.modules.sales.segment_tables import SegmentMemberRow, SegmentRow
from gausdo.modules.sales.tables import DealRow, schema
from gausdo.platform.conditions_sql import Meant
from gausdo.platform.custom import CustomFields
from gausdo.platform.custom_sql import guarded_with
from gausdo.platform.db import Database
from gausdo.platform.hidden import shown
from gausdo.platform.rights import Guard, within

_deal = DealRow.__table__.c


class Segmented:
    """The part of `SalesService` that asks whether one may find by a segment."""

    if TYPE_CHECKING:

        @property
        def customers(self) -> Customers: ...
        @property
        def fields(self) -> CustomFields: ...
        @property
        def db(self) -> Database: ...

    async def segments_of_deals(self, actor: Actor, ids: list[UUID]) -> list[DealSegments]:
        demand_gausdo(actor)
        async with self.db.begin(actor) as tx:
            rows = await tx.session.execute(_segments_of(ids))
            return [DealSegments(id=id, segments=frozenset(told)) for id, told in rows]

    async def asked_by(self, actor: Actor, query: ListQuery) -> tuple[CustomField, ...]:
        """The fields that were added, where the list is asked for by one.

        Raises Invalid, Forbidden when it is asked for by a segment that is not the actor's to use.
        """
        await self.demand_segments(actor, getattr(query, SEGMENT), query.filter)
        return await self.fields.asked_by("deal", query)

    async def demand_segments(
        self, actor: Actor, one: UUID | None, filter: str | None = None
    ) -> None:
        ids = segments_in(filter, SEGMENT) | ({one} if one is not None else set())
        if ids:
            await self.customers.demand_segments(actor, sorted(ids))


def _segments_of(ids: Sequence[UUID]) -> Select[Any]:
    """From these deals to whom they are with, and on to what stands for those by now."""
    those = bindparam("ids", sorted(ids), ARRAY(Uuid()))
    deal, beside = DealRow.__table__.alias().c, DealContactRow.__table__.alias().c
    company: ColumnElement[Any] = literal_column("'company'")
    person: ColumnElement[Any] = literal_column("'person'")
    sides = union_all(
        select(deal.id, company.label("kind"), deal.company_id.label("with_id")).where(
            deal.id == any_(those)
        ),
        select(deal.id, person, deal.contact_id).where(deal.id == any_(those)),
        select(beside.deal_id, person, beside.person_id).where(beside.deal_id == any_(those)),
    ).cte()
    known, member = schema.known.alias(), SegmentMemberRow.__table__.alias()
    return (
        select(sides.c.id, func.array_agg(member.c.segment_id.distinct()))
        .join(known, and_(known.c.kind == sides.c.kind, known.c.id == sides.c.with_id))
        .join(member, member.c.record_id == func.coalesce(known.c.canonical_id, known.c.id))
        .group_by(sides.c.id)
    )


def guard_of(actor: Actor, fields: Sequence[CustomField] = ()) -> Guard:
    """What the actor's filters may ask of deals; `fields` are those that were added."""
    guard = guarded_with(GUARD, fields, schema.name, _deal.custom)
    found = Meant(_deal.id, partial(deals_in, actor))
    return replace(guard, columns={**guard.columns, SEGMENT: found})


def of_segment(actor: Actor, segment_id: UUID) -> ColumnElement[bool]:
    """The deals of a segment, where one may see whom they are with."""
    one = func.array_append(literal_column("'{}'::uuid[]"), bindparam(SEGMENT, segment_id, Uuid))
    showing = (shown(actor, READ, name, true(), GUARD, false()) for name in sorted(WITH))
    return and_(_deal.id == any_(deals_in(actor, one)), *showing)


def deals_in(actor: Actor, segments: ColumnElement[Any]) -> ColumnElement[Any]:
    """The deals of any of these segments.

    From members to deals by an index, or the deals once through: whichever reads less. They are
    found once for a statement, as many columns of a board as ask for them.
    """
    main, beside = DealRow.__table__.alias().c, DealContactRow.__table__.alias().c
    company, person = (_meaning(actor, kind, segments).c.id for kind in ("company", "person"))
    found = union_all(
        select(main.id).where(main.company_id.in_(select(company))),
        select(main.id).where(main.contact_id.in_(select(person))),
        select(beside.deal_id).where(beside.person_id.in_(select(person))),
    ).cte()
    return select(found.c.id).scalar_subquery()


def _meaning(actor: Actor, kind: str, segments: ColumnElement[Any]) -> CTE:
    """Any of the ids that mean a member: its own, and of those that were merged into it."""
    part = schema.known.alias().c
    members = _members(actor, kind, segments)
    merged = select(part.id).where(
        part.kind == literal_column(f"'{kind}'"), part.canonical_id == members.c.id
    )
    return union_all(select(members.c.id), merged).cte()


def _members(actor: Actor, kind: str, segments: ColumnElement[Any]) -> CTE:
    member, segment = SegmentMemberRow.__table__.alias().c, SegmentRow.__table__.alias().c
    known = schema.known.alias().c
    of: ColumnElement[Any] = literal_column(f"'{kind}'")
    seen = within(actor, Right(f"customers.{kind}", "read"), Guard(known.owner_id, known.team_id))
    return (
        select(member.record_id.label("id"))
        .where(
            member.segment_id == any_(segments),
            segment.id == member.segment_id,
            segment.kind == of,
            known.kind == of,
            known.id == member.record_id,
            seen,
        )
        .cte()
    )
