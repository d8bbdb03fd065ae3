"""Letters of notices: when they leave, and what they say."""

from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import NotFound
from gausdo.kernel.values import now
from gausdo.modules.automation.notice_service import NoticesService
from gausdo.modules.automation.notice_tables import (
    WRITE,
    NoticeLetterRow,
    NoticeRow,
    WishesRow,
)
from gausdo.modules.automation.notice_times import OF_TIMES, Told, standing
from gausdo.modules.automation.notice_words import Line, Reader, letter_of
from gausdo.modules.automation.notices import wishes_of
from gausdo.modules.automation.notices_contract import ByLetter, NoticeKind
from gausdo.modules.communications.contract import Note
from gausdo.platform.db import Tx
from gausdo.platform.drain import NotNow, Work, drain

MOST = 50
"""Notices told of in one letter; of the others it says how many there are."""


class _Written(NamedTuple):
    rows: list[NoticeRow]
    more: int


async def write_letters(service: NoticesService) -> None:
    """A kill between sending and recording sends a letter twice, with the same Message-ID."""

    async def send(letter: NoticeLetterRow) -> None:
        await _send(service, letter)

    await drain(service.db, Work(NoticeLetterRow, WRITE, send, _sent))


def leaves_at(letter: str, wishes: WishesRow, asked: datetime, at: datetime, zone: str) -> datetime:
    """When a letter asked for at `asked` may leave, `at` or later."""
    here = ZoneInfo(zone)
    due = max(at, _next(wishes.daily_at, asked, here) if letter == ByLetter.DAILY else asked)
    if wishes.quiet_from is None or wishes.quiet_until is None:
        return due
    local = due.astimezone(here).time()
    if _within(local, wishes.quiet_from, wishes.quiet_until):
        return _next(wishes.quiet_until, due, here)
    return due


def _within(moment: time, begin: time, end: time) -> bool:
    if begin <= end:
        return begin <= moment < end
    return moment >= begin or moment < end  # over midnight


def _next(clock: time, after: datetime, zone: ZoneInfo) -> datetime:
    """When the clock next shows this, there."""
    day = after.astimezone(zone).date()
    found = datetime.combine(day, clock, zone)
    return found if found > after else datetime.combine(day + timedelta(days=1), clock, zone)


async def _send(service: NoticesService, letter: NoticeLetterRow) -> None:
    """Raises NotNow until it is its time."""
    hands = service.hands
    try:
        actor = await hands.identity.actor(letter.person_id)
    except NotFound:
        return  # who has left is told of nothing
    users = await hands.identity.find_users(SYSTEM, [letter.person_id])
    async with service.db.begin() as tx:
        wishes = (await wishes_of(tx, [letter.person_id]))[letter.person_id]
    at = now()
    due = leaves_at(letter.letter, wishes, letter.created_at, at, actor.time_zone)
    if due > at:
        raise NotNow("It is not its hour yet.", due_at=due, attempts=0)
    written = await _write(service, letter)
    if not written.rows or not users:
        return
    site = hands.base_url.rstrip("/")
    lines = await _lines(service, actor, written.rows, site)
    if not lines:
        return  # time has overtaken all of it
    reader = Reader(actor.locale, users[0].name, actor.time_zone, site)
    words = letter_of(reader, lines, written.more)
    note = Note(
        id=letter.id, to=users[0].email, to_name=users[0].name, subject=words.subject,
        body=words.body, page=words.page,
    )  # fmt: skip
    await hands.communications.post(SYSTEM, note)


async def _write(service: NoticesService, letter: NoticeLetterRow) -> _Written:
    """What it tells of, settled once: what comes later goes with the next one."""
    async with service.db.begin() as tx:
        held = await tx.session.get_one(NoticeLetterRow, letter.id, with_for_update=True)
        if not held.written:
            held.written = True
            await tx.session.execute(
                update(NoticeRow)
                .where(
                    NoticeRow.person_id == letter.person_id,
                    NoticeRow.letter == letter.letter,
                    NoticeRow.letter_id.is_(None),
                    NoticeRow.read_at.is_(None),
                )
                .values(letter_id=letter.id)
            )
        of_it = NoticeRow.letter_id == letter.id
        found = await tx.session.scalars(
            select(NoticeRow).where(of_it).order_by(NoticeRow.at.desc()).limit(1000)
        )
        rows = list(found)
    return _Written(rows[:MOST], len(rows[MOST:]))


async def _lines(
    service: NoticesService, actor: Actor, rows: list[NoticeRow], site: str
) -> list[Line]:
    names = await service.names(actor, rows)
    people = {
        user.id: user.name
        for user in await service.hands.identity.find_users(
            SYSTEM, list({row.actor_id for row in rows if row.actor_id})
        )
    }
    zone = ZoneInfo(actor.time_zone)
    holding = await standing(service.hands.activities, actor, rows, now())
    return [
        Line(
            kind=told.kind if told else NoticeKind(row.kind),
            about=row.about,
            name=names.get((row.about, row.record_id)),
            link=_link(site, row, told, zone) if (row.about, row.record_id) in names else None,
            actor=people.get(row.actor_id) if row.actor_id else None,
            times=1 if told else row.count,
            many=row.record_id is None,
            at=row.at.astimezone(zone),
            when=told.when_at.astimezone(zone) if told and told.when_at else None,
            all_day=told is not None and told.all_day,
        )
        for row in rows
        for told in [holding.get(row.id)]
        if told or row.kind not in OF_TIMES
    ]


def _link(site: str, row: NoticeRow, told: Told | None, zone: ZoneInfo) -> str:
    if told and told.about:
        return f"{site}/{_PAGES[told.about.kind]}".format(told.about.id)
    page = f"{site}/{_PAGES[row.about]}".format(row.record_id)
    if row.about == "meeting" and told and told.when_at:
        page += f"&view=day&on={told.when_at.astimezone(zone):%Y-%m-%d}"
    return page


_PAGES = {
    "deal": "deals/{}",
    "company": "companies/{}",
    "person": "people/{}",
    "import": "imports/{}",
    "rule": "automation/{}",
    "task": "",  # of one that is about nothing: my day shows it
    "meeting": "calendar?meeting={}",
}


async def _sent(tx: Tx, letter: NoticeLetterRow, _: None) -> None:
    """What is told by letter alone is read with it."""
    told = NoticeRow.letter_id == letter.id, ~NoticeRow.shown, NoticeRow.read_at.is_(None)
    await tx.session.execute(update(NoticeRow).where(*told).values(read_at=now()))
