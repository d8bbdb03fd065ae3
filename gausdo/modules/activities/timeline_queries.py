"""Reads of timelines: which entries a page has; what they show is asked of who keeps it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import JSON, select, text

from gausdo.kernel.errors import invalid
from gausdo.kernel.pages import not_a_place, place, place_of
from gausdo.modules.activities.contract import RecordKind, TimelineKind
from gausdo.platform.db import Asked, Read


class Place(NamedTuple):
    at: datetime
    id: UUID

    def told(self) -> str:
        return place(self.at.isoformat(), self.id)


class Found(NamedTuple):
    """An entry, before it is known what it shows and to whom."""

    at: datetime
    id: UUID
    kind: TimelineKind
    of_kind: RecordKind
    of_id: UUID
    version: int
    meant_id: UUID
    """The record that stands for it, when it was merged."""

    @property
    def place(self) -> Place:
        return Place(self.at, self.id)


def place_after(after: str | None) -> Place | None:
    """Raises Invalid for a cursor that is none of ours."""
    if after is None:
        return None
    at, id = place_of(after, 2)
    try:
        found = Place(datetime.fromisoformat(str(at)), UUID(str(id)))
    except ValueError:
        raise not_a_place() from None
    if found.at.tzinfo is None:
        raise not_a_place()
    return found


def kinds_of(told: str | None) -> list[TimelineKind]:
    """Raises Invalid for a kind there is none of."""
    try:
        return [*dict.fromkeys(TimelineKind(kind) for kind in told.split(","))] if told else []
    except ValueError:
        kinds = ", ".join(TimelineKind)
        raise invalid("kinds", "choice", f"Some of: {kinds}.") from None


def entries(
    record_id: UUID, kinds: Sequence[TimelineKind], after: Place | None, limit: int
) -> Read:
    """The next of a record and of those that were merged into it, the latest first: `list[Found]`.

    Each of them, and each kind, is read in the order of an index, as far as the page goes.
    """
    asked = Asked()
    asked.add("entries", bool(kinds), after is not None)
    asked.add(record=record_id, most=limit)
    if kinds:
        asked.add(kinds=[*map(str, kinds)])
    if after is not None:
        asked.add(at=after.at, id=after.id)
    query = _ENTRIES[bool(kinds), after is not None]
    return asked.read(
        lambda: select(query.bindparams(**asked.values).columns(told=JSON).scalar_subquery())
    )


_BODY = """
    select coalesce(json_agg(json_build_array(
        at, id, kind, of_kind, of_id, version, meant_id) order by at desc, id desc), '[]') as told
    from (
        select distinct on (told.at, told.id)
            told.*, coalesce(meant.canonical_id, of_id) as meant_id
        from (
            select cast(:record as uuid) as id
            union all
            select id from activities.known where canonical_id = cast(:record as uuid)
        ) part {kinds}
        cross join lateral (
            select at, id, kind, of_kind, of_id, version
            from activities.timeline_entry entry
            where entry.record_id = part.id {narrow}
            order by at desc, id desc
            limit :most
        ) told
        left join activities.known meant on meant.kind = told.of_kind and meant.id = told.of_id
        order by told.at desc, told.id desc
        limit :most
    ) page
"""
_OF_KINDS = "cross join unnest(cast(:kinds as text[])) as asked(kind)"
_BEYOND = "and (entry.at, entry.id) < (cast(:at as timestamptz), cast(:id as uuid))"
_ENTRIES = {
    (of_kinds, beyond): text(
        _BODY.format(
            kinds=_OF_KINDS if of_kinds else "",
            narrow=("and entry.kind = asked.kind " if of_kinds else "")
            + (_BEYOND if beyond else ""),
        )
    )
    for of_kinds in (False, True)
    for beyond in (False, True)
}
