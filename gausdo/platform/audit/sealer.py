"""The sealer: what is in the history is put under seal a few seconds later, off everybody's way.

The outbox gives committed events a strict place without gaps; a seal takes the next places, with
what the history has for each. What was in the history before the chain began – an older release,
the demo's past – has no place any more and is sealed by its ids.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from gausdo.kernel.values import now
from gausdo.platform.audit.chain import (
    COLUMNS,
    DIGEST,
    ENTRY,
    NOTHING,
    Entry,
    Seal,
    select_seals,
    signed,
)
from gausdo.platform.audit.heads import Head, Heads
from gausdo.platform.db import Database

LOT = 1000
"""Entries of one seal at most."""
PAUSE = 10.0
"""Seconds between looks for what is to be sealed."""
BREATH = 2.0
"""Seconds between seals while there is something of before: nothing waits for those."""
LOCK = 7_220_003
REMIND = 300.0
"""Seconds between complaints about an end that does not fit."""

_LAST = "order by n desc limit 1"
_TRY = "select pg_try_advisory_xact_lock(%s, hashtext(%s))"
_BEGIN = """
select coalesce((select max(id) from {schema}.history), 0),
    coalesce((select min(pos) - 1 from {schema}.outbox), (select pos from {schema}.line)),
    pg_snapshot_xmax(pg_current_snapshot())::text
"""
_ENTRY = """
    e.pos, e.event_id, e.kind, e.subject_id, h.id, h.at, {digest},
    p.event_id is not null and p.salt is null
""".replace("{digest}", DIGEST)
_EVENTS = """
select {entry} from (
    select pos, subject_id, version, event_id, kind, at from {schema}.outbox
    where pos > %s order by pos limit %s
) e
left join lateral (
    select * from {schema}.history h
    where h.subject_id = e.subject_id and h.version = e.version and h.event_id = e.event_id
        and h.at = e.at
    limit 1
) h on true
left join {schema}.personal p on p.event_id = e.event_id
order by e.pos
""".replace("{entry}", _ENTRY)
_REACH = """
select max(id), count(*) from (
    select id from {schema}.history where id > %s and id <= %s order by id limit %s
) lot
"""
BEFORE = """
with lot as materialized (
    select * from {schema}.history where id > %s and id <= %s
), sealed as materialized (
    select unnest(ids) as id from {schema}.seal
    where kind = 'events' and first_at <= (select max(at) from lot)
        and last_at >= (select min(at) from lot)
)
select {entry} from lot h
cross join lateral (select null::bigint as pos, h.event_id, h.kind, h.subject_id) e
left join {schema}.personal p on p.event_id = h.event_id
where not exists (select from sealed s where s.id = h.id)
    and not exists (
        select from {schema}.outbox o
        where (o.pos is null or o.pos > %s) and o.event_id = h.event_id
    )
