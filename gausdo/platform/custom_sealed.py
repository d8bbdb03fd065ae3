"""Values of added fields that are kept sealed: in a table of their own, one row for each.

A record says that it has one. Rows stay where they are while a record is a part of another or is
deleted, so that both come back as they were; they go with the record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.custom import CustomField, CustomType, Values
from gausdo.kernel.custom_sealed import Secrets, normal, sealed_error
from gausdo.kernel.errors import Invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.pages import ListQuery
from gausdo.platform.crypto import MODULE, Place, Unreadable, Vault
from gausdo.platform.crypto.fields import blinded
from gausdo.platform.db import Schema, Tx
from gausdo.platform.history import Changes

NAME = "sealed_value"
Q = TypeVar("Q", bound=ListQuery)


def sealed_values(schema: Schema) -> Table:
    """In `tables.py` of a module whose records can be given such fields, beside `data_keys`."""
    return Table(
        NAME,
        schema.metadata,
        Column("record_id", Uuid, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("of", Text, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Column("index", Text),
        Index("ix_sealed_value_index", "index"),
    )


def table_of(schema: Schema) -> Table | None:
    """The module's sealed values, when its records can have some."""
    return schema.metadata.tables.get(f"{schema.name}.{NAME}")


@dataclass(frozen=True)
class Sealing:
    """What becomes of a record's sealed values; `changes`: of those that become others."""

    of: str
    id: UUID
    told: Mapping[str, str] = field(default_factory=dict)
    emptied: Sequence[str] = ()
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True)
class SealedValues:
    """Of the added fields of a module; records of the kinds `own` have keys of their own, which
    are destroyed with them.
    """

    schema: Schema
    own: frozenset[str] = frozenset()

    @property
    def table(self) -> Table:
        found = table_of(self.schema)
        assert found is not None
        return found

    @property
    def index(self) -> Any:
        """The column of the blind indexes."""
        return self.table.c.index

    def blinded(self, vault: Vault, kind: str, query: Q, fields: Iterable[CustomField]) -> Q:
        """A list's query that asks for values of these fields, asking for their blind indexes."""
        places = {
            CUSTOM + one.key: (_place(kind, one.key), normal)
            for one in fields
            if one.type is CustomType.SEALED
        }
        if not places or not query.filter:
            return query
        return query.model_copy(update={"filter": blinded(vault, query.filter, places)})

    async def planned(
        self, tx: Tx, vault: Vault, kind: str, id: UUID, held: Values, secrets: Secrets
    ) -> Sealing:
        """What is to be kept of a record that has `held`; nothing is written yet.

        Raises Invalid where one is told to stay as it is that is not there.
        """
        told: dict[str, str] = {}
        changes: Changes = {}
        for key in sorted(secrets.keys - {*secrets.emptied}):
            text, has = secrets.sealed.get(key), held.get(key) is not None
            if text is None:
                if not has:
                    raise _nothing(key)
            elif not has:
                told[key] = text
            elif await self._differs(tx, vault, kind, id, key, text):
                told[key], changes[CUSTOM + key] = text, (True, True)
        return Sealing(kind, id, told, secrets.emptied, changes)

    async def _differs(
        self, tx: Tx, vault: Vault, kind: str, id: UUID, key: str, text: str
    ) -> bool:
        try:
            return await self.read(tx, vault, kind, id, key) != text
        except Unreadable:
            return True

    async def keep(self, tx: Tx, vault: Vault, sealing: Sealing) -> None:
        """Raises Unreadable when the record's own key was destroyed."""
        kind, id = sealing.of, sealing.id
        for key, text in sealing.told.items():
            place = _place(kind, key)
            kept = {
                "of": kind,
                "sealed": await vault.seal(tx, place, id, text, self._subject(kind, id)),
                "index": vault.index(place, normal(text)),
            }
            await tx.session.execute(
                insert(self.table)
                .values(record_id=id, key=key, **kept)
                .on_conflict_do_update(index_elements=["record_id", "key"], set_=kept)
            )
        if sealing.emptied:
            await self.drop(tx, [id], sealing.emptied)

    async def read(self, tx: Tx, vault: Vault, kind: str, id: UUID, key: str) -> str | None:
        """Raises Unreadable."""
        row = self.table.c
        query = select(row.sealed).where(row.record_id == id, row.key == key)
        sealed: bytes | None = await tx.session.scalar(query)
        return None if sealed is None else await vault.open(tx, _place(kind, key), id, sealed)

    async def all_of(self, tx: Tx, vault: Vault, kind: str, id: UUID) -> dict[str, str]:
        """By their keys. Raises Unreadable."""
        keys = await tx.session.scalars(select(self.table.c.key).where(self._rows([id])))
        told = {key: await self.read(tx, vault, kind, id, key) for key in sorted(keys)}
        return {key: value for key, value in told.items() if value is not None}

    async def copy(
        self, tx: Tx, vault: Vault, kind: str, from_id: UUID, to_id: UUID, keys: Iterable[str]
    ) -> None:
        """Give a record the values of another. Raises Unreadable."""
        told = {key: await self.read(tx, vault, kind, from_id, key) for key in sorted(keys)}
        there = {key: value for key, value in told.items() if value is not None}
        await self.keep(tx, vault, Sealing(kind, to_id, there))

    async def stamps(self, tx: Tx, id: UUID) -> dict[str, str]:
        """By the key of each value of a record, what is another as soon as the value is."""
        row = self.table.c
        found = await tx.session.execute(
            select(row.key, func.md5(row.sealed).label("md5")).where(self._rows([id]))
        )
        return {row.key: row.md5 for row in found}

    async def drop(self, tx: Tx, ids: Iterable[UUID], keys: Iterable[str] | None = None) -> int:
        """Take values away, all of them unless `keys` are told; answers how many."""
        gone = delete(self.table).where(self._rows(ids))
        if keys is not None:
            gone = gone.where(self.table.c.key.in_(list(keys)))
        return int((await tx.session.execute(gone)).rowcount)  # type: ignore[attr-defined]  # a delete has it

    def _rows(self, ids: Iterable[UUID]) -> ColumnElement[bool]:
        return self.table.c.record_id.in_(list(ids))

    def _subject(self, kind: str, id: UUID) -> UUID:
        return id if kind in self.own else MODULE

    async def reindex(self, tx: Tx, vault: Vault, limit: int) -> int:
        """As `SealedField.reindex`."""
        row, first = self.table.c, vault.ring.first.id
        rows = await tx.session.execute(
            select(row.record_id, row.key, row.of, row.sealed)
            .where(row.index.is_not(None), func.left(row.index, len(first)) != first)
            .limit(limit)
            .with_for_update()
        )
        found = rows.all()
        for id, key, kind, sealed in found:
            place = _place(kind, key)
            try:
                index = vault.index(place, normal(await vault.open(tx, place, id, sealed)))
            except Unreadable:
                index = None
            this = self.table.update().where(row.record_id == id, row.key == key)
            await tx.session.execute(this.values(index=index))
        return len(found)


def _place(kind: str, key: str) -> Place:
    return Place(NAME, f"{kind}.{key}")


def _nothing(key: str) -> Invalid:
    told = "The record has no value of it that could stay: tell the value itself."
    return Invalid(told, errors=[sealed_error(key, "sealed-nothing", told)])
