"""Whether the history is what was sealed: which entry was altered, taken away or put in.

Nothing that was erased is an alarm: an address or a personal value that is gone went with its salt.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from psycopg import AsyncConnection

from gausdo.platform.audit.chain import (
    DIGEST,
    ENTRY,
    NOTHING,
    PART,
    Entry,
    Seal,
    select_seals,
    signed,
)
from gausdo.platform.audit.heads import Head
from gausdo.platform.db import Database

NEWEST = 5
"""Seals that a quick look goes through."""
NEAR = 20
"""Seals before those in which an entry may be that was written beside the newest ones."""
CHUNK, FEW = 20_000, 50
"""Ids of a history, and seals, that are read at once."""

_FOUND = """
select h.id, {digest}, h.address is not null, p.event_id is not null and p.changes <> '{}'
from {schema}.history h left join {schema}.personal p on p.event_id = h.event_id
where h.id = any(%s) and h.at between %s and %s
"""
_UNSEALED = """
select h.id, h.kind, h.subject_id from {schema}.history h
where h.id = any(%s) and not exists (
    select from {schema}.outbox o
    where (o.pos is null or o.pos > %s) and o.event_id = h.event_id
)
"""


Rows: TypeAlias = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Trouble:
    """One thing that is not as it was sealed.

    `code`: `altered`, `address-altered`, `personal-altered`, `deleted`, `inserted`, `lost` (gone
    before it was sealed), `seal` (a seal was altered or is missing), `tail` (the end is cut off, or
    the database is an older one), `backwards` (fewer events are numbered than were sealed). `pos`
    is the place among the module's events, `seal` the number of the seal.
    """

    module: str
    code: str
    seal: int | None = None
    pos: int | None = None
    kind: str | None = None
    record: UUID | None = None


WORDS = {
    "altered": "an entry was altered",
    "address-altered": "the address of an entry was altered",
    "personal-altered": "a personal value was altered",
    "deleted": "an entry was taken away",
    "inserted": "an entry was put in",
    "lost": "an entry was taken away before it was sealed",
    "seal": "a seal was altered, taken away or put in",
    "tail": "the end of the chain is not the one that was told outside",
    "backwards": "fewer events are numbered than were sealed",
}


@dataclass
class Looked:
    """What was gone through."""

    seals: int = 0
    entries: int = 0
    to_pos: int = 0
    begun: bool = False


class Verifier:
    """Goes through the chain of one module as it is at one moment."""

    def __init__(self, db: Database, key: bytes) -> None:
        self.module = db.schema.name
        self.looked = Looked()
        self._db = db
        self._key = key

    async def newest(self, head: Head | None) -> list[Trouble]:
        """The end of the chain: its newest seals, and what came with them."""
        return [trouble async for trouble in self._verify(head, NEWEST)]

    async def whole(self, head: Head | None) -> AsyncIterator[Trouble]:
        async for trouble in self._verify(head, None):
            yield trouble

    async def _verify(self, head: Head | None, newest: int | None) -> AsyncIterator[Trouble]:
        """`head` is the end that was told outside, where that is known."""
        async with self._db.connection() as connection, connection.transaction():
            await connection.execute("set transaction isolation level repeatable read, read only")
            ends = await self._seals(connection, "order by n desc limit 1")
            if not ends:
                if head is not None:
                    yield Trouble(self.module, "tail", seal=head.n)
                return
            (last,) = ends
            self.looked.begun, self.looked.to_pos = True, last.to_pos
            given = (await self._rows(connection, "select pos from {schema}.line"))[0][0]
            if given < last.to_pos:
                yield Trouble(self.module, "backwards", pos=given)
            if head is not None and not await self._holds(connection, head):
                yield Trouble(self.module, "tail", seal=head.n)
            first = 0 if newest is None else max(0, last.n - newest + 1)
            ids = _Ids()
            async for trouble in self._chain(connection, first, last.n, ids):
                yield trouble
            if last.older is None:  # else some of before have no seal yet
                every = newest is None or first == 0
                strange = self._strange if every else self._newly_strange
                async for trouble in strange(connection, ids, last, first):
                    yield trouble

    async def _holds(self, connection: AsyncConnection[Any], head: Head) -> bool:
        """Whether the chain has the seal that was told outside, and it was us who told it."""
        found = await self._seals(connection, f"where n = {head.n}")
        ours = signed(self._key, head.hash) == head.signature
        return ours and bool(found) and found[0].hash == head.hash

    async def _chain(
        self, connection: AsyncConnection[Any], first: int, last: int, ids: "_Ids"
    ) -> AsyncIterator[Trouble]:
        """The seals from `first` to `last`, each with what it seals."""
        before = None
        if first:
            before = next(iter(await self._seals(connection, f"where n = {first - 1}")), None)
        expected = first
        for start in range(first, last + 1, FEW):
            where = f"where n between {start} and {min(start + FEW - 1, last)} order by n"
            for seal in await self._seals(connection, where):
                if seal.n != expected or not self._fits(seal, before):
                    yield Trouble(self.module, "seal", seal=min(seal.n, expected))
                async for trouble in self._entries(connection, seal):
                    yield trouble
                ids.add(seal)
                self.looked.seals += 1
                before, expected = seal, seal.n + 1

    def _fits(self, seal: Seal, before: Seal | None) -> bool:
        """Whether it is as it was made, and made after the one before it."""
        if before is None:
            follows = seal.n == 0 and seal.previous == NOTHING
        else:
            follows = seal.previous == before.hash and seal.from_pos == before.to_pos + 1
        hash = seal.hashed(self.module)
        return follows and hash == seal.hash and signed(self._key, hash) == seal.signature

    async def _entries(
        self, connection: AsyncConnection[Any], seal: Seal
    ) -> AsyncIterator[Trouble]:
        rows = await self._rows(connection, _FOUND, list(seal.ids), seal.first_at, seal.last_at)
        found = {row[0]: _Found(*row[1:]) for row in rows}
        for place, entry in enumerate(seal.entries()):
            self.looked.entries += 1
            if (code := _differs(entry, found.get(entry.id))) is None:
                continue
            pos = None if seal.position is None else seal.position + place
            named = (entry.kind, entry.record) if entry.kind else (None, None)
            yield Trouble(self.module, code, seal.n, pos, *named)

    async def _strange(
        self, connection: AsyncConnection[Any], ids: "_Ids", last: Seal, _: int
    ) -> AsyncIterator[Trouble]:
        """Entries of the whole history that no seal knows; an id that is there twice is one."""
        async with connection.cursor(name="entries") as cursor:
            await cursor.execute(
                f"select id from {self.module}.history order by id".encode()  # noqa: S608 - our own name
            )
            previous = None
            while rows := await cursor.fetchmany(CHUNK):
                strange = []
                for (id,) in rows:
                    if id == previous:
                        yield Trouble(self.module, "inserted")
                    elif id not in ids:
                        strange.append(id)
                    previous = id
                for _id, kind, record in await self._unsealed(connection, strange, last):
                    yield Trouble(self.module, "inserted", kind=kind, record=record)

    async def _newly_strange(
        self, connection: AsyncConnection[Any], ids: "_Ids", last: Seal, first: int
    ) -> AsyncIterator[Trouble]:
        """The same of what was written since the newest seals."""
        statement = "select id from {schema}.history where id >= %s"
        if not ids.least:
            return
        written = await self._rows(connection, statement, ids.least)
        strange = [id for (id,) in written if id not in ids]
        unsealed = await self._unsealed(connection, strange, last)
        for since in (first - NEAR, 0):
            if unsealed:
                where = f"where n >= {since} and n < {first}"
                earlier = f"select unnest(ids) from {self.module}.seal {where}"  # noqa: S608 - our own name
                known = {id for (id,) in await self._rows(connection, earlier)}
                unsealed = [row for row in unsealed if row[0] not in known]
        for _id, kind, record in unsealed:
            yield Trouble(self.module, "inserted", kind=kind, record=record)

    async def _unsealed(
        self, connection: AsyncConnection[Any], ids: Sequence[int], last: Seal
    ) -> Rows:
        """Of entries that no seal knows those that do not wait for one: id, kind, record."""
        return await self._rows(connection, _UNSEALED, ids, last.to_pos) if ids else []

    async def _seals(self, connection: AsyncConnection[Any], where: str) -> list[Seal]:
        return [
            Seal.of(row) for row in await self._rows(connection, select_seals(self.module, where))
        ]

    async def _rows(self, connection: AsyncConnection[Any], query: str, *args: Any) -> Rows:
        statement = query.replace("{digest}", DIGEST).replace("{schema}", self.module).encode()
        return await (await connection.execute(statement, args or None)).fetchall()


@dataclass(frozen=True)
class _Found:
    """An entry as it is now."""

    digest: bytes
    addressed: bool
    personal: bool


def _differs(entry: Entry, found: _Found | None) -> str | None:
    if entry.is_missing:
        return "lost"
    if found is None:
        return "deleted"
    sealed = [entry.digest[part : part + PART] for part in range(0, ENTRY, PART)]
    now = [found.digest[part : part + PART] for part in range(0, ENTRY, PART)]
    if now[0] != sealed[0]:
        return "altered"
    for code, part, there in (
        ("address-altered", 1, found.addressed),
        ("personal-altered", 2, found.personal),
    ):
        if there and now[part] != sealed[part]:
            return code
    return None


class _Ids:
    """Very many ids, most of them next to each other: a bit for each."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self.least = 0

    def add(self, seal: Seal) -> None:
        for id in seal.ids:
            byte, bit = divmod(id, 8)
            if byte >= len(self._bits):
                self._bits.extend(bytes(byte + 1024 - len(self._bits)))
            self._bits[byte] |= 1 << bit
        if seal.kind == "events" and any(seal.ids):
            here = min(id for id in seal.ids if id)
            self.least = min(self.least, here) if self.least else here

    def __contains__(self, id: int) -> bool:
        byte, bit = divmod(id, 8)
        return 0 <= byte < len(self._bits) and bool(self._bits[byte] >> bit & 1)
