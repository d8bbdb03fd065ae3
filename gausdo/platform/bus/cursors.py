"""How far every consumer has read, told to all in the JetStream bucket `cursors`.

A module learns from it which of its outbox days nobody needs any more; it cannot look into the
schemas of others.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from nats.aio.client import Client
from nats.js.errors import BucketNotFoundError, KeyNotFoundError
from nats.js.kv import KeyValue
from sqlalchemy import func, select

from gausdo.kernel.values import now
from gausdo.platform.db.database import Database

BUCKET = "cursors"
PARTITIONS_AHEAD = timedelta(days=90)


async def _bucket(nats: Client) -> KeyValue:
    js = nats.jetstream()
    try:
        return await js.key_value(BUCKET)
    except BucketNotFoundError:
        return await js.create_key_value(bucket=BUCKET)


async def report_cursors(db: Database, nats: Client, consumer: str) -> None:
    """Tell how far a consumer has read each of its sources."""
    cursor = db.schema.cursor
    async with db.begin() as tx:
        rows = await tx.session.execute(
            select(cursor.c.source, cursor.c.pos).where(cursor.c.consumer == consumer)
        )
        places = {f"{consumer}.{row.source}": row.pos for row in rows}
    bucket = await _bucket(nats)
    for key, pos in places.items():
        await bucket.put(key, str(pos).encode())


async def reached(nats: Client, module: str, consumers: Iterable[str]) -> int:
    """The position of `module` that all these consumers have passed; 0 when one is unknown."""
    bucket = await _bucket(nats)
    passed = []
    for consumer in consumers:
        pos = 0
        with suppress(KeyNotFoundError):
            pos = int((await bucket.get(f"{consumer}.{module}")).value or 0)
        passed.append(pos)
    return min(passed, default=0)


async def janitor(db: Database, nats: Client, consumers: Iterable[str]) -> int:
    """Make the partitions of the coming days; drop the outbox days that everybody has read.

    `consumers` are all that listen to this module. Without any, what was sequenced may go. What is
    not sealed yet stays, once there are seals. Answers how many days were dropped. Raises what
    `is_outage` knows.
    """
    listeners = list(consumers)
    schema = db.schema
    today = now().date()
    if listeners:
        passed = await reached(nats, schema.name, listeners)
    else:
        async with db.begin() as tx:
            passed = (await tx.session.execute(select(schema.line.c.pos))).scalar_one()
    functions = getattr(func, schema.name)
    async with db.begin() as tx:
        sealed = await tx.session.scalar(select(func.max(schema.seal.c.to_pos)))
        passed = passed if sealed is None else min(passed, sealed)
        await tx.session.execute(select(functions.make_partitions(today, today + PARTITIONS_AHEAD)))
        dropped = await tx.session.execute(select(functions.drop_outbox(passed)))
        return int(dropped.scalar_one())
