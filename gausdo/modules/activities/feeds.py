"""What one can do with one's calendar's address, and what is read there."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound
from gausdo.kernel.values import Time, Value, new_id, now
from gausdo.modules.activities import access, feed_queries, meeting_access
from gausdo.modules.activities.feed_contract import NO_FEED, Feed, FeedFile
from gausdo.modules.activities.feed_file import FORMAT, written
from gausdo.modules.activities.feed_tables import FeedRow
from gausdo.platform.db import Database
from gausdo.platform.links import hashed, token_of

BEFORE, AHEAD = timedelta(days=366), timedelta(days=2 * 366)


@dataclass(frozen=True)
class FeedLinks:
    """Where calendars are read, and the key that their addresses are made with."""

    site: str
    key: str

    def url(self, id: UUID) -> str:
        return f"{self.site}/api/v1/calendar/{token_of(self.key, id)}.ics"


class _Made(Value):
    id: UUID
    made_at: Time


class Feeds:
    """The part of the service that other calendars read."""

    db: Database
    feed_links: FeedLinks

    async def feed(self, actor: Actor) -> Feed:
        async with self.db.begin(actor) as tx:
            row = await tx.session.get(FeedRow, actor.id)
            if row is None:
                return Feed(url=None, made_at=None)
            return Feed(url=self.feed_links.url(row.id), made_at=row.made_at)

    async def make_feed(self, actor: Actor, key: str | None = None) -> Feed:
        async with self.db.begin(actor, key, "feed") as tx:
            if not tx.told:
                id = new_id()
                link = hashed(token_of(self.feed_links.key, id))
                told = {"id": id, "link": link, "made_at": now()}
                query = insert(FeedRow).values(person_id=actor.id, **told)
                await tx.session.execute(
                    query.on_conflict_do_update(index_elements=["person_id"], set_=told)
                )
                # the address itself is written nowhere
                tx.tell(_Made(id=id, made_at=told["made_at"]))
            made = tx.answer(_Made)
        return Feed(url=self.feed_links.url(made.id), made_at=made.made_at)

    async def end_feed(self, actor: Actor, key: str | None = None) -> None:
        async with self.db.begin(actor, key, "no feed") as tx:
            if not tx.told:
                await tx.session.execute(delete(FeedRow).where(FeedRow.person_id == actor.id))
                tx.tell(None)

    async def feed_of(self, token: str) -> UUID:
        async with self.db.begin() as tx:
            query = select(FeedRow.person_id).where(FeedRow.link == hashed(token))
            found: UUID | None = await tx.session.scalar(query)
        if found is None:
            raise NotFound(NO_FEED)
        return found

    async def feed_file(self, actor: Actor, known: str | None = None) -> FeedFile:
        day = now().replace(hour=0, minute=0, second=0, microsecond=0)
        window = (day - BEFORE, day + AHEAD)
        meetings = tasks = b"[]"
        if actor.may(meeting_access.READ):
            meetings = await self.db.one(feed_queries.meetings(actor, *window))
        if actor.may(access.READ):
            tasks = await self.db.one(feed_queries.tasks(actor, *window))
        etag = hashlib.sha256(b"\n".join((FORMAT, meetings, tasks))).hexdigest()[:32]
        if etag == known:
            return FeedFile(etag=etag, content=None)
        content = await asyncio.to_thread(
            written, from_json(meetings), from_json(tasks), self.feed_links.site
        )
        return FeedFile(etag=etag, content=content)
