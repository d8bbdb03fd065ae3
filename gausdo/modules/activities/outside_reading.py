"""Reading calendars of elsewhere: what has changed since, and of that when it takes place.

What is read is written portion by portion, each event with its etag: a process that is killed has
read so much, and the next one reads the rest.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar
from urllib.parse import unquote
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.errors import NotFound
from gausdo.kernel.values import new_id, now
from gausdo.modules.activities.caldav import CannotRead, Dav, Found
from gausdo.modules.activities.outside_tables import (
    READ,
    OutsideAccountRow,
    OutsideCalendarRow,
    OutsideObjectRow,
    OutsideTimeRow,
)
from gausdo.modules.activities.outside_times import Taken, Window, repeats, times_of
from gausdo.modules.identity.contract import Identity
from gausdo.platform.crypto import Vault
from gausdo.platform.db import Database, Tx
from gausdo.platform.drain import Hopeless, NotNow, Work, drain
from gausdo.platform.outbound import Outbound
from gausdo.platform.worklist import WAITING

T = TypeVar("T")

EVERY = timedelta(minutes=15)
ANEW = timedelta(days=1)
"""After this a window has moved: what comes again is counted anew."""
BEFORE, AHEAD = timedelta(days=62), timedelta(days=400)
"""What is read: so far back, and so far ahead."""
PORTION = 50
LARGEST = 100_000
"""Characters of an event."""
SECONDS = 240.0
PATIENCE = 20.0
"""Seconds that one account's series may take to be counted."""
AT_ONCE = 4


class Reads(Protocol):
    @property
    def db(self) -> Database: ...
    @property
    def identity(self) -> Identity: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def outbound(self) -> Outbound: ...


async def read_accounts(service: Reads) -> None:
    """Those that are due."""

    async def read(account: OutsideAccountRow) -> datetime:
        begun = now()
        await _read(service, account)
        return begun

    work = Work(OutsideAccountRow, READ, read, _again, seconds=SECONDS, at_once=AT_ONCE)
    await drain(service.db, work)


async def _again(_: Tx, account: OutsideAccountRow, begun: datetime) -> None:
    """It is read again in a while; at once where that was asked for meanwhile."""
    account.state, account.attempts, account.problem = WAITING, 0, None
    account.read_at = now()
    if account.due_at <= begun:
        account.due_at = now() + EVERY


async def _read(service: Reads, account: OutsideAccountRow) -> None:
    """Raises NotNow for what passes by itself, Hopeless for what its person has to mend."""
    try:
        actor = await service.identity.actor(account.person_id)
    except NotFound:
        return  # who has left reads nothing
    async with service.db.begin() as tx:
        place = OutsideAccountRow.PASSWORD
        password = await service.vault.open(tx, place, account.id, account.password)
    dav = Dav(service.outbound, account.url, account.user, password)
    day = now().replace(hour=0, minute=0, second=0, microsecond=0)
    window = Window(day - BEFORE, day + AHEAD, ZoneInfo(actor.time_zone))
    reading = _Reading(service.db, dav, account.person_id, window)
    try:
        for one in await _known(service.db, account.id, await dav.calendars()):
            await reading.calendar(one)
    except CannotRead as error:
        if error.passes:
            later = {"problem": error.code, "attempts": 0, "due_at": now() + EVERY}
            raise NotNow(str(error), **later) from error
        raise Hopeless(str(error), problem=error.code) from error


class _Chosen(NamedTuple):
    """A calendar that is to be read; `mark` as the server has it now."""

    id: UUID
    href: str
    mark: str | None
    anew: bool


async def _known(db: Database, account_id: UUID, found: Sequence[Found]) -> list[_Chosen]:
    """Keep which calendars there are; those to be read, because anything may have changed."""
    at = now()
    told = {one.href: one for one in found}
    chosen: list[_Chosen] = []
    async with db.begin() as tx:
        held = await tx.session.get(OutsideAccountRow, account_id, with_for_update=True)
        if held is None:
            return []  # it was disconnected meanwhile
        rows = await tx.session.scalars(
            select(OutsideCalendarRow).where(OutsideCalendarRow.account_id == account_id)
        )
        for row in rows.all():
            one = told.pop(row.href, None)
            if one is None:
                await tx.session.delete(row)
                continue
            row.name, row.color = one.name, one.color
            anew = row.read_at is None or row.read_at < at - ANEW
            if row.chosen and (anew or one.mark is None or one.mark != row.mark):
                chosen.append(_Chosen(row.id, row.href, one.mark, anew))
        for one in told.values():
            tx.add(
                OutsideCalendarRow(
                    id=new_id(), account_id=account_id, href=one.href, name=one.name,
                    color=one.color, chosen=False, busy=True, mark=None, read_at=None,
                )
            )  # fmt: skip
    return chosen


class _Event(NamedTuple):
    href: str
    etag: str
    content: str
    times: list[Taken]


