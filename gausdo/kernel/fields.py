"""The fields of a record that a condition may speak of, and the values each takes."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

import pydantic

from gausdo.kernel.values import Value

Scalar: TypeAlias = bool | int | float | str
"""A value as JSON writes it."""

Operand: TypeAlias = bool | Decimal | str | date | datetime | UUID
"""A value as its field understands it."""

CUSTOM = "custom."
"""Before the key of a field that was added, where it stands beside those each installation has."""

SEALED = "sealed_"
"""How the keys of those begin whose values are kept sealed: whoever keeps a condition, and does not
know the fields, knows by it what must not be kept.
"""


def is_sealed(name: str) -> bool:
    """Whether this is the name of a field that was added and is kept sealed."""
    return name.startswith(CUSTOM + SEALED)


LINKS_TO_SEGMENT = "segment"
"""What an id is of by which members are asked for: no role is narrowed by whom anybody puts in."""
LINKS_TO_COMPETITOR = "competitor"
"""The same of whom a deal is sold against, whom whoever sells names."""
PUT_IN_BY_ANYBODY = frozenset({LINKS_TO_SEGMENT, LINKS_TO_COMPETITOR})
"""Lists are asked for them by anybody; no role is narrowed by them, and nothing is in none."""

LINKS_TO_CONSENT = "consent"
"""What a choice is of that is named by a purpose and a channel: `<purpose>:<channel>`."""

FIRST_DAY, LAST_DAY = date(1901, 1, 1), date(2199, 12, 31)
"""Days a condition may name: every store holds them, and their midnights in every zone."""


class FieldType(StrEnum):
    """What a field holds: in Python, in PostgreSQL, in ClickHouse (the last Nullable at need)."""

    TEXT = "text"  # str, text, String
    NUMBER = "number"  # int or Decimal, integer or numeric, Int or Decimal; never a float
    MONEY = "money"  # the amount alone: Decimal, numeric(18, 2), Decimal(18, 2)
    BOOL = "bool"
    DATE = "date"  # date, date, Date32
    TIME = "time"  # aware datetime, timestamptz, DateTime64(6, 'UTC')
    CHOICE = "choice"  # the option's key: str, text, String
    CHOICES = "choices"  # any iterable of keys, text[], Array(String)
    ID = "id"  # UUID
    PERSON = "person"  # the UUID of someone who signs in
    SEALED = "sealed"  # the blind index of a value that is not to be seen; in PostgreSQL only


class Target(StrEnum):
    """Where a condition is evaluated."""

    SQL = "sql"
    CLICKHOUSE = "clickhouse"
    PYTHON = "python"


class Field(Value):
    """One field; `options`, when given, are the only values a choice has. `folded`: its values are
    kept as `plain` has them, and may be asked for as anybody writes them. `links_to`: the kind of
    record an id is of, where its name does not say so.
    """

    name: str = pydantic.Field(pattern=r"^[a-z][a-z0-9_.]{0,62}$")
    type: FieldType
    label: str | None = None
    options: tuple[str, ...] = ()
    targets: frozenset[Target] = frozenset(Target)
    folded: bool = False
    links_to: str | None = None

    def read(self, raw: Scalar) -> Operand:
        """The typed value of a JSON one; ValueError says what the field takes instead."""
        read, expected = _READERS[self.type]
        try:
            value = read(raw)
        except ValueError:
            raise ValueError(f"“{self.name}” takes {expected}.") from None
        if self.folded and isinstance(value, str):
            value = plain(value)
        if self.options and value not in self.options:
            raise ValueError(f"“{self.name}” is one of: {', '.join(self.options)}.")
        return value


class Fields:
    """What can be asked of one type of record."""

    def __init__(self, record: str, *fields: Field) -> None:
        self.record = record
        self._named = {field.name: field for field in fields}
        if len(self._named) < len(fields):
            raise ValueError(f"Two fields of “{record}” have the same name.")

    def __iter__(self) -> Iterator[Field]:
        return iter(self._named.values())

    def __getitem__(self, name: str) -> Field:
        return self._named[name]

    def get(self, name: str) -> Field | None:
        return self._named.get(name)


def folded(text: str) -> str:
    """Lower case, letter for letter: Unicode's simple mapping, as PostgreSQL's builtin one.

    `str.lower` differs from it in two letters: İ (would become two) and Σ (ς at a word's end).
    """
    return text.replace("İ", "i").replace("Σ", "σ").lower()


def plain(text: str) -> str:
    """In lower case, with single spaces."""
    return " ".join(folded(text).split())


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _blind(raw: Scalar) -> str:
    if not _BLIND.fullmatch(_text(raw)):
        raise ValueError(raw)
    return _text(raw)


def _text(raw: Scalar) -> str:
    if not isinstance(raw, str) or not raw:
        raise ValueError(raw)
    return raw


def _bool(raw: Scalar) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(raw)  # noqa: TRY004 - one kind of refusal
    return raw


def _decimal(places: int) -> Callable[[Scalar], Decimal]:
    pattern = re.compile(rf"-?[0-9]{{1,16}}(\.[0-9]{{1,{places}}})?")

    def read(raw: Scalar) -> Decimal:
        if isinstance(raw, bool):
            raise ValueError(raw)  # noqa: TRY004 - one kind of refusal
        written = raw if isinstance(raw, str) else format(Decimal(str(raw)), "f")
        if not pattern.fullmatch(written):
            raise ValueError(raw)
        return Decimal(written)

    return read


def _day(raw: Scalar) -> date:
    if not _DAY.fullmatch(_text(raw)):
        raise ValueError(raw)
    return _in_reach(date.fromisoformat(_text(raw)))


def _time(raw: Scalar) -> date | datetime:
    """An instant, or a whole day in the zone of whoever asks."""
    if _DAY.fullmatch(_text(raw)):
        return _day(raw)
    at = datetime.fromisoformat(_text(raw))
    _in_reach(at.date())
    if at.tzinfo is None:
        raise ValueError(raw)
    return at.astimezone(UTC)


def _in_reach(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(day)
    return day


def _id(raw: Scalar) -> UUID:
    if not _ID.fullmatch(_text(raw)):
        raise ValueError(raw)
    return UUID(_text(raw))


_BLIND = re.compile(r"[0-9a-f]{40}")
"""As `platform.crypto` makes them of values, before a condition is checked."""
_KEY = "the key of an option, as text"
_READERS: dict[FieldType, tuple[Callable[[Scalar], Operand], str]] = {
    FieldType.TEXT: (_text, "text that is not empty"),
    FieldType.NUMBER: (_decimal(6), "a number such as 12.5, with at most 16 digits and 6 decimals"),
    FieldType.MONEY: (
        _decimal(2),
        "an amount such as 1500.00, with at most 16 digits and 2 decimals",
    ),
    FieldType.BOOL: (_bool, "true or false"),
    FieldType.DATE: (_day, "a date such as 2026-03-31, from 1901 to 2199"),
    FieldType.TIME: (
        _time,
        "a time with its zone such as 2026-03-31T18:00:00+03:00, or a date, from 1901 to 2199",
    ),
    FieldType.CHOICE: (_text, _KEY),
    FieldType.CHOICES: (_text, _KEY),
    FieldType.ID: (_id, "an id such as 0197c0de-0000-7000-8000-000000000000"),
    FieldType.PERSON: (_id, "a person's id such as 0197c0de-0000-7000-8000-000000000000"),
    FieldType.SEALED: (_blind, "the whole value, as text"),
}
