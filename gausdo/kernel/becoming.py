"""A field that was added gets another type: what would become of its values, told beforehand."""

from enum import StrEnum
from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, CustomType, Option
from gausdo.kernel.errors import Conflict
from gausdo.kernel.values import Currency, Draft, Locale, Value

SHOWN = 10
"""Examples of each sort that a preview shows."""
MOST_OPTIONS = 500

WAYS: frozenset[CustomType] = frozenset(CustomType) - {
    CustomType.LINK,
    CustomType.FILE,
    CustomType.SEALED,
}
"""What a field can become: a text does not say which of several records it means, and is no file;
what is kept encrypted was never anything else.
"""


class BecomeDraft(Draft):
    """`currency`: of numbers that become sums, and the one of which sums become numbers. `locale`:
    how numbers, days and yes or no are written where they become texts.
    """

    version: int
    type: CustomType
    currency: Currency = "RUB"
    locale: Locale = "ru"


class UseKind(StrEnum):
    FORMULA = "formula"
    ROLL_UP = "roll_up"
    ROLE = "role"
    RULE = "rule"
    SEGMENT = "segment"
    VIEW = "view"
    STAGE = "stage"


class FieldUse(Value):
    """What asks of a field: by its kind and name."""

    kind: UseKind
    name: str


class BecomingExample(Value):
    """A value as it is read now, what it becomes (None: nothing), and how many records have it."""

    before: str
    after: str | None
    records: int


class BecomingSeen(Value):
    """What would become of the values of a field. Of `records` that have one, those of `kept` have
    one afterwards, of which those of `shorter` say less (a day without its hour); those of `lost`
    stay under the old field only. `unseen` were too many to look at. `options` are made of values.
    `blocked` stands in the way; `carried` goes on with the new type; `left` goes on asking for the
    values as they were.
    """

    type: CustomType
    records: int
    kept: int
    shorter: int
    lost: int
    unseen: int
    examples: tuple[BecomingExample, ...]
    losses: tuple[BecomingExample, ...]
    options: tuple[Option, ...]
    unique: bool
    blocked: tuple[FieldUse, ...]
    carried: tuple[FieldUse, ...]
    left: tuple[FieldUse, ...]


class LeftBehind(Value):
    """A record whose value did not become one of the new type, and how it reads."""

    id: UUID
    name: str
    value: str


class LeftBehindPage(Value):
    items: tuple[LeftBehind, ...]
    next: UUID | None


class FieldInUse(Conflict, code="custom-field.in-use", status=409):
    """What asks of the field would not fit its new type. `data`: `uses`."""


class FieldBecoming(Conflict, code="custom-field.becoming", status=409):
    """The field gets another type just now."""


class NotBecoming(Conflict, code="custom-field.not-becoming", status=409):
    """The field gets no other type, or has it by now."""


class AsksOfFields(Protocol):
    """A module that keeps what asks of fields by their names. Only Gausdo itself asks."""

    async def uses_of_field(self, actor: Actor, object: str, name: str) -> list[FieldUse]:
        """What asks of a field of the records `object`. Raises Forbidden."""
        ...


class CarriesFields(AsksOfFields, Protocol):
    async def hide_field(self, actor: Actor, object: str, before: str, after: str) -> None:
        """Hide `after` from whomever `before` is hidden from. May be told again. Raises
        Forbidden.
        """
        ...

    async def show_field(
        self, actor: Actor, object: str, before: str, after: str, sorts: bool, groups: bool
    ) -> None:
        """Views show `after` in the place of `before`, and are sorted by it where it `sorts`, and
        grouped where it `groups`. May be told again. Raises Forbidden.
        """
        ...


def names_of(uses: tuple[FieldUse, ...]) -> str:
    return ", ".join(f"“{one.name}”" for one in uses[:SHOWN])


def successor_key(field: CustomField, taken: set[str]) -> str:
    """`plan_2025` → `plan_2025_2` → `plan_2025_3`."""
    stem, _, number = field.key.rpartition("_")
    came = field.came_of is not None and stem != "" and number.isdigit()
    base = (stem if came else field.key)[:36]
    count = 2
    while f"{base}_{count}" in taken:
        count += 1
    return f"{base}_{count}"
