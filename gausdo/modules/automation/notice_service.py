"""What one can do with one's notices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import ValidationError
from sqlalchemy import ColumnElement, and_, select, tuple_, update

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import invalid
from gausdo.kernel.pages import Listed, not_a_place, place, place_of
from gausdo.kernel.values import Time, now
from gausdo.modules.activities.contract import MEETINGS, TASKS
from gausdo.modules.automation import access
from gausdo.modules.automation.acting import Hands
from gausdo.modules.automation.notice_tables import NoticeRow, WishesRow
from gausdo.modules.automation.notices import ask_again
from gausdo.modules.automation.notices_contract import (
    UNREAD_SHOWN,
    Notice,
    NoticeActor,
    NoticeMarks,
    NoticeQuery,
    NoticeRecord,
    NoticeWishes,
    NoticeWishesDraft,
    Unread,
)
from gausdo.modules.automation.tables import RuleRow
from gausdo.modules.customers.contract import COMPANIES, PEOPLE
from gausdo.modules.sales.contract import DEALS
from gausdo.platform.db import Database, Tx

Names: TypeAlias = Mapping[tuple[str, UUID | None], str | None]
_PLACE = TypeAdapter(tuple[Time, UUID])


@dataclass(frozen=True)
class NoticesService:
    """The part of `AutomationService` that tells people."""

    db: Database
    hands: Hands

    async def list_notices(self, actor: Actor, query: NoticeQuery) -> Listed[Notice]:
        async with self.db.begin(actor) as tx:
            rows = await _page(tx, actor, query)
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        names = await self.names(actor, rows)
        people = await self._people(actor, rows)
        items = [_shown(row, names, people) for row in rows]
        return Listed(items=items, next=place(rows[-1].at, rows[-1].id) if more else None)

    async def unread_notices(self, actor: Actor) -> Unread:
        async with self.db.begin(actor) as tx:
            return await _unread(tx, actor)

    async def mark_notices(
        self, actor: Actor, marks: NoticeMarks, key: str | None = None
    ) -> Unread:
        async with self.db.begin(actor, key, marks) as tx:
            if not tx.told:
                if marks.read:
                    await _read(tx, actor, marks)
                else:
                    await _unread_again(tx, actor, marks.ids or [])
                tx.tell(await _unread(tx, actor))
            return tx.answer(Unread)

    async def notice_wishes(self, actor: Actor) -> NoticeWishes:
        async with self.db.begin(actor) as tx:
            row = await tx.session.get(WishesRow, actor.id)
            return (row or WishesRow.plain(actor.id)).shown()

    async def change_notice_wishes(
        self, actor: Actor, draft: NoticeWishesDraft, key: str | None = None
    ) -> NoticeWishes:
        async with self.db.begin(actor, key, draft) as tx:
            if not tx.told:
                row = await tx.session.get(WishesRow, actor.id, with_for_update=True)
                if row is None:
                    row = WishesRow.plain(actor.id)
                    tx.add(row)
                row.change(draft)
                if (row.quiet_from is None) != (row.quiet_until is None):
                    told = "A quiet time has a beginning and an end."
                    raise invalid("quiet_until", "both-ends", told)
                await ask_again(tx, actor.id)
                tx.tell(row.shown())
            return tx.answer(NoticeWishes)

    async def names(self, actor: Actor, rows: Sequence[NoticeRow]) -> Names:
        """Of the records the actor may see, each kind asked for once."""
        ids: dict[str, list[UUID]] = {}
        for about, id in {(row.about, row.record_id) for row in rows if row.record_id}:
            ids.setdefault(about, []).append(id)
        found: dict[tuple[str, UUID | None], str | None] = {}
        hands = self.hands
        if "deal" in ids and actor.may(DEALS.right("read")):
            deals = await hands.sales.named_deals(actor, ids["deal"])
            found |= {("deal", deal.id): deal.name for deal in deals}
        if "task" in ids and actor.may(TASKS.right("read")):
            tasks = await hands.activities.find_tasks(actor, ids["task"])
            found |= {("task", task.id): task.title for task in tasks}
        if "meeting" in ids and actor.may(MEETINGS.right("read")):
            meetings = await hands.activities.find_meetings(actor, ids["meeting"])
            found |= {("meeting", one.id): one.title for one in meetings}
        if "company" in ids and actor.may(COMPANIES.right("read")):
            companies = await hands.customers.named_companies(actor, ids["company"])
            found |= {("company", one.id): one.name for one in companies}
        if "person" in ids and actor.may(PEOPLE.right("read")):
            people = await hands.customers.named_people(actor, ids["person"])
            found |= {("person", one.id): one.name for one in people}
        if "rule" in ids and actor.may(access.READ):
            async with self.db.begin(actor) as tx:
                rules = await tx.session.scalars(select(RuleRow).where(RuleRow.id.in_(ids["rule"])))
                found |= {("rule", rule.id): rule.name for rule in rules}
        return found | {("import", id): None for id in ids.get("import", ())}  # one's own

    async def _people(self, actor: Actor, rows: Iterable[NoticeRow]) -> Mapping[UUID, str]:
        ids = {row.actor_id for row in rows if row.actor_id}
        if not ids:
            return {}
        return {user.id: user.name for user in await self.hands.identity.find_users(actor, [*ids])}


def _shown(row: NoticeRow, names: Names, people: Mapping[UUID, str]) -> Notice:
    notice = Notice(
        id=row.id,
        kind=row.kind,
        about=row.about,
        record=None,
        many=row.record_id is None,
        count=row.count,
        actor=row.actor_id and NoticeActor(id=row.actor_id, name=people.get(row.actor_id)),
        at=row.at,
        read=row.read_at is not None,
    )
    key = notice.about, row.record_id
    if row.record_id is None or key not in names:
        return notice
    record = NoticeRecord(id=row.record_id, name=names[notice.about, row.record_id])
    return notice.model_copy(update={"record": record})


async def _page(tx: Tx, actor: Actor, query: NoticeQuery) -> Sequence[NoticeRow]:
    """One row more than asked for tells that there are more."""
    rows = select(NoticeRow).where(NoticeRow.person_id == actor.id, NoticeRow.shown)
    if query.kind is not None:
        rows = rows.where(NoticeRow.kind == query.kind)
    if query.unread:
        rows = rows.where(NoticeRow.read_at.is_(None))
    if query.after is not None:
        try:
            at, id = _PLACE.validate_python(place_of(query.after, 2))
        except ValidationError as error:
            raise not_a_place() from error
        rows = rows.where(tuple_(NoticeRow.at, NoticeRow.id) < (at, id))
    newest = rows.order_by(NoticeRow.at.desc(), NoticeRow.id.desc()).limit(query.limit + 1)
    return (await tx.session.scalars(newest)).all()


def _own_unread(actor: Actor) -> list[ColumnElement[bool]]:
    return [NoticeRow.person_id == actor.id, and_(NoticeRow.shown), NoticeRow.read_at.is_(None)]


async def _unread(tx: Tx, actor: Actor) -> Unread:
    first = select(NoticeRow.id).where(*_own_unread(actor)).limit(UNREAD_SHOWN + 1)
    count = len((await tx.session.scalars(first)).all())
    return Unread(count=min(count, UNREAD_SHOWN), more=count > UNREAD_SHOWN)


async def _read(tx: Tx, actor: Actor, marks: NoticeMarks) -> None:
    narrow = _own_unread(actor)
    if marks.ids is not None:
        narrow.append(NoticeRow.id.in_(marks.ids))
    if marks.until is not None:
        narrow.append(NoticeRow.at <= marks.until)
    await tx.session.execute(update(NoticeRow).where(*narrow).values(read_at=now()))


async def _unread_again(tx: Tx, actor: Actor, ids: list[UUID]) -> None:
    """But where there is a newer one of its topic that is not read."""
    own = NoticeRow.person_id == actor.id, NoticeRow.shown
    read = select(NoticeRow).where(*own, NoticeRow.id.in_(ids), NoticeRow.read_at.is_not(None))
    rows = (await tx.session.scalars(read.order_by(NoticeRow.at.desc()).with_for_update())).all()
    newest = {(row.kind, row.topic_id): row for row in reversed(rows)}
    topics = tuple_(NoticeRow.kind, NoticeRow.topic_id)
    taken = await tx.session.execute(
        select(NoticeRow.kind, NoticeRow.topic_id).where(
            NoticeRow.person_id == actor.id, NoticeRow.read_at.is_(None), topics.in_([*newest])
        )
    )
    there = {(kind, topic_id) for kind, topic_id in taken}
    for topic, row in newest.items():
        if topic not in there:
            row.read_at = None
