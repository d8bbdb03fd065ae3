"""Segments as files: see `kernel/configuration.py`. Whom people put in by hand is no configuration,
and what is one's own or a team's is not the installation's.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from gausdo.kernel.conditions import Condition
from gausdo.kernel.errors import invalid
from gausdo.kernel.values import Line, LongLine
from gausdo.kernel.views import SeenBy
from gausdo.modules.customers import segments
from gausdo.modules.customers.segment_tables import SegmentRow
from gausdo.modules.customers.segments_contract import (
    SEGMENTS,
    SegmentDraft,
    SegmentHow,
    SegmentKind,
)
from gausdo.platform.configuration import At, Entry, Kind
from gausdo.platform.custom import CustomFields
from gausdo.platform.db import Tx


class SegmentEntry(Entry):
    kind: SegmentKind
    name: Line
    about: LongLine | None = None
    filter: Condition


class SharedSegments(Kind[SegmentEntry]):
    """The dynamic ones that everybody has."""

    name = "segments"
    entry = SegmentEntry
    guarded = SEGMENTS
    reading = segments.READ
    adding = "share"
    changing = "share"

    def __init__(self, fields: CustomFields) -> None:
        self._fields = fields

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[SegmentEntry]:
        query = (
            select(SegmentRow)
            .where(SegmentRow.how == SegmentHow.DYNAMIC, SegmentRow.seen_by == SeenBy.ALL)
            .order_by(SegmentRow.id)
        )
        rows = await tx.session.scalars(query.with_for_update() if lock else query)
        return [SegmentEntry.model_validate(row, from_attributes=True) for row in rows]

    async def add(self, at: At, wanted: SegmentEntry) -> None:
        draft = SegmentDraft(
            kind=wanted.kind,
            how=SegmentHow.DYNAMIC,
            name=wanted.name,
            about=wanted.about,
            filter=wanted.filter,
            seen_by=SeenBy.ALL,
        )
        added = await self._fields.there(at.tx, wanted.kind)
        await segments.add(at.tx, at.actor, draft, added, wanted.id)

    async def change(self, at: At, wanted: SegmentEntry, fields: Mapping[str, Any]) -> None:
        if "kind" in fields:
            raise invalid("kind", "kind", "Its members are of this kind: it stays.")
        row = await at.tx.session.get_one(SegmentRow, wanted.id, with_for_update=True)
        added = await self._fields.there(at.tx, wanted.kind)
        segments.demand_askable(at.actor, wanted.kind, wanted.filter, added)
        told = wanted.model_dump(mode="json", include=set(fields))
        await segments.rewrite(at.tx, row, told)

    async def remove(self, at: At, id: UUID) -> None:
        await segments.remove(at.tx, await at.tx.session.get_one(SegmentRow, id))
