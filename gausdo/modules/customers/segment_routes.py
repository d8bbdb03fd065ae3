"""Segments of companies and people over HTTP."""

from uuid import UUID

from gausdo.kernel.lists import Askable
from gausdo.modules.customers.contract import Customers
from gausdo.modules.customers.segments_contract import (
    Membership,
    Segment,
    SegmentChange,
    SegmentCount,
    SegmentDraft,
    SegmentMembers,
    SegmentMoved,
    SegmentWhy,
)
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


def segment_routes(api: Routes, customers: Customers) -> None:
    _kept(api, customers)
    _members(api, customers)


def _kept(api: Routes, customers: Customers) -> None:
    @api.get("/segments", right="customers.segment.read")
    async def segments(actor: CurrentActor) -> list[Segment]:
        """One's own, those of one's teams and those that everybody has, by name."""
        return await customers.segments(actor)

    @api.post("/segments", status=201, right="customers.segment.edit")
    async def add_segment(
        draft: SegmentDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Segment:
        """Members of a dynamic one are found in the background; the filter `segment` of lists
        gives them.
        """
        return await customers.add_segment(actor, draft, key)

    @api.get("/segments/fields", right="customers.segment.read")
    async def segment_fields(actor: CurrentActor) -> list[Askable]:
        """What their conditions may ask."""
        return await customers.segment_fields(actor)

    @api.get("/segments/{id}", right="customers.segment.read")
    async def segment(id: UUID, actor: CurrentActor) -> Segment:
        return await customers.segment(actor, id)

    @api.patch("/segments/{id}", right="customers.segment.edit")
    async def change_segment(
        id: UUID, change: SegmentChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Segment:
        return await customers.change_segment(actor, id, change, key)

    @api.delete("/segments/{id}", status=204, right="customers.segment.edit")
    async def remove_segment(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> None:
        await customers.remove_segment(actor, id, key)


def _members(api: Routes, customers: Customers) -> None:
    @api.get("/segments/{id}/count", right="customers.segment.read")
    async def segment_count(id: UUID, actor: CurrentActor) -> SegmentCount:
        """Members the reader may see, up to a thousand."""
        return await customers.segment_count(actor, id)

    @api.post("/segments/{id}/members", right="customers.segment.edit")
    async def put_into_segment(
        id: UUID, members: SegmentMembers, actor: CurrentActor, key: IdempotencyKey = None
    ) -> SegmentMoved:
        """By their ids, or all that a list finds."""
        return await customers.put_into_segment(actor, id, members, key)

    @api.post("/segments/{id}/members/remove", right="customers.segment.edit")
    async def take_out_of_segment(
        id: UUID, members: SegmentMembers, actor: CurrentActor, key: IdempotencyKey = None
    ) -> SegmentMoved:
        return await customers.take_out_of_segment(actor, id, members, key)

    @api.get("/segments/{id}/why", right="customers.segment.read")
    async def why_segment(id: UUID, record_id: UUID, actor: CurrentActor) -> SegmentWhy:
        """Why a record is in it, or is not: each part of the condition with the record's value."""
        return await customers.why_segment(actor, id, record_id)

    @api.get("/companies/{id}/segments", right="customers.segment.read")
    async def company_segments(id: UUID, actor: CurrentActor) -> list[Membership]:
        return await customers.company_segments(actor, id)

    @api.get("/people/{id}/segments", right="customers.segment.read")
    async def person_segments(id: UUID, actor: CurrentActor) -> list[Membership]:
        return await customers.person_segments(actor, id)
