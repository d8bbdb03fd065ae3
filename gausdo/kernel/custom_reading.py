"""What fields that were added take: each value in its one form."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from pydantic import JsonValue, TypeAdapter, ValidationError
from pydantic_core import to_json

from gausdo.kernel.custom_files import Files
from gausdo.kernel.fields import Field
from gausdo.kernel.values import Money, Text, Time


class Chosen(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def archived(self) -> bool: ...


class Described(Protocol):
    """A field that was added."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def options(self) -> Sequence[Chosen]: ...
    def condition_field(self) -> Field: ...


def read(field: Described, raw: JsonValue) -> JsonValue:
    """A value that is not empty. Raises ValueError saying what the field takes."""
    return _READERS[field.type](field, raw)


def _text(_: Described, raw: JsonValue) -> JsonValue:
    return _taken(_TEXT, raw, "text of at most 20,000 characters")


def _held(field: Described, raw: JsonValue) -> JsonValue:
    """That there is one; the value itself was taken out before (`custom_sealed`)."""
    if raw is not True:
        raise ValueError(f"“{field.name}” is kept encrypted: it cannot be told here.")
    return raw


def _scalar(field: Described, raw: JsonValue) -> JsonValue:
    return scalar(asked(field), raw)


def asked(field: Described) -> Field:
    """What reads single values of the field, and says so by its name."""
    return field.condition_field().model_copy(update={"name": field.name})


def scalar(by: Field, raw: JsonValue) -> JsonValue:
    """As a condition would read it; numbers as text, so that no reader makes floats of them."""
    if not isinstance(raw, bool | int | float | str):
        raise ValueError(f"“{by.name}” takes one value.")  # noqa: TRY004 - one kind of refusal
    value = by.read(raw)
    return value if isinstance(value, bool) else str(value)


def _time(_: Described, raw: JsonValue) -> JsonValue:
    return _taken(_TIME, raw, "a time with its zone such as 2026-03-31T18:00:00+03:00")


def _money(_: Described, raw: JsonValue) -> JsonValue:
    return _taken(_MONEY, raw, 'a sum such as {"amount": "1500.00", "currency": "RUB"}')


def _choice(field: Described, raw: JsonValue) -> JsonValue:
    keys = {option.key for option in field.options if not option.archived}
    if raw not in keys:
        raise ValueError(f"“{field.name}” is one of: {', '.join(sorted(keys))}.")
    return raw


def _choices(field: Described, raw: JsonValue) -> JsonValue:
    """In the order of the options."""
    if not isinstance(raw, list):
        raise ValueError(f"“{field.name}” takes a list.")  # noqa: TRY004 - one kind of refusal
    chosen = {_choice(field, one) for one in raw}
    return [option.key for option in field.options if option.key in chosen]


def _files(field: Described, raw: JsonValue) -> JsonValue:
    if not isinstance(raw, Files):
        told = f"“{field.name}” takes files, which are sent to one record at a time."
        raise ValueError(told)  # noqa: TRY004 - one kind of refusal
    return raw


def _taken(adapter: TypeAdapter[Any], raw: JsonValue, expected: str) -> JsonValue:
    try:
        found = adapter.validate_json(to_json(raw))
    except ValidationError:
        raise ValueError(f"Expected {expected}.") from None
    told: JsonValue = adapter.dump_python(found, mode="json")
    return told


_TEXT, _TIME, _MONEY = TypeAdapter(Text), TypeAdapter(Time), TypeAdapter(Money)
_READERS: Mapping[str, Callable[[Described, JsonValue], JsonValue]] = {
    "text": _text,
    "number": _scalar,
    "money": _money,
    "date": _scalar,
    "time": _time,
    "bool": _scalar,
    "choice": _choice,
    "choices": _choices,
    "person": _scalar,
    "link": _scalar,
    "file": _files,
    "sealed": _held,
}
