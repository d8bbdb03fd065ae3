"""How far behind everything is, as numbers for metrics."""

from datetime import datetime
from typing import NamedTuple

from nats.aio.client import Client
from nats.js.errors import NotFoundError
from sqlalchemy import func, select

from gausdo.platform.bus.stream import last_entry
from gausdo.platform.db.database import Database


class OutboxLag(NamedTuple):
    """Events of a module on their way out. `oldest` is when the first of them happened."""

    unplaced: int
    unpublished: int
    oldest: datetime | None


async def outbox_lag(db: Database, nats: Client) -> OutboxLag:
    """How many committed events have no position yet, how many with one are not published."""
    return await outbox_of(db, await published(nats, db.schema.name))


async def published(nats: Client, module: str) -> int:
    """The position of the last event in a module's stream; 0 where there is none."""
    try:
        return (await last_entry(nats.jetstream(), module)).pos
    except NotFoundError:
        return 0


async def outbox_of(db: Database, published: int) -> OutboxLag:
    """As `outbox_lag`, for who knows how far the stream goes, or went when NATS was last there."""
    outbox, line = db.schema.outbox, db.schema.line
    async with db.begin() as tx:
        unplaced, oldest = (
            await tx.session.execute(
                select(func.count(), func.min(outbox.c.at)).where(outbox.c.pos.is_(None))
            )
        ).one()
        given = (await tx.session.execute(select(line.c.pos))).scalar_one()
        if given > published:
            oldest = await tx.session.scalar(
                select(outbox.c.at).where(outbox.c.pos > published).order_by(outbox.c.pos).limit(1)
            )
    return OutboxLag(unplaced, max(0, given - published), oldest)


async def consumer_lag(db: Database, nats: Client) -> dict[tuple[str, str], int]:
    """(consumer, source) → published events that it has not read yet."""
    cursor = db.schema.cursor
    async with db.begin() as tx:
        rows = (
            await tx.session.execute(select(cursor.c.consumer, cursor.c.source, cursor.c.pos))
        ).all()
    ends: dict[str, int] = {}
    for source in {row.source for row in rows}:
        try:
            ends[source] = (await last_entry(nats.jetstream(), source)).pos
        except NotFoundError:
            ends[source] = 0
    return {(row.consumer, row.source): max(0, ends[row.source] - row.pos) for row in rows}


async def parked_count(db: Database) -> int:
    """How many events are parked in a module, those that wait behind another included."""
    async with db.begin() as tx:
        found = await tx.session.execute(select(func.count()).select_from(db.schema.parked))
        return int(found.scalar_one())
