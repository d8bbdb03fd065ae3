"""How timelines are kept: each entry under its record and under those its record is linked with."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text

from gausdo.modules.activities.contract import MeetingKind, TimelineKind
from gausdo.modules.activities.meeting_tables import MeetingRow
from gausdo.modules.activities.note_tables import NoteRow
from gausdo.modules.activities.tables import TaskRow
from gausdo.platform.db import Tx


class Entry(NamedTuple):
    of_kind: str
    of_id: UUID
    at: datetime
    id: UUID
    kind: TimelineKind
    version: int = 1


class Linked(NamedTuple):
    """On which pages a record's entries are told beside its own, as of a version of it."""

    id: UUID
    version: int
    record_ids: tuple[UUID, ...]


async def put(tx: Tx, entries: Iterable[Entry]) -> None:
    """Keep entries; those that are kept already stay."""
    if told := [entry._asdict() for entry in entries]:
        await tx.session.execute(_PUT, {"entries": to_json(told).decode()})


async def put_own(tx: Tx, entries: Iterable[Entry]) -> None:
    """The same of what is written now: where its record is told is held as it is meanwhile, or
    whoever changes that would not see these and tell them nowhere else.
    """
    if told := list(entries):
        await tx.session.execute(_HOLD, {"ids": sorted({entry.of_id for entry in told})})
        await put(tx, told)


async def drop(tx: Tx, ids: Sequence[UUID]) -> None:
    """Keep no entry of these notes, tasks and meetings."""
    if ids:
        await tx.session.execute(_DROP, {"ids": list(ids)})


async def link(tx: Tx, links: Iterable[Linked]) -> None:
    """Tell records' entries on these pages and on no others; an older version changes nothing."""
    latest: dict[UUID, Linked] = {}
    for one in links:
        if one.id not in latest or latest[one.id].version <= one.version:
            latest[one.id] = one
    if not latest:
        return
    told = [latest[id]._asdict() for id in sorted(latest)]
    await tx.session.execute(_HOLD_ALONE, {"ids": sorted(latest)})
    found = await tx.session.execute(_LINK, {"links": to_json(told).decode()})
    gone: list[tuple[UUID, UUID]] = []
    new: list[tuple[UUID, UUID]] = []
    for id, before, after in found:
        gone += [(id, record) for record in {*before} - {*after}]
        new += [(id, record) for record in {*after} - {*before}]
    if gone:
        await tx.session.execute(_PART, _pairs(gone))
    if new:
        await tx.session.execute(_COPY, _pairs(new))


def of_note(row: NoteRow) -> list[Entry]:
    return [Entry(row.about_kind, row.about_id, row.created_at, row.id, TimelineKind.NOTE)]


def of_task(row: TaskRow) -> list[Entry]:
    if row.about_kind is None or row.about_id is None:
        return []
    return [Entry(row.about_kind, row.about_id, row.created_at, row.id, TimelineKind.TASK)]


def of_meeting(row: MeetingRow) -> list[Entry]:
    """Told where it takes place in time, of the record it is about and of those who take part."""
    kind = TimelineKind.CALL if row.kind == MeetingKind.CALL else TimelineKind.MEETING
    of = [("person", id) for id in row.person_ids]
    if row.about_kind is not None and row.about_id is not None:
        of.insert(0, (row.about_kind, row.about_id))
    return [Entry(*one, row.begins_at, row.id, kind) for one in dict.fromkeys(of)]


async def put_meeting(tx: Tx, row: MeetingRow) -> None:
    """Tell a meeting where it is now, and nowhere else."""
    await drop(tx, [row.id])
    await put_own(tx, of_meeting(row))


def _pairs(pairs: Sequence[tuple[UUID, UUID]]) -> dict[str, Any]:
    return {"ids": [id for id, _ in pairs], "records": [record for _, record in pairs]}


_HOLD = text("""
    select pg_advisory_xact_lock_shared(hashtextextended(id::text, 46))
    from unnest(cast(:ids as uuid[])) as id
""")
_HOLD_ALONE = text("""
    select pg_advisory_xact_lock(hashtextextended(id::text, 46))
    from unnest(cast(:ids as uuid[])) as id
""")
_PUT = text("""
    insert into activities.timeline_entry (record_id, at, id, kind, of_kind, of_id, version)
    select place.id, e.at, e.id, e.kind, e.of_kind, e.of_id, e.version
    from jsonb_to_recordset(cast(:entries as jsonb)) as e(
        at timestamptz, id uuid, kind text, of_kind text, of_id uuid, version bigint
    )
    cross join lateral (
        select e.of_id as id
        union select unnest(record_ids) from activities.timeline_place where id = e.of_id
    ) place
    on conflict do nothing
""")
_DROP = text("""
    delete from activities.timeline_entry
    where id = any(cast(:ids as uuid[])) and kind in ('note', 'task', 'meeting', 'call')
""")
_LINK = text("""
    with told as (
        select id, version, record_ids
        from jsonb_to_recordset(cast(:links as jsonb))
            as told(id uuid, version bigint, record_ids uuid[])
    ), before as materialized (
        select place.id, place.record_ids
        from activities.timeline_place place join told using (id)
    ), kept as (
        insert into activities.timeline_place as place (id, version, record_ids)
        select id, version, record_ids from told
        on conflict (id) do update
            set version = excluded.version, record_ids = excluded.record_ids
            where place.version < excluded.version
        returning place.id, place.record_ids
    )
    select kept.id, coalesce(before.record_ids, '{}'), kept.record_ids
    from kept left join before using (id)
""")
_PART = text("""
    delete from activities.timeline_entry told
    using unnest(cast(:ids as uuid[]), cast(:records as uuid[])) as pair(id, record_id),
        activities.timeline_entry own
    where own.record_id = pair.id and own.of_id = pair.id
        and told.record_id = pair.record_id and told.at = own.at and told.id = own.id
        and told.of_id = pair.id
""")
_COPY = text("""
    insert into activities.timeline_entry (record_id, at, id, kind, of_kind, of_id, version)
    select pair.record_id, own.at, own.id, own.kind, own.of_kind, own.of_id, own.version
    from unnest(cast(:ids as uuid[]), cast(:records as uuid[])) as pair(id, record_id)
    join activities.timeline_entry own on own.record_id = pair.id and own.of_id = pair.id
    on conflict do nothing
""")
