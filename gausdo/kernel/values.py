"""The shared vocabulary: immutable values, no I/O, nothing but pydantic."""

import re
import unicodedata
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Annotated, Any, NewType
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    SecretStr,
    SerializationInfo,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from uuid_utils.compat import uuid7

Json = NewType("Json", bytes)
"""A JSON document as PostgreSQL built it; it goes out untouched."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069]")  # overrides of direction


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): ids sort by the time of their making."""
    return uuid7()


def now() -> datetime:
    return datetime.now(UTC)


def _clean(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("has characters that no text may have (NUL, control or half a pair)")
    return text


def _visible(text: str) -> str:
    if _HIDDEN.search(text) or all(unicodedata.category(letter) in {"Cf", "Zs"} for letter in text):
        raise ValueError("has nothing to see in it, or characters that turn text around")
    return text


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("needs a time zone, for instance 2026-03-01T12:00:00+03:00")
    if not FIRST_YEAR < at.year < LAST_YEAR:
        raise ValueError(f"is not between {FIRST_YEAR} and {LAST_YEAR}")
    return at.astimezone(UTC)


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_clean),
    AfterValidator(_visible),
]
"""One line that says something: a name, a title."""

LongLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(_clean),
    AfterValidator(_visible),
]
"""The same of more words: a name as a register has it, an address."""

Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
]
Locale = Annotated[str, StringConstraints(pattern="^(ru|en)$")]
TimeZone = Annotated[str, StringConstraints(max_length=64)]
"""As the IANA names it: Europe/Moscow."""

_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d(:00)?$"


def _to_the_minute(told: object) -> object:
    if isinstance(told, time) or (isinstance(told, str) and re.fullmatch(_CLOCK, told)):
        return told
    raise ValueError("A time of day has hours and minutes, such as 09:30.")


Text = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_clean)]
Time = Annotated[datetime, AfterValidator(_aware)]
Clock = Annotated[
    time,
    BeforeValidator(_to_the_minute),
    PlainSerializer("{:%H:%M}".format, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _CLOCK, "examples": ["09:30"]}),
]
"""A time of day, without a date or a zone."""
Amount = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=2, allow_inf_nan=False),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "decimal", "examples": ["1500.00"]}),
]


def _told(secret: SecretStr, info: SerializationInfo) -> str:
    return str(secret) if info.context is HIDDEN else secret.get_secret_value()


HIDDEN: Any = {"secrets": "hidden"}
"""The context of a serialisation whose outcome is kept, be it as a digest."""
Secret = Annotated[SecretStr, PlainSerializer(_told, return_type=str, when_used="json")]
"""Never in a log; told in JSON only to a neighbour that has to check or to keep it."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Value(BaseModel):
    """What crosses a boundary. Readers ignore fields they do not know.

    In the OpenAPI document every field of a told value is required: a default says what the
    code may leave out, not what a reader may miss.
    """

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class Draft(Value):
    """What a client sends. A misspelt field is an error, not a silence."""

    model_config = ConfigDict(extra="forbid")

    def told(self) -> set[str]:
        """The names of the fields that say something."""
        return {name for name in self.model_fields_set if getattr(self, name) not in (None, [])}


class Money(Value):
    """At most 16 digits before the point and two after it; never a float."""

    amount: Amount
    currency: Currency


class Change(Draft):
    """A change of some fields: what is not named stays as it is.

    `version` is the one the change was made from; a later one refuses it (`Stale`).
    """

    version: int = Field(strict=True, ge=1, le=2**53)

    def named(self) -> dict[str, Any]:
        """The fields the client named, without `version`."""
        return {name: getattr(self, name) for name in self.model_fields_set if name != "version"}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell no defaults: a field that is left out is not set to its default."""
        schema = handler(core)
        for field in handler.resolve_ref_schema(schema).get("properties", {}).values():
            field.pop("default", None)
        return schema
