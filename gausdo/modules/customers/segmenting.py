"""The use cases of segments: one part of `CustomersService`."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import func, select

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Context
from gausdo.kernel.custom import CustomField
from gausdo.kernel.errors import invalid
from gausdo.kernel.lists import Askable, askable_field
from gausdo.kernel.mass import AT_MOST, Found, Selection
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.segments import segments_in
from gausdo.kernel.values import Json, now
from gausdo.modules.customers import access, segments
from gausdo.modules.customers.contract import PeopleQuery
from gausdo.modules.customers.fields import SEGMENT
from gausdo.modules.customers.segment_fields import asked, unseen
from gausdo.modules.customers.segment_members import OF
from gausdo.modules.customers.segment_tables import SegmentMemberRow, SegmentRow
from gausdo.modules.customers.segment_why import steps
from gausdo.modules.customers.segments_contract import (
    COUNTED,
    Membership,
    NotByHand,
    Segment,
    SegmentChange,
    SegmentCount,
    SegmentDraft,
    SegmentHow,
    SegmentMembers,
    SegmentMoved,
    SegmentWhy,
)
from gausdo.modules.customers.tables import CompanyRow, Customer, PersonRow
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Database, Tx

_member = SegmentMemberRow.__table__.c


class Segmenting:
    if TYPE_CHECKING:

        @property
        def db(self) -> Database: ...
        @property
        def fields(self) -> CustomFields: ...
        async def list_companies(self, actor: Actor, query: ListQuery) -> Json: ...
        async def list_people(self, actor: Actor, query: PeopleQuery) -> Json: ...

    async def asked_by(
        self, actor: Actor, of: type[Customer], query: ListQuery
    ) -> tuple[CustomField, ...]:
        """The fields that were added, where the list is asked for by one.

        Raises Invalid when it is asked for the members of a segment the actor does not see,
        Forbidden when who is in it would tell them what is hidden.
        """
        if ids := segments_in(query.filter, SEGMENT):
            fields = await self.fields.of(of.kind)
            async with self.db.begin(actor) as tx:
                found = await usable(tx, actor, ids, of.kind)
            for row in found:
                segments.demand_told(actor, row, fields)
        return await self.fields.asked_by(of.kind, query)

    async def segments(self, actor: Actor) -> list[Segment]:
        added = await self._added()
        async with self.db.begin(actor) as tx:
            return await self._shown(tx, actor, await segments.every(tx, actor), added)

    async def segment(self, actor: Actor, id: UUID) -> Segment:
        added = await self._added()
        async with self.db.begin(actor) as tx:
            row = await segments.one(tx, actor, id)
            return (await self._shown(tx, actor, [row], added))[0]

    async def segment_fields(self, actor: Actor) -> list[Askable]:
        actor.demand(segments.READ)
        told = []
        for of in OF.values():
            read = access.right(of, "read")
            if not actor.may(read):
                continue
            added = await self.fields.of(of.kind)
            own = list(asked(of, ()).fields)
            hidden = unseen(actor, of, added, [one.name for one in own])
            shown = [askable_field(one) for one in own if one.name not in hidden]
            more = await self.fields.askable(actor, read, of.kind)
            unsaid = unseen(actor, of, added, [one.name for one in more])
            fields = (*shown, *(one for one in more if one.name not in unsaid))
            told.append(Askable(object=read.object, fields=fields))
        return told

    async def add_segment(
        self, actor: Actor, draft: SegmentDraft, key: str | None = None
    ) -> Segment:
        added = await self._added()
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = await segments.add(tx, actor, draft, added[draft.kind])
                tx.tell((await self._shown(tx, actor, [row], added))[0])
            return tx.answer(Segment)

    async def change_segment(
        self, actor: Actor, id: UUID, change: SegmentChange, key: str | None = None
    ) -> Segment:
        added = await self._added()
        async with self.db.begin(actor, key, (id, change)) as tx:
            if not tx.told:
                row = await segments.one(tx, actor, id)
                row = await segments.change(tx, actor, id, change, added[row.kind])
                tx.tell((await self._shown(tx, actor, [row], added))[0])
            return tx.answer(Segment)

    async def remove_segment(self, actor: Actor, id: UUID, key: str | None = None) -> None:
        async with self.db.begin(actor, key, id) as tx:
            if not tx.told:
                await segments.remove(tx, await segments.one(tx, actor, id, change=True))

    async def segment_count(self, actor: Actor, id: UUID) -> SegmentCount:
        added = await self._added()
        async with self.db.begin(actor) as tx:
            row = await segments.one(tx, actor, id)
            segments.demand_told(actor, row, added[row.kind])
            of = OF[row.kind]
            table = of.__table__
            seen = (
                select(table.c.id)
                .join(SegmentMemberRow, _member.record_id == table.c.id)
                .where(_member.segment_id == id, access.visible(actor, of))
                .limit(COUNTED + 1)
            )
            count = (
                await tx.session.scalar(
                    select(func.count().label("seen")).select_from(seen.subquery())
                )
                or 0
            )
        return SegmentCount(count=min(count, COUNTED), more=count > COUNTED)

    async def put_into_segment(
        self, actor: Actor, id: UUID, members: SegmentMembers, key: str | None = None
    ) -> SegmentMoved:
        return await self._move(actor, id, members, key, into=True)

    async def take_out_of_segment(
        self, actor: Actor, id: UUID, members: SegmentMembers, key: str | None = None
    ) -> SegmentMoved:
        return await self._move(actor, id, members, key, into=False)

    async def _move(
        self, actor: Actor, id: UUID, members: SegmentMembers, key: str | None, *, into: bool
    ) -> SegmentMoved:
        _demand_selection(members.of)
        async with self.db.begin(actor) as tx:
            row = await segments.one(tx, actor, id)
            of = OF[row.kind]
        ids, more = await self._selected(actor, of, members.of)
        async with self.db.begin(actor, key, (id, members, into)) as tx:
            if not tx.told:
                row = await segments.one(tx, actor, id, change=True)
                if row.how != SegmentHow.STATIC:
                    raise NotByHand("Who is in this segment is found by its condition.")
                seen = await _seen(tx, actor, of, ids)
                moved = await (
                    segments.put(tx, actor, row, seen) if into else segments.take_out(tx, row, seen)
                )
                told = SegmentMoved(
                    moved=moved, same=len(seen) - moved, unseen=len(ids) - len(seen), more=more
                )
                tx.tell(told)
            return tx.answer(SegmentMoved)

    async def _selected(
        self, actor: Actor, of: type[Customer], selection: Selection
    ) -> tuple[set[UUID], bool]:
        """The ids that are meant, and whether there are more than are taken at once."""
        if selection.found is None:
            return {*(selection.ids or ())}, False
        ids: set[UUID] = set()
        after: str | None = None
        while len(ids) < AT_MOST:
            page = from_json(await self._page(actor, of, selection.found, after))
            ids |= {UUID(one["id"]) for one in page["items"]}
            after = page["next"]
            if after is None:
                break
        return ids, after is not None

    async def _page(
        self, actor: Actor, of: type[Customer], found: Found, after: str | None
    ) -> Json:
        if of is CompanyRow:
            return await self.list_companies(actor, found.page(ListQuery, after))
        return await self.list_people(actor, found.page(PeopleQuery, after))

    async def company_segments(self, actor: Actor, id: UUID) -> list[Membership]:
        return await self._memberships(actor, CompanyRow, id)

    async def person_segments(self, actor: Actor, id: UUID) -> list[Membership]:
        return await self._memberships(actor, PersonRow, id)

    async def _memberships(self, actor: Actor, of: type[Customer], id: UUID) -> list[Membership]:
        added = await self.fields.of(of.kind)
        async with self.db.begin(actor) as tx:
            await access.record(tx, actor, of, id)
            query = (
                select(SegmentRow, _member.since)
                .join(SegmentMemberRow, _member.segment_id == SegmentRow.id)
                .where(_member.record_id == id, segments.visible(actor))
                .order_by(SegmentRow.name, SegmentRow.id)
            )
            return [
                Membership(
                    segment_id=row.id,
                    name=row.name,
                    how=SegmentHow(row.how),
                    since=since,
                    removable=row.how == SegmentHow.STATIC and segments.is_editable(actor, row),
                )
                for row, since in (await tx.session.execute(query))
                if not segments.hidden_of(actor, row, added)
            ]

    async def why_segment(self, actor: Actor, id: UUID, record_id: UUID) -> SegmentWhy:
        added = await self._added()
        async with self.db.begin(actor) as tx:
            row = await segments.one(tx, actor, id)
            segments.demand_told(actor, row, added[row.kind])
            of = OF[row.kind]
            await access.record(tx, actor, of, record_id)
            member = await tx.session.get(SegmentMemberRow, (id, record_id))
            by_id = member.by_id if member else None
            told = []
            if row.condition is not None and not row.broken:
                context = Context(now=now(), time_zone=self.fields.zone)
                told = await steps(tx, of, record_id, row.condition, added[row.kind], context)
            return SegmentWhy(
                segment_id=id,
                record_id=record_id,
                how=SegmentHow(row.how),
                member=member is not None,
                since=member.since if member else None,
                by_id=by_id,
                by_name=(await _names(tx, [by_id])).get(by_id) if by_id else None,
                steps=tuple(told),
            )

    async def _added(self) -> dict[str, tuple[CustomField, ...]]:
        return {kind: await self.fields.of(kind) for kind in OF}

    async def _shown(
        self,
        tx: Tx,
        actor: Actor,
        rows: Iterable[SegmentRow],
        added: dict[str, tuple[CustomField, ...]],
    ) -> list[Segment]:
        every = list(rows)
        names = await _names(tx, {row.owner_id for row in every})
        return [
            segments.shown(actor, row, added[row.kind], names.get(row.owner_id)) for row in every
        ]


def _demand_selection(selection: Selection) -> None:
    if (selection.ids is None) == (selection.found is None):
        raise invalid("of", "mass-selection", "Name records by `ids`, or what is `found`.")


async def _seen(tx: Tx, actor: Actor, of: type[Customer], ids: Collection[UUID]) -> set[UUID]:
    table = of.__table__.c
    query = select(table.id).where(table.id.in_(sorted(ids)), access.visible(actor, of))
    return {*await tx.session.scalars(query)}


async def _names(tx: Tx, ids: Collection[UUID]) -> dict[UUID, str]:
    known = tx.schema.known.c
    query = select(known.id, known.label).where(known.kind == "user", known.id.in_(sorted(ids)))
    return {one.id: one.label for one in await tx.session.execute(query)}


async def usable(
    tx: Tx,
    actor: Actor,
    ids: Collection[UUID],
    kind: str | None = None,
    at: str = "filter",
) -> list[SegmentRow]:
    """These segments, of a kind when it is told. Raises Invalid when the actor sees not all."""
    query = select(SegmentRow).where(SegmentRow.id.in_(sorted(ids)), segments.visible(actor))
    if kind is not None:
        query = query.where(SegmentRow.kind == kind)
    rows = [*await tx.session.scalars(query)]
    if len(rows) < len(ids):
        told = "There is no such segment, or it is not yours to see."
        raise invalid(at, "unknown-segment", told)
    return rows
