"""The records that tasks and notes are about, and the people who do them: other modules' own."""

import asyncio
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import NotFound
from gausdo.kernel.named import NamedRecord
from gausdo.modules.activities.access import READ_NAME
from gausdo.modules.activities.contract import About, RecordKind
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales.contract import Sales
from gausdo.platform.known import known_records


class Neighbours(Protocol):
    @property
    def customers(self) -> Customers: ...
    @property
    def sales(self) -> Sales: ...
    @property
    def identity(self) -> Identity: ...


async def find(near: Neighbours, actor: Actor, about: About) -> dict[str, Any]:
    """The record as activities shall know it. Raises NotFound when it is not the actor's to see."""
    (found,) = await find_all(near, actor, [about])
    return found


async def find_all(near: Neighbours, actor: Actor, about: Iterable[About]) -> list[dict[str, Any]]:
    """As `find`, for many (≤ 200) at once, in no order."""
    asked: dict[RecordKind, list[UUID]] = {}
    for kind, id in {(one.kind, one.id) for one in about}:
        asked.setdefault(kind, []).append(id)
    found = []
    for kind, ids in asked.items():
        records = await _of_kind(near, actor, kind, ids)
        if len(records) < len(ids):
            raise missing(kind)
        found += records
    return found


def missing(kind: RecordKind) -> NotFound:
    return NotFound(f"There is no such {kind}, or it is not yours to see.")


class Record(NamedTuple):
    """A record its reader may see; of one that was merged, what stands for it."""

    id: UUID
    name: str
    editable: bool


Readable: TypeAlias = dict[tuple[RecordKind, UUID], Record]


async def readable(
    near: Neighbours, actor: Actor, asked: Iterable[tuple[RecordKind, UUID]]
) -> Readable:
    """Those of these records (≤ 200) that the actor may see."""
    ids: dict[RecordKind, list[UUID]] = {}
    for kind, id in asked:
        ids.setdefault(kind, []).append(id)
    found = await asyncio.gather(*(_readable(near, actor, *one) for one in ids.items()))
    return {key: record for records in found for key, record in records.items()}


async def _readable(near: Neighbours, actor: Actor, kind: RecordKind, ids: list[UUID]) -> Readable:
    if not actor.may(READ_NAME[kind]):
        return {}
    return read(kind, await _named(near, actor, kind, ids))


def read(kind: RecordKind, found: Iterable[NamedRecord]) -> Readable:
    """Records that have been read in the actor's name."""
    return {(kind, one.id): Record(one.id, one.name, one.editable) for one in found}


async def find_people(near: Neighbours, actor: Actor, ids: list[UUID]) -> list[dict[str, Any]]:
    """Customers' people who take part. Raises NotFound when one is not the actor's to see."""
    return await find_all(near, actor, [About(kind="person", id=id) for id in ids])


async def _of_kind(
    near: Neighbours, actor: Actor, kind: RecordKind, ids: list[UUID]
) -> list[dict[str, Any]]:
    return known_records(kind, await _named(near, actor, kind, ids))


async def _named(
    near: Neighbours, actor: Actor, kind: RecordKind, ids: list[UUID]
) -> list[NamedRecord]:
    match kind:
        case "company":
            return await near.customers.named_companies(actor, ids)
        case "person":
            return await near.customers.named_people(actor, ids)
        case "deal":
            return await near.sales.named_deals(actor, ids)