@dataclass
class _Reading:
    """Of one account, which has so much time for counting."""

    db: Database
    dav: Dav
    person_id: UUID
    window: Window
    spent: float = 0.0

    async def calendar(self, chosen: _Chosen) -> None:
        told = await self.dav.within(chosen.href, self.window.since, self.window.until)
        known = await self._let_go(chosen.id, told)
        if chosen.anew:
            await self._count_anew(chosen.id)
        wanted = [href for href, etag in told.items() if not etag or known.get(href) != etag]
        for some in _portions(wanted):
            found = await self._events(chosen.href, some)
            await self._keep(chosen.id, await self._counted(found))
        async with self.db.begin() as tx:
            row = await tx.session.get(OutsideCalendarRow, chosen.id, with_for_update=True)
            if row is not None and row.chosen:
                row.mark, row.read_at = chosen.mark, now()

    async def _let_go(self, id: UUID, told: Mapping[str, str]) -> dict[str, str]:
        """Forget what is there no more; the etags of what is known."""
        kept = OutsideObjectRow.__table__.c
        async with self.db.begin() as tx:
            rows = await tx.session.execute(
                select(kept.href, kept.etag).where(kept.calendar_id == id)
            )
            known = {row.href: row.etag for row in rows}
            if gone := [href for href in known if href not in told]:
                await tx.session.execute(
                    delete(OutsideObjectRow).where(kept.calendar_id == id, kept.href.in_(gone))
                )
        return known

    async def _count_anew(self, id: UUID) -> None:
        """What comes again, in a window that has moved."""
        query = select(OutsideObjectRow).where(
            OutsideObjectRow.calendar_id == id, OutsideObjectRow.content.is_not(None)
        )
        async with self.db.begin() as tx:
            found = await tx.session.scalars(query)
            rows = [(one.href, one.etag, one.content or "") for one in found]
        for some in _portions(rows):
            await self._keep(id, await self._counted(some))

    async def _events(self, calendar: str, hrefs: Sequence[str]) -> list[tuple[str, str, str]]:
        """Those that are there; one that cannot be read is left out, not the others with it."""
        try:
            found = await self.dav.events(calendar, hrefs)
        except CannotRead as error:
            if error.code != "odd":
                raise
            half = len(hrefs) // 2
            if not half:
                return []
            first = await self._events(calendar, hrefs[:half])
            return first + await self._events(calendar, hrefs[half:])
        asked = {unquote(href): href for href in hrefs}
        return [
            (asked[unquote(href)], etag, content)
            for href, (etag, content) in found.items()
            if unquote(href) in asked and len(content) <= LARGEST
        ]

    async def _counted(self, found: Sequence[tuple[str, str, str]]) -> list[_Event]:
        began = time.monotonic()
        events = await asyncio.to_thread(self._count, found)
        self.spent += time.monotonic() - began
        return events

    def _count(self, found: Sequence[tuple[str, str, str]]) -> list[_Event]:
        """Raises CannotRead when it takes longer than it may."""
        began, events = time.monotonic(), []
        for href, etag, content in found:
            if self.spent + time.monotonic() - began > PATIENCE:
                message = "The calendar has series that take too long to be counted."
                raise CannotRead("too-much", message)
            try:
                times = times_of(content, self.window)
            except (ValueError, KeyError, AttributeError, TypeError, OverflowError, IndexError):
                times = []  # whoever wrote it did not keep to the format
            events.append(_Event(href, etag, content, times))
        return events

    async def _keep(self, id: UUID, events: Sequence[_Event]) -> None:
        if not events:
            return
        async with self.db.begin() as tx:
            row = await tx.session.get(OutsideCalendarRow, id, with_for_update=True)
            if row is None or not row.chosen:
                return  # nobody wants it any more
            made = insert(OutsideObjectRow)
            now_so = {name: made.excluded[name] for name in ("etag", "content")}
            kept = made.on_conflict_do_update(
                index_elements=["calendar_id", "href"], set_=now_so
            ).returning(OutsideObjectRow.href, OutsideObjectRow.id)
            rows = [
                {
                    "id": new_id(),
                    "calendar_id": id,
                    "href": one.href,
                    "etag": one.etag,
                    "content": one.content if repeats(one.content) else None,
                }
                for one in sorted(events)
            ]
            ids = {row.href: row.id for row in await tx.session.execute(kept, rows)}
            await tx.session.execute(
                delete(OutsideTimeRow).where(OutsideTimeRow.object_id.in_(ids.values()))
            )
            times = [
                {
                    "id": new_id(),
                    "object_id": ids[one.href],
                    "calendar_id": id,
                    "person_id": self.person_id,
                    **taken._asdict(),
                }
                for one in events
                for taken in one.times
            ]
            if times:
                await tx.session.execute(insert(OutsideTimeRow), times)


def _portions(every: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(every), PORTION):
        yield every[start : start + PORTION]
