"""Fields of which no two records have the same value.

Whoever writes a value holds it by an advisory lock until the end of the transaction, and looks
whether another record has it; the index that finds it is not unique by itself, since records that
are merged and parted have the same values for a moment, and neither may fail because of it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import (
    Integer,
    Text,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.custom import CustomField, CustomType, Values, ValueTaken
from gausdo.kernel.errors import FieldError, invalid
from gausdo.kernel.fields import CUSTOM, folded
from gausdo.platform.custom_sql import sameness
from gausdo.platform.db import Tx
from gausdo.platform.rights import Guard, told_within

LOCKS = 7_223
"""The space of advisory locks in which two writings of the same value meet."""
MAX_LOCKS = 256
"""So many at most, whatever a file brings: PostgreSQL's table of locks is finite."""


@dataclass(frozen=True)
class Kept:
    """The records of one kind: their table's columns, what they are called by, who may see them."""

    columns: Any
    label: str
    guard: Guard
    read: Right


class Holder(NamedTuple):
    """A record that has a value; `name` where the reader may see it."""

    id: UUID
    name: str | None


def same_as(one: CustomField, held: JsonValue) -> str:
    """As `sameness`, of a value in its one form."""
    told = str(held)
    if one.type is CustomType.TEXT:
        return hashlib.md5(folded(told).encode(), usedforsecurity=False).hexdigest()
    if one.type is CustomType.NUMBER:
        return format(Decimal(told).normalize() + 0, "f")
    return told


@dataclass
class Holders:
    """Who has which values of unique fields, of those that were asked about."""

    fields: Sequence[CustomField]
    by_value: dict[tuple[str, str], list[Holder]] = field(default_factory=dict)

    def demand(self, told: Mapping[str, JsonValue], but: UUID | None = None) -> None:
        """Raise ValueTaken for a value that another record has."""
        for one, same in _values(self.fields, told):
            for holder in self.by_value.get((one.key, same), ()):
                if holder.id != but:
                    raise _taken(one, holder)

    def having(self, key: str, told: Mapping[str, JsonValue]) -> set[UUID]:
        """The records that have the same value of this field, of those that may be seen."""
        return {
            holder.id
            for one, same in _values(self.fields, told)
            if one.key == key
            for holder in self.by_value.get((key, same), ())
            if holder.name
        }

    def hold(self, told: Mapping[str, JsonValue], holder: Holder) -> None:
        for one, same in _values(self.fields, told):
            self.by_value.setdefault((one.key, same), []).append(holder)


def _taken(one: CustomField, holder: Holder) -> ValueTaken:
    whose = f"“{holder.name}” has" if holder.name else "Another record has"
    told = f"{whose} this value of “{one.name}” already."
    return ValueTaken(
        told,
        errors=[FieldError(field=CUSTOM + one.key, code="value-taken", message=told)],
        data={
            "field": CUSTOM + one.key,
            "name": holder.name,
            "record_id": str(holder.id) if holder.name else None,
        },
    )


def _values(
    fields: Iterable[CustomField], told: Mapping[str, JsonValue]
) -> Iterable[tuple[CustomField, str]]:
    for one in fields:
        try:
            held = one.read(told.get(one.key))
        except ValueError:
            continue  # it is refused for that
        if held is not None:
            yield one, same_as(one, held)


async def holders(
    tx: Tx,
    actor: Actor,
    kept: Kept,
    fields: Iterable[CustomField],
    many: Iterable[Values],
) -> Holders:
    """Who has any of these values. Nobody else takes one until the end of the transaction."""
    unique = [one for one in fields if one.unique and not one.archived]
    found = Holders(unique)
    asked: dict[str, set[str]] = {}
    for told in many if unique else ():
        for one, same in _values(unique, told):
            asked.setdefault(one.key, set()).add(same)
    if not asked:
        return found
    await _lock(tx, [f"{key} {same}" for key, told in asked.items() for same in told])
    seen = told_within(actor, kept.read, kept.guard)
    row = kept.columns
    for one in unique:
        if (told_values := asked.get(one.key)) is None:
            continue
        same_in = sameness(one, tx.schema.name, row["custom"])
        wanted = bindparam(None, sorted(told_values), ARRAY(Text))
        query = select(same_in, row["id"], row[kept.label], seen).where(same_in == any_(wanted))
        for same, id, name, sees in await tx.session.execute(query):
            holder = Holder(id, name if sees else None)
            found.by_value.setdefault((one.key, same), []).append(holder)
    return found


async def _lock(tx: Tx, values: Iterable[str]) -> None:
    """Always in the same order, so that two files cannot wait for each other."""
    digests = (hashlib.sha256(one.encode()).digest() for one in values)
    keys = sorted({digest[0] % MAX_LOCKS for digest in digests})
    await tx.session.execute(_LOCK, {"space": LOCKS, "keys": keys})


_LOCK = text("select pg_advisory_xact_lock(:space, key) from unnest(:keys) as key").bindparams(
    bindparam("keys", type_=ARRAY(Integer))
)


async def demand_unique(tx: Tx, kept: Kept, wanted: CustomField) -> None:
    """Raise Invalid for a field that is to be unique and has one value several times."""
    same = sameness(wanted, tx.schema.name, kept.columns["custom"])
    twice = select(same).where(same.is_not(None)).group_by(same).having(func.count() > 1)
    count = await tx.session.scalar(select(func.count()).select_from(twice.subquery("twice")))
    if count:
        told = f"{count} values stand in several records. Change them first."
        raise invalid("unique", "not-unique", told)
