"""The same company or person a second time: told by its INN, an e-mail, or phone and name.

A phone alone tells nobody: colleagues share one.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import FromClause, Integer, Text, and_, any_, bindparam, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from gausdo.modules.customers.contract import Duplicate
from gausdo.modules.customers.tables import CompanyRow, Customer, ReachRow, schema
from gausdo.modules.customers.ways import alike
from gausdo.platform.db import Tx

LOCKS = 7_221
"""The space of advisory locks in which two additions of the same customer meet."""
MAX_LOCKS = 256
"""So many at most, whatever a file brings: PostgreSQL's table of locks is finite."""


class Holder(NamedTuple):
    """A record that has a certain INN, e-mail or phone."""

    id: UUID
    name: str
    owner_name: str | None


class Same(NamedTuple):
    """Where a draft says what another record says already."""

    field: str
    holder: Holder

    def refusal(self) -> Duplicate:
        return Duplicate(
            self.sentence(), data={"field": self.field, "owner_name": self.holder.owner_name}
        )

    def sentence(self) -> str:
        what = _SAID[self.field.partition(".")[0]]
        return f"There is a record with this {what}; ask {self.holder.owner_name or 'its owner'}."


_SAID = {"inn": "INN", "emails": "e-mail", "phones": "phone and name"}


@dataclass
class Holders:
    """Who holds which value, of those that were asked about."""

    by_value: defaultdict[str, list[Holder]] = field(default_factory=lambda: defaultdict(list))

    def same(self, told: Mapping[str, Any], but: UUID | None = None) -> Same | None:
        """The first reason to take `told` for a record that is there, `but` aside."""
        for path, value in _values(told):
            for holder in self.by_value[value]:
                if holder.id == but:
                    continue
                if not path.startswith("phones") or alike(holder.name, told["name"]):
                    return Same(path, holder)
        return None

    def hold(self, told: Mapping[str, Any], holder: Holder) -> None:
        for _, value in _values(told):
            self.by_value[value].append(holder)


def _values(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every comparable value with its path; their kinds never look alike (`+7…`, `…@…`, digits)."""
    inn = [("inn", told["inn"])] if told.get("inn") else []
    return inn + [
        (f"{kind}.{place}", one.normal)
        for kind in ("emails", "phones")
        for place, one in enumerate(told.get(kind, ()))
    ]


async def holders(tx: Tx, of: type[Customer], drafts: Iterable[Mapping[str, Any]]) -> Holders:
    """Who holds a value of these drafts, in one query.

    From here to the end of the transaction nobody else adds such a record.
    """
    if values := _all_values(drafts):
        await _lock(tx, of, values)
    return await _holding(tx, of, values)


def _all_values(drafts: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({value for told in drafts for _, value in _values(told)})


async def held(tx: Tx, of: type[Customer], drafts: Iterable[Mapping[str, Any]]) -> Holders:
    """The same, for who only wants to know."""
    return await _holding(tx, of, _all_values(drafts))


async def _holding(tx: Tx, of: type[Customer], values: list[str]) -> Holders:
    found = Holders()
    if not values:
        return found
    asked = bindparam(None, values, ARRAY(Text))
    owner = schema.known
    row, reach = of.__table__, ReachRow.__table__
    queries = [
        select(reach.c.normal, row.c.id, row.c.name, owner.c.label)
        .select_from(_owned(row.join(reach, reach.c.record_id == row.c.id), row))
        .where(reach.c.normal == any_(asked), reach.c.record_kind == of.kind)
    ]
    if of is CompanyRow:
        queries.append(
            select(row.c.inn, row.c.id, row.c.name, owner.c.label)
            .select_from(_owned(row, row))
            .where(row.c.inn == any_(asked))
        )
    for value, *holder in await tx.session.execute(union_all(*queries)):
        found.by_value[value].append(Holder(*holder))
    return found


def _owned(source: FromClause, row: FromClause) -> FromClause:
    owner = schema.known.c
    return source.outerjoin(schema.known, and_(owner.kind == "user", owner.id == row.c.owner_id))


async def refuse(
    tx: Tx, of: type[Customer], told: Mapping[str, Any], but: UUID | None = None
) -> None:
    """Raise Duplicate when `told` is a record that is there already."""
    if same := (await holders(tx, of, [told])).same(told, but):
        raise same.refusal()


async def _lock(tx: Tx, of: type[Customer], values: Sequence[str]) -> None:
    """Always in the same order, so that two files cannot wait for each other."""
    digests = (hashlib.sha256(f"{of.kind} {value}".encode()).digest() for value in values)
    keys = sorted({digest[0] % MAX_LOCKS for digest in digests})
    await tx.session.execute(_LOCK, {"space": LOCKS, "keys": keys})


_LOCK = text("select pg_advisory_xact_lock(:space, key) from unnest(:keys) as key").bindparams(
    bindparam("keys", type_=ARRAY(Integer))
)