order by h.id
""".replace("{entry}", _ENTRY)
"""What was sealed with its place is left out of the lot as a whole: as a condition on the history
it would be worked out, and held in memory, for each of its partitions.
"""
_SALT = """
update {schema}.personal set salt = gen_random_uuid() where event_id = any(%s) and salt is null
"""
_SETTLED = "select pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8"

log = structlog.get_logger("gausdo.audit")

Rows = Sequence[Sequence[Any]]


class Sealer:
    """Seals the history of one module; of several workers one at a time does.

    A chain begins once `inhabited` says that people work here: before that, whoever fills an
    installation may begin again.
    """

    def __init__(
        self,
        db: Database,
        key: bytes,
        heads: Heads | None,
        inhabited: Callable[[], Awaitable[bool]],
    ) -> None:
        self.module = db.schema.name
        self._db = db
        self._key = key
        self._heads = heads
        self._inhabited = inhabited
        self._begun = False
        self._told = -1
        self._complained = 0.0

    async def seal(self) -> None:
        """Seal all that there is. Raises what `is_outage` knows."""
        if not self._begun and not await self._inhabited():
            return
        async with self._db.connection() as connection:  # one: it comes to know every partition
            while (sealed := await self._seal_next(connection)) is not None:
                self._begun = True
                if sealed.kind == "before" and sealed.older is not None:
                    await asyncio.sleep(BREATH)
        await self._tell_head()

    async def _seal_next(self, connection: AsyncConnection[Any]) -> Seal | None:
        """The next seal, written; None when there is nothing to seal, or somebody else does."""
        async with connection.transaction():
            if not (await self._rows(connection, _TRY, LOCK, self.module))[0][0]:
                return None
            found = await self._rows(connection, select_seals(self.module, _LAST))
            if not found:
                return await self._begin(connection)
            last = Seal.of(found[0])
            rows = await self._salted(connection, _EVENTS, last.to_pos, LOT)
            if rows:
                return await self._write(connection, _events(last, rows))
            if last.older is not None:
                return await self._seal_older(connection, last)
            return None

    async def _begin(self, connection: AsyncConnection[Any]) -> Seal:
        until, pos, xmax = (await self._rows(connection, _BEGIN))[0]
        begun = _empty("begun", n=0, pos=pos, older=0 if until else None, previous=NOTHING)
        return await self._write(connection, replace(begun, note={"until": until, "xmax": xmax}))

    async def _seal_older(self, connection: AsyncConnection[Any], last: Seal) -> Seal | None:
        """A lot of what had been there before, once nobody writes any more who did then.

        What of it has a place and its seal, or waits for one, is left out: there may be nothing.
        """
        begun = Seal.of((await self._rows(connection, select_seals(self.module, "where n = 0")))[0])
        note = begun.note or {}
        if not (await self._rows(connection, _SETTLED, note["xmax"]))[0][0]:
            return None
        ((end, count),) = await self._rows(connection, _REACH, last.older, note["until"], LOT)
        rows = await self._salted(connection, BEFORE, last.older, end, last.to_pos)
        older = end if count == LOT else None
        seal = _empty("before", n=last.n + 1, pos=last.to_pos, older=older, previous=last.hash)
        return await self._write(connection, _with_entries(seal, rows))

    async def _salted(self, connection: AsyncConnection[Any], query: str, *args: Any) -> Rows:
        """What is to be sealed; personal values of before there were salts are given one."""
        rows = await self._rows(connection, query, *args)
        bare = [row[1] for row in rows if row[7]]
        if not bare:
            return rows
        await connection.execute(_SALT.format(schema=self.module).encode(), [bare])
        return await self._rows(connection, query, *args)

    async def _write(self, connection: AsyncConnection[Any], seal: Seal) -> Seal:
        hash = seal.hashed(self.module)
        seal = replace(seal, hash=hash, signature=signed(self._key, hash))
        values = [vars(seal)[name] for name in COLUMNS]
        values[COLUMNS.index("note")] = None if seal.note is None else Jsonb(seal.note)
        places = ", ".join(["%s"] * len(COLUMNS))
        await connection.execute(
            f"insert into {self.module}.seal ({', '.join(COLUMNS)}) values ({places})".encode(),  # noqa: S608 - our own names
            values,
        )
        return seal

    async def _tell_head(self) -> None:
        """Tell the chain's end to the world outside, unless the one told there is not in it."""
        if self._heads is None:
            return
        async with self._db.connection() as connection:
            found = await self._rows(connection, select_seals(self.module, _LAST))
            if not found or found[0][0] == self._told:
                return
            last, kept = Seal.of(found[0]), await self._heads.of(self.module)
            if kept is not None:
                where = f"where n = {kept.n}"
                same = await self._rows(connection, select_seals(self.module, where))
                if not same or Seal.of(same[0]).hash != kept.hash:
                    self._complain(kept, last)
                    return
        await self._heads.tell(self.module, head_of(last))
        self._told = last.n
        log.info(
            "sealed", module=self.module, n=last.n, pos=last.to_pos, hash=last.hash.hex(),
            signature=last.signature.hex(),
        )  # fmt: skip

    def _complain(self, kept: Head, last: Seal) -> None:
        if time.monotonic() - self._complained > REMIND:
            self._complained = time.monotonic()
            log.error(
                "the chain of the audit is not the one that was sealed", module=self.module,
                told=kept.n, told_at=kept.at, ends_with=last.n,
                what_to_do="run `gausdo audit verify`",
            )  # fmt: skip

    async def acknowledge(self) -> bool:
        """Go on from the database as it is, which was restored from an older one; says so in the
        chain. Answers whether there was anything to acknowledge.
        """
        assert self._heads is not None
        kept = await self._heads.of(self.module)
        async with self._db.connection() as connection, connection.transaction():
            found = await self._rows(connection, select_seals(self.module, _LAST))
            if kept is None or not found:
                return False
            last = Seal.of(found[0])
            same = await self._rows(connection, select_seals(self.module, f"where n = {kept.n}"))
            if same and Seal.of(same[0]).hash == kept.hash:
                return False
            seal = _empty(
                "restored", n=last.n + 1, pos=last.to_pos, older=last.older, previous=last.hash
            )
            note = {"n": kept.n, "hash": kept.hash.hex(), "at": kept.at}
            written = await self._write(connection, replace(seal, note=note))
        await self._heads.tell(self.module, head_of(written))
        return True

    async def _rows(self, connection: AsyncConnection[Any], query: str, *args: Any) -> Rows:
        statement = query.replace("{schema}", self.module).encode()
        return await (await connection.execute(statement, args or None)).fetchall()


def head_of(seal: Seal) -> Head:
    return Head(seal.n, seal.hash, seal.signature, seal.at.isoformat())


def _empty(kind: str, *, n: int, pos: int, older: int | None, previous: bytes) -> Seal:
    return Seal(
        n, kind, pos + 1, pos, older, now(), [], [], [], b"", None, None, None, previous
    )  # fmt: skip


def _events(last: Seal, rows: Rows) -> Seal:
    """The seal of the next positions; those that are gone are sealed as gone."""
    to_pos = rows[-1][0]
    seal = _empty("events", n=last.n + 1, pos=last.to_pos, older=last.older, previous=last.hash)
    here = {row[0]: row for row in rows}
    every = [
        here.get(pos, (pos, None, "", UUID(int=0), None, None, None, False))
        for pos in range(last.to_pos + 1, to_pos + 1)
    ]
    lost = [row[0] for row in every if row[4] is None]
    if lost:
        log.error("entries are gone that were not sealed yet", count=len(lost), first=lost[0])
    return replace(_with_entries(seal, every), to_pos=to_pos)


def _with_entries(seal: Seal, rows: Rows) -> Seal:
    entries = [
        Entry(row[4] or 0, row[2], row[3], row[6] if row[4] else bytes(ENTRY)) for row in rows
    ]
    times = [row[5] for row in rows if row[5] is not None]
    return replace(
        seal,
        ids=[entry.id for entry in entries],
        kinds=[entry.kind for entry in entries],
        records=[entry.record for entry in entries],
        digests=b"".join(entry.digest for entry in entries),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
    )
