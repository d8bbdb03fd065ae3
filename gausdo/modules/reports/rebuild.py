"""Fill the analytical store anew from the modules' own histories, while it is being used.

New tables stand beside those in use. From before the first history is read, what the loader brings
goes into both, so that the new ones miss nothing when they take the place of the old: an event
committed before the history was read is in it, a later one comes by the loader. What comes twice
counts once (see `platform.facts.Dataset`).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.values import new_id, now
from gausdo.modules.reports.tables import RebuildRow, schema
from gausdo.platform.analytics import Analytics
from gausdo.platform.db import Database, Tx
from gausdo.platform.facts import Dataset

CONSUMER = "analytics"
SUFFIX = "__new"
CHUNK = 8 * 1024 * 1024
"""Bytes of one insert."""
AT_ONCE = 2

_LOADING, _REBUILDING = 7_240_001, 7_240_002  # advisory locks of this database


@asynccontextmanager
async def loading(db: Database, *, alone: bool = False) -> AsyncIterator[Tx]:
    """A transaction in which the tables stay what they are; `alone`, when they may be changed."""
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    async with db.begin() as tx:
        await tx.session.execute(text("set local lock_timeout = '60s'"))  # as long as an insert
        await tx.session.execute(text("set local statement_timeout = '60s'"))
        await tx.session.execute(text(f"select {lock}({_LOADING})"))
        yield tx


async def rebuild(
    db: Database,
    analytics: Analytics,
    histories: Mapping[str, Database],
    told: Callable[[str, int], None] = lambda _name, _rows: None,
) -> dict[str, int]:
    """Fill all datasets; answers dataset → rows, and tells them as they go.

    `db` is that of reports, `histories` source → database of that module under its own role. A
    rebuild that was interrupted is simply started again. Raises RuntimeError while another runs.
    """
    async with db.connection() as guard:
        found = await (
            await guard.execute("select pg_try_advisory_lock(%s)", [_REBUILDING])
        ).fetchone()
        if not found or not found[0]:
            raise RuntimeError("The reports are being rebuilt already. Wait until that is done.")
        try:
            async with loading(db, alone=True) as tx:
                await tx.session.execute(delete(RebuildRow))
            await analytics.create()
            await analytics.drop(SUFFIX)
            await analytics.create(SUFFIX)
            async with loading(db, alone=True) as tx:
                await tx.session.execute(insert(RebuildRow).values(suffix=SUFFIX, since=now()))
            reached = {source: await _reached(histories[source]) for source in analytics.sources}
            filled = {
                dataset.name: await _fill(analytics, dataset, histories[dataset.source], told)
                for dataset in analytics.datasets
            }
            async with loading(db, alone=True) as tx:
                await tx.session.execute(delete(RebuildRow))
                for source, pos in reached.items():
                    await _pass(tx, source, pos)
                await analytics.swap(SUFFIX)
            await analytics.drop(SUFFIX)
            return filled
        finally:
            await guard.execute("select pg_advisory_unlock(%s)", [_REBUILDING])


async def _reached(source: Database) -> int:
    """The last position given by the source: all up to it is in the history."""
    async with source.connection() as connection:
        found = await (
            await connection.execute(f"select pos from {source.schema.name}.line".encode())  # noqa: S608
        ).fetchone()
        return int(found[0]) if found else 0


async def _pass(tx: Tx, source: str, pos: int) -> None:
    """The loader need not bring what is in already, even where the stream has lost it."""
    cursor = schema.cursor
    at = insert(cursor).values(consumer=CONSUMER, source=source, pos=pos, at=now())
    await tx.session.execute(
        at.on_conflict_do_update(
            index_elements=["consumer", "source"],
            set_={"pos": at.excluded.pos, "at": at.excluded.at},
            where=cursor.c.pos < at.excluded.pos,
        )
    )


async def _fill(
    analytics: Analytics, dataset: Dataset, source: Database, told: Callable[[str, int], None]
) -> int:
    """Stream one dataset; while chunks are inserted, the next is read."""
    rows, part, run = 0, 0, new_id()
    inserting: deque[asyncio.Task[None]] = deque()
    try:
        async for chunk in _chunks(source, dataset):
            if len(inserting) == AT_ONCE:
                await inserting.popleft()
            insertion = analytics.insert(
                dataset.name + SUFFIX, chunk, f"{run}-{part}", dataset.fields_told
            )
            inserting.append(asyncio.create_task(insertion))
            part += 1
            rows += chunk.count(b"\n")
            told(dataset.name, rows)
        await asyncio.gather(*inserting)
    finally:
        for task in inserting:
            task.cancel()
    return rows


async def _chunks(source: Database, dataset: Dataset) -> AsyncIterator[bytes]:
    """Lines as PostgreSQL's COPY tells them, of one snapshot."""
    lines, size = [], 0
    async with source.connection() as connection, connection.transaction():
        await connection.execute("set local statement_timeout = 0")
        await connection.execute("set local work_mem = '256MB'")  # for the sort of a state
        copied = connection.cursor().copy(f"copy ({dataset.history()}) to stdout".encode())
        async with copied as copy:
            async for line in copy:
                lines.append(bytes(line))
                size += len(line)
                if size >= CHUNK:
                    yield b"".join(lines)
                    lines, size = [], 0
    if lines:
        yield b"".join(lines)
