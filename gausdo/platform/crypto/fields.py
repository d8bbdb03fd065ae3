"""A field of a record that is sealed with the key of the record's own person.

Nobody finds it but by asking for all of it: conditions compare its blind index. Its value is never
in a list, an event, a history, an index of words or the answer to an idempotency key.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from sqlalchemy import func, select

from gausdo.kernel.conditions import MAX_VALUES, Leaf, Op, rewritten
from gausdo.platform.crypto.vault import Place, Unreadable, Vault
from gausdo.platform.db import Tx

_AMONG = {Op.EQ: Op.IN, Op.NE: Op.NOT_IN, Op.IN: Op.IN, Op.NOT_IN: Op.NOT_IN}


Normal: TypeAlias = Callable[[str], str]


def blinded(vault: Vault, filter: str, sealed: Mapping[str, tuple[Place, Normal]]) -> str:
    """A condition that asks for values of sealed fields, asking for their blind indexes."""

    def blind(leaf: Leaf) -> Leaf:
        if leaf.field not in sealed or leaf.op not in _AMONG:
            return leaf
        asked = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
        try:
            indexes = tuple(_indexes(vault, asked, *sealed[leaf.field]))
        except ValueError:
            return leaf
        if len(indexes) > MAX_VALUES:
            return leaf
        return Leaf(field=leaf.field, op=_AMONG[leaf.op], value=indexes)

    return rewritten(filter, blind)


def _indexes(vault: Vault, values: Iterable[object], place: Place, normal: Normal) -> Iterable[str]:
    for value in values:
        if not isinstance(value, str):
            raise ValueError(place.column)  # noqa: TRY004 - one kind of refusal
        yield from vault.indexes(place, normal(value))


class Sealed(Protocol):
    """What a rotation reaches: a column of blind indexes."""

    @property
    def index(self) -> Any: ...
    async def reindex(self, tx: Tx, vault: Vault, limit: int) -> int: ...


@dataclass(frozen=True)
class SealedField:
    """`name` of the module's `Fields`; its row has the columns `<name>_sealed`, `<name>_index`.

    `normal` makes equal what is written differently; it raises ValueError for what is no value.
    """

    name: str
    row: type[Any]
    normal: Normal

    @property
    def place(self) -> Place:
        return Place(self.row.__tablename__, f"{self.name}_sealed")

    @property
    def index(self) -> Any:
        """The column of its blind index."""
        return getattr(self.row, f"{self.name}_index")

    async def keep(
        self, tx: Tx, vault: Vault, row: Any, value: str | None
    ) -> dict[str, tuple[bool, bool]]:
        """Set the value of a row; answers what its history is told: that it has one, before, after.

        Nothing, when it is so already. Raises Unreadable when the person was erased.
        """
        sealed: bytes | None = getattr(row, self.place.column)
        if (sealed is None and value is None) or await self._is(tx, vault, row, value):
            return {}
        if value is None:
            kept = index = None
        else:
            kept = await vault.seal(tx, self.place, row.id, value, subject=row.id)
            index = vault.index(self.place, self.normal(value))
        setattr(row, self.place.column, kept)
        setattr(row, self.index.key, index)
        return {self.name: (sealed is not None, value is not None)}

    async def read(self, tx: Tx, vault: Vault, row: Any) -> str | None:
        """The value of a row. Raises Unreadable."""
        sealed: bytes | None = getattr(row, self.place.column)
        return None if sealed is None else await vault.open(tx, self.place, row.id, sealed)

    async def _is(self, tx: Tx, vault: Vault, row: Any, value: str | None) -> bool:
        try:
            return await self.read(tx, vault, row) == value
        except Unreadable:
            return False

    def blinded(self, vault: Vault, filter: str | None) -> str | None:
        """A list's condition, with blind indexes in the place of values; the field takes no other.

        What is no value of the field stays as it is, and is refused by whoever checks it.
        """
        return filter and blinded(vault, filter, {self.name: (self.place, self.normal)})

    async def reindex(self, tx: Tx, vault: Vault, limit: int) -> int:
        """Make blind indexes anew, by the ring's first key, of rows that have another's.

        Answers how many of at most `limit`; a row that does not open loses its index.
        """
        first = vault.ring.first.id
        rows = await tx.session.scalars(
            select(self.row)
            .where(self.index.is_not(None), func.left(self.index, len(first)) != first)
            .limit(limit)
            .with_for_update()
        )
        count = 0
        for row in rows:
            count += 1
            try:
                value = await self.read(tx, vault, row)
            except Unreadable:
                value = None
            index = None if value is None else vault.index(self.place, self.normal(value))
            setattr(row, self.index.key, index)
        return count
