"""Keeping notices: each happening once for each person, several of one topic in one."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.values import new_id, now
from gausdo.modules.automation.notice_tables import (
    WRITE,
    NoticeLetterRow,
    NoticeRow,
    ReminderRow,
    ToldRow,
    WishesRow,
)
from gausdo.modules.automation.notices_contract import ByLetter, NoticesChanged, NoticeWay
from gausdo.modules.automation.telling import News
from gausdo.platform.db import Tx
from gausdo.platform.worklist import WAITING

KEPT = timedelta(days=90)
"""How long a notice is kept, read or not."""

Topic = tuple[UUID, str, UUID]
"""Person, kind and what it is about: what is folded into one notice while it is not read."""


async def tell(tx: Tx, news: Iterable[News]) -> None:
    """Write down what is new, as each person wants to be told."""
    if not (every := list({(one.event_id, one.person_id): one for one in news}.values())):
        return
    wishes = await wishes_of(tx, {one.person_id for one in every})
    ways = {(one.person_id, one.kind): wishes[one.person_id].way(one.kind) for one in every}
    wanted = [one for one in every if _is_wanted(ways[one.person_id, one.kind])]
    if fresh := await _untold(tx, wanted):
        await _write(tx, fresh, {key: way for key, way in ways.items() if _is_wanted(way)})


async def wishes_of(tx: Tx, people: Iterable[UUID]) -> dict[UUID, WishesRow]:
    ids = set(people)
    found = await tx.session.scalars(select(WishesRow).where(WishesRow.person_id.in_(ids)))
    known = {row.person_id: row for row in found}
    return {id: known.get(id) or WishesRow.plain(id) for id in ids}


async def forget_old(tx: Tx) -> None:
    """What is older than anybody looks back to."""
    before = now() - KEPT
    for kind in (NoticeRow, ToldRow):
        await tx.session.execute(delete(kind).where(kind.at < before))
    over = NoticeLetterRow.state != WAITING, NoticeLetterRow.created_at < before
    await tx.session.execute(delete(NoticeLetterRow).where(*over))


def _is_wanted(way: NoticeWay) -> bool:
    return way.shown or way.letter is not ByLetter.NEVER


async def _untold(tx: Tx, news: list[News]) -> list[News]:
    """Those nobody was told of before, though the event should have come before."""
    if not news:
        return []
    rows = [
        {"event_id": one.event_id, "person_id": one.person_id, "at": one.at}
        for one in sorted(news, key=lambda one: (one.event_id, one.person_id))
    ]
    made = insert(ToldRow).on_conflict_do_nothing().returning(ToldRow.event_id, ToldRow.person_id)
    kept = {(event_id, person_id) for event_id, person_id in await tx.session.execute(made, rows)}
    return [one for one in news if (one.event_id, one.person_id) in kept]


async def _write(tx: Tx, news: list[News], ways: Mapping[tuple[UUID, str], NoticeWay]) -> None:
    folded: dict[Topic, dict[str, Any]] = {}
    for one in sorted(news, key=lambda one: one.at):
        topic = one.person_id, one.kind, one.topic_id
        before = folded.get(topic)
        folded[topic] = {
            "id": new_id(),
            "person_id": one.person_id,
            "kind": one.kind,
            "topic_id": one.topic_id,
            "about": one.about,
            "record_id": one.record_id,
            "actor_id": one.actor_id,
            "count": before["count"] + 1 if before else 1,
            "at": one.at,
            "when_at": one.when_at,
            "shown": ways[one.person_id, one.kind].shown,
            "letter": ways[one.person_id, one.kind].letter,
        }
    made = insert(NoticeRow)
    now_so = ("at", "when_at", "actor_id", "shown", "letter")
    kept = made.on_conflict_do_update(
        index_elements=["person_id", "kind", "topic_id"],
        index_where=NoticeRow.read_at.is_(None),
        set_={
            **{name: made.excluded[name] for name in now_so},
            "count": NoticeRow.count + made.excluded.count,
            "letter_id": None,  # a letter that is on its way does not tell of this
        },
    )
    await tx.session.execute(kept, [folded[topic] for topic in sorted(folded)])  # one order for all
    await _ask_for_letters(
        tx,
        {
            (row["person_id"], row["letter"])
            for row in folded.values()
            if row["letter"] != ByLetter.NEVER
        },
    )
    for person_id in {row["person_id"] for row in folded.values() if row["shown"]}:
        tx.publish(NoticesChanged(person_id=person_id))


async def _ask_for_letters(tx: Tx, wanted: set[tuple[UUID, str]]) -> None:
    """One letter that is not written yet for each; it is held until here is committed, so that
    whoever writes it finds what is new.
    """
    if not wanted:
        return
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "letter": letter,
            "written": False,
            "created_at": now(),
            "due_at": now(),
            "state": WAITING,
            "attempts": 0,
        }
        for person_id, letter in sorted(wanted)
    ]
    made = insert(NoticeLetterRow)
    held = made.on_conflict_do_update(
        index_elements=["person_id", "letter"],
        index_where=(NoticeLetterRow.state == WAITING) & ~NoticeLetterRow.written,
        set_={"letter": made.excluded.letter},
    )
    await tx.session.execute(held, rows)
    await tx.enqueue(WRITE, once=True)


async def ask_again(tx: Tx, person_id: UUID) -> None:
    """Their letters that wait ask anew when it is their time."""
    await tx.session.execute(
        update(NoticeLetterRow)
        .where(
            NoticeLetterRow.person_id == person_id,
            NoticeLetterRow.state == WAITING,
            ~NoticeLetterRow.written,
        )
        .values(due_at=now())
    )
    await tx.enqueue(WRITE, once=True)


async def remind(tx: Tx, rows: Iterable[dict[str, Any]], over: Iterable[UUID]) -> None:
    """From now on at these times of these tasks, and of those that are `over` no more."""
    gone = delete(ReminderRow).where(ReminderRow.task_id.in_(set(over)))
    await tx.session.execute(gone)
    if every := list(rows):
        await tx.session.execute(insert(ReminderRow), every)
