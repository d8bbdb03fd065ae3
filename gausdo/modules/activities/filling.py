"""Filling timelines with what happened before they were kept, or all over again."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, select, text

from gausdo.kernel.actor import SYSTEM
from gausdo.kernel.history import Happened, Happens
from gausdo.modules.activities import timeline
from gausdo.modules.activities.contract import TimelineKind
from gausdo.modules.activities.meeting_tables import MeetingRow
from gausdo.modules.activities.note_tables import NoteRow
from gausdo.modules.activities.tables import TaskRow
from gausdo.modules.activities.timeline import Entry, Linked
from gausdo.modules.activities.timeline_tables import (
    TimelineEntryRow,
    TimelinePlaceRow,
    TimelineSourceRow,
)
from gausdo.modules.communications.contract import Communications, LetterSent
from gausdo.modules.customers.contract import Customers
from gausdo.modules.sales.contract import DealChanged, Sales
from gausdo.platform.db import Database, Tx
from gausdo.platform.portions import letting_others_pass

PORTION = 200
"""Own records that are looked through at once."""
OWN = "activities"
"""The last source: what is read of it is read when all the others were."""
RECORDS = frozenset({"company", "person", "deal"})


class Service(Protocol):
    @property
    def db(self) -> Database: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def sales(self) -> Sales: ...
    @property
    def communications(self) -> Communications: ...


async def fill(service: Service) -> None:
    """Go on until there is nothing left; killed half-way it goes on from where it was."""
    sources: Mapping[str, Happens] = {
        "customers": service.customers,
        "sales": service.sales,
        "communications": service.communications,
    }
    for name, source in sources.items():
        while (place := await _place(service.db, name)) is not None:
            async with letting_others_pass():
                found = await source.happened(SYSTEM, place)
                async with service.db.begin() as tx:
                    await keep(tx, found)
                    await _reach(tx, name, found[-1].place if found else place, done=not found)
    if await _place(service.db, OWN) is not None:
        await _fill_own(service.db)


async def refill(db: Database) -> None:
    """Forget every entry; `fill` brings them back."""
    async with db.begin() as tx:
        await tx.session.execute(text("set local statement_timeout = '10min'"))
        for table in (TimelineEntryRow, TimelinePlaceRow, TimelineSourceRow):
            await tx.session.execute(delete(table))


async def keep(tx: Tx, told: Iterable[Happened]) -> None:
    """What happened elsewhere, as entries; in the order in which it happened."""
    every = list(told)
    await timeline.link(tx, [linked for one in every for linked in _linked(one)])
    await timeline.put(tx, [entry for one in every for entry in _entries(one)])


def _linked(one: Happened) -> Iterator[Linked]:
    """A deal is told of its company and its contact, a person of their company."""
    names = {"deal": ("company_id", "contact_id"), "person": ("company_id",)}.get(one.kind)
    if names is not None:
        ids = (one.body.get(name) for name in names)
        linked = dict.fromkeys(UUID(id) for id in ids if id)
        yield Linked(one.record_id, one.version, tuple(linked))


def _entries(one: Happened) -> Iterator[Entry]:
    if one.name == LetterSent.name:
        kind, id = one.body["about_kind"], one.body["about_id"]
        if kind in RECORDS and id is not None:
            yield Entry(kind, UUID(id), one.at, one.record_id, TimelineKind.LETTER)
        return
    of_deal = one.kind == "deal" and one.name != DealChanged.name
    kind = TimelineKind.DEAL if of_deal else TimelineKind.CHANGE
    yield Entry(one.kind, one.record_id, one.at, one.id, kind, one.version)


async def _place(db: Database, name: str) -> int | None:
    """How far a source was read; None when it was to the end."""
    async with db.begin() as tx:
        row = await tx.session.get(TimelineSourceRow, name)
        return 0 if row is None else None if row.done else row.place


async def _reach(tx: Tx, name: str, place: int, *, done: bool) -> None:
    await tx.session.merge(TimelineSourceRow(name=name, place=place, done=done))


async def _fill_own(db: Database) -> None:
    """Notes, tasks and meetings, which are here."""
    await _fill_rows(db, NoteRow, timeline.of_note)
    await _fill_rows(db, TaskRow, timeline.of_task)
    await _fill_rows(db, MeetingRow, timeline.of_meeting)
    async with db.begin() as tx:
        await _reach(tx, OWN, 0, done=True)


async def _fill_rows(db: Database, of: Any, entries: Any) -> None:
    after: UUID | None = None
    while True:
        query = select(of).order_by(of.id).limit(PORTION)
        if after is not None:
            query = query.where(of.id > after)
        async with letting_others_pass(), db.begin() as tx:
            rows = (await tx.session.scalars(query)).all()
            shown = [row for row in rows if getattr(row, "removed_at", None) is None]
            await timeline.put(tx, [entry for row in shown for entry in entries(row)])
        if len(rows) < PORTION:
            return
        after = rows[-1].id
