"""A kind of thing that is configured: how it is written down, and by which use cases it changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    field_validator,
)
from sqlalchemy import func, select

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.rights import Guarded
from gausdo.kernel.values import Draft, Text
from gausdo.platform.db import Tx

MADE_BY_TIME = 7
"""The version of our ids (RFC 9562)."""


class Entry(Draft):
    """One thing as its file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID

    @field_validator("id")
    @classmethod
    def _ours(cls, id: UUID) -> UUID:
        if id.version != MADE_BY_TIME:
            raise ValueError("is no id that Gausdo makes (UUIDv7)")
        return id

    def told(self) -> str:  # type: ignore[override]
        """What people call it."""
        return str(getattr(self, "name", self.id))


def _joined(told: object) -> object:
    lines = isinstance(told, list) and all(isinstance(line, str) for line in told)
    return "\n".join(told) if lines else told  # type: ignore[arg-type]


Lines = Annotated[
    Text, BeforeValidator(_joined), PlainSerializer(lambda text: text.split("\n"), list[str])
]
"""A longer text: a list of its lines in a file, so that a difference is a line."""

Ids = Annotated[list[UUID], Field(max_length=100), AfterValidator(sorted)]
"""Other things by which a thing is in no order."""

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class At:
    """Where a change is made: in whose name, and beside what else."""

    tx: Tx
    actor: Actor
    coming: frozenset[UUID] = frozenset()


class Kind(Generic[E]):
    """`name` is that of its file, too. Its methods raise what the use cases raise."""

    name: ClassVar[str]
    entry: ClassVar[type[Any]]
    guarded: ClassVar[Guarded]
    reading: ClassVar[Right]
    adding: ClassVar[str] = "create"
    changing: ClassVar[str] = "edit"

    async def there(self, tx: Tx, *, lock: bool = False) -> Sequence[E]:
        """All of them in the order of the file, their rows locked when they are to be changed."""
        raise NotImplementedError

    def in_order(self, wanted: Sequence[E]) -> Iterable[E]:
        """In which order they are added and changed."""
        return wanted

    async def look(self, actor: Actor, wanted: E, coming: frozenset[UUID]) -> None:
        """Ask neighbours about what is added or changed: before the transaction."""

    async def add(self, at: At, wanted: E) -> None:
        raise NotImplementedError

    async def change(self, at: At, wanted: E, fields: Mapping[str, Any]) -> None:
        """`fields` are those that differ, as `wanted` has them."""
        raise NotImplementedError

    async def remove(self, at: At, id: UUID) -> None:
        raise NotImplementedError


async def first_version(tx: Tx, id: UUID) -> int:
    """Of a thing that is added under an id it may have had before."""
    history = tx.schema.history.c
    last = await tx.session.scalar(
        select(func.coalesce(func.max(history.version), 0)).where(history.subject_id == id)
    )
    return int(last or 0) + 1
