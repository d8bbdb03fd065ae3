"""Telling and forgetting a person on request: here, and in every module that holds anything.

What a module has done is written down before the next one is asked, and what names the person here
goes last: an erasure that was killed half-way goes on, since it still knows whom to look for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import select, update

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.persons import ERASED, Done, Forgotten, Held, HoldsPeople, Traces
from gausdo.kernel.values import now
from gausdo.modules.customers import consents, segments
from gausdo.modules.customers.contract import Person
from gausdo.modules.customers.doubles import MergeRow
from gausdo.modules.customers.erasures import ErasureRow
from gausdo.modules.customers.fields import DOCUMENT
from gausdo.modules.customers.file_tables import STORE, FileRow
from gausdo.modules.customers.reach_contract import WAYS
from gausdo.modules.customers.schema import SEALED
from gausdo.modules.customers.tables import PersonRow
from gausdo.platform.crypto import Unreadable, Vault
from gausdo.platform.custom_files import drop
from gausdo.platform.db import Database, Tx
from gausdo.platform.persons import Trail, erased, forget_beside, unhurried

FORGET = "customers.forget"
"""The job that forgets a person."""
NAMING = ("name", *WAYS)
KEPT = ("history", "analytics", "backups", "sent")
"""What stays: that something happened, without values; ids; copies made before; what has left."""

_file = FileRow.__table__.c
FILES = Trail("customers.file", FileRow.__table__, ("id", "name", "size", "created_at"))

Holders = Callable[[], Mapping[str, HoldsPeople]]


@dataclass(frozen=True)
class Forgetting:
    """Over all modules that this process can ask, by their names."""

    db: Database
    vault: Vault
    holders: Holders

    async def told(self, person: Person) -> list[Held]:
        """What there is about a person the actor may see, their record and its history first."""
        async with unhurried(self.db) as tx:
            row = await tx.session.get_one(PersonRow, person.id)
            traces = await _traces(tx, self.vault, row)
            number = await DOCUMENT.read(tx, self.vault, row)
            values = tx.schema.personal.c
            history = await tx.session.scalars(
                select(values.changes).where(values.subject_id == person.id)
            )
            sealed = await SEALED.all_of(tx, self.vault, row.kind, row.id)
            own = to_jsonable_python(person) | {"document": number}
            own["custom"] |= sealed
            parts = await _parts_of(tx, row.id)
            merged = [{"name": part.name, **part.merged} for part in parts]
            said = to_jsonable_python(await consents.held(tx, person.id))
            found = [
                Held(place="customers.person", records=[own]),
                Held(place="customers.personal", records=[*history]),
                Held(place="customers.merge", records=merged),
                Held(place="customers.segment_member", records=await segments.held(tx, person.id)),
                Held(place="customers.consent", records=said),
                Held(place=FILES.place, records=await FILES.rows(tx, _file.record_id == person.id)),
            ]
        for holder in self.holders().values():
            for each in _each(traces, parts):
                found += await holder.held_about(SYSTEM, each)
        return [held for held in found if held.records]

    async def forget(self, id: UUID) -> None:
        """Do what was asked for; twice is as if once."""
        async with self.db.begin() as tx:
            erasure = await tx.session.get(ErasureRow, id)
            row = await tx.session.get(PersonRow, id)
            if erasure is None or row is None or erasure.done_at is not None:
                return
            traces, done = await _traces(tx, self.vault, row), {*erasure.found}
            parts = await _parts_of(tx, id)
        holders = self.holders()
        related = [
            record
            for holder in holders.values()
            for each in _each(traces, parts)
            for held in await holder.held_about(SYSTEM, each)
            for record in held.related
        ]
        traces = traces.model_copy(update={"records": tuple(related)})
        for module, holder in holders.items():
            if module not in done:
                found = [
                    one
                    for each in _each(traces, parts)
                    for one in await holder.forget_person(SYSTEM, each)
                ]
                async with self.db.begin() as tx:
                    erasure = await tx.session.get_one(ErasureRow, id, with_for_update=True)
                    erasure.did(module, [one for one in found if one.count])
        await self._own(id, traces)

    async def _own(self, id: UUID, traces: Traces) -> None:
        async with unhurried(self.db) as tx:
            erasure = await tx.session.get_one(ErasureRow, id, with_for_update=True)
            if erasure.done_at is not None:
                return
            row = await tx.session.get_one(PersonRow, id, with_for_update=True)
            tx.actor = Actor(id=erasure.asked_by)
            tx.publish(row.erase())
            await tx.session.flush()
            parts = await _parts_of(tx, id)
            beside = await forget_beside(tx, traces, [part.merged_id for part in parts])
            for part in parts:
                part.forget()
                part.name = ERASED
                await self.vault.destroy(tx, part.merged_id)
            await SEALED.drop(tx, [id, *(part.merged_id for part in parts)])
            once = MergeRow.__table__.c.merged_id == id  # parted since
            await tx.session.execute(update(MergeRow).where(once).values(name=ERASED))
            await self.vault.destroy(tx, id)
            ids = [id, *(part.merged_id for part in parts)]
            left, said = await segments.forget(tx, ids), await consents.forget(tx, ids)
            files = await drop(STORE, tx, ids)
            own = [
                Forgotten(place="customers.person", done=Done.ANONYMISED, count=1),
                Forgotten(place="customers.segment_member", done=Done.ERASED, count=left),
                Forgotten(place="customers.consent", done=Done.ERASED, count=said),
                erased(FILES.place, files),
                Forgotten(place="customers.data_key", done=Done.ERASED, count=1),
                Forgotten(place="customers.merge", done=Done.ERASED, count=len(parts)),
                *beside,
            ]
            kept = [Forgotten(place=place, done=Done.KEPT) for place in KEPT]
            erasure.did("customers", [one for one in own if one.count])
            erasure.did("kept", kept)
            erasure.done_at = now()


async def _parts_of(tx: Tx, id: UUID) -> Sequence[MergeRow]:
    """What became a part of a person."""
    merge = MergeRow.__table__.c
    query = select(MergeRow).where(merge.canonical_id == id, merge.parted_at.is_(None))
    return (await tx.session.scalars(query.order_by(merge.id))).all()


def _each(traces: Traces, parts: Sequence[MergeRow]) -> Iterator[Traces]:
    """By their own id, and by those of the records that are parts of theirs."""
    yield traces
    for part in parts:
        yield traces.model_copy(update={"id": part.merged_id})


async def _traces(tx: Tx, vault: Vault, row: PersonRow) -> Traces:
    """What the person is and was known by."""
    values = tx.schema.personal.c
    parts = await _parts_of(tx, row.id)
    ids = [row.id, *(part.merged_id for part in parts)]
    earlier = await tx.session.scalars(select(values.changes).where(values.subject_id.in_(ids)))
    found = {row.name, *_texts(changes.get(name) for changes in earlier for name in NAMING)}
    for kind in WAYS:
        found |= {text for one in row.reached_by(kind) for text in (one.typed, one.normal)}
    for part in parts:
        found |= {part.name, *_texts([way for kind in NAMING[1:] for way in _ways(part, kind)])}
    with suppress(Unreadable):
        found.add(await DOCUMENT.read(tx, vault, row) or "")
        found |= {*(await SEALED.all_of(tx, vault, row.kind, row.id)).values()}
    words = {text for text in found if text.isalpha()}
    return Traces(id=row.id, texts=tuple(sorted(found - words - {""})), words=tuple(sorted(words)))


def _ways(part: MergeRow, kind: str) -> list[str]:
    return [text for one in part.merged.get(kind, ()) for text in (one["typed"], one["normal"])]


def _texts(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _texts(value)
