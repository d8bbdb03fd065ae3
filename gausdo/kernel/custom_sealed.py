"""Values of added fields that are kept sealed: taken out of what is told before anything sees it.

A record keeps `true` in the place of each, and so do its history, events and answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import JsonValue, StringConstraints, TypeAdapter, ValidationError

from gausdo.kernel.conditions import Leaf, rewritten
from gausdo.kernel.custom import CustomDraft, CustomField, CustomType, Values
from gausdo.kernel.errors import FieldError, Invalid, invalid
from gausdo.kernel.fields import CUSTOM, SEALED, is_sealed, plain
from gausdo.kernel.imports import FileRow
from gausdo.kernel.operators import FILLED
from gausdo.kernel.values import Text, Value

LONGEST = 2_000
"""Characters of one."""
_TEXT = TypeAdapter[str](
    Annotated[Text, StringConstraints(strip_whitespace=True, max_length=LONGEST)]
)
D = TypeVar("D", bound=CustomDraft)


class SealedValue(Value):
    """The value of a field that is kept encrypted; none, when the record has none."""

    value: str | None


@dataclass(frozen=True)
class Secrets:
    """What was told of added fields, with `true` in the place of each `sealed` value.

    `keys` are those of all sealed fields that are named.
    """

    custom: Values
    sealed: Mapping[str, str]
    keys: frozenset[str]

    @property
    def emptied(self) -> list[str]:
        return sorted(key for key in self.keys if self.custom[key] is None)


NONE = Secrets({}, {}, frozenset())


def secrets_in(fields: Iterable[CustomField], told: Mapping[str, JsonValue] | None) -> Secrets:
    """Raises Invalid for what is no text, or too long."""
    custom, sealed = dict(told or {}), {}
    named = {one.key: one for one in fields if one.type is CustomType.SEALED and one.key in custom}
    for key, one in named.items():
        raw = custom[key]
        if raw is None or raw is True:
            continue
        try:
            text = _TEXT.validate_python(raw, strict=True)
        except ValidationError:
            told_why = f"“{one.name}” takes text of at most {LONGEST:,} characters."
            raise Invalid(told_why, errors=[sealed_error(key, "sealed-text", told_why)]) from None
        custom[key] = True if text else None
        if text:
            sealed[key] = text
    return Secrets(custom, sealed, frozenset(named))


def without_secrets(fields: Iterable[CustomField], draft: D) -> tuple[D, Secrets]:
    """The same draft of a record without them, and they. Raises Invalid."""
    found = secrets_in(fields, draft.custom)
    return (draft.model_copy(update={"custom": found.custom}) if found.keys else draft), found


def tried_without_secrets(fields: Sequence[CustomField], draft: D) -> tuple[D, Secrets]:
    """As `without_secrets`; what cannot be taken so stays, to be refused by whoever reads it."""
    try:
        return without_secrets(fields, draft)
    except Invalid:
        return draft, NONE


def rows_without(fields: Sequence[CustomField], rows: list[FileRow]) -> list[FileRow]:
    """Rows of a file as they may be kept: `true` in the place of what is to be sealed."""
    keys = {one.key for one in fields if one.type is CustomType.SEALED}
    if not keys:
        return rows

    def without(row: FileRow) -> FileRow:
        custom = row.fields.get("custom")
        if not isinstance(custom, dict) or keys.isdisjoint(custom):
            return row
        plain = {key: bool(one) if key in keys else one for key, one in custom.items()}
        return row.model_copy(update={"fields": {**row.fields, "custom": plain}})

    return [without(row) for row in rows]


def sealed_names(fields: Iterable[CustomField]) -> list[str]:
    """The full names of those that are kept encrypted."""
    return [CUSTOM + one.key for one in fields if one.type is CustomType.SEALED]


def sealed_error(key: str, code: str, message: str) -> FieldError:
    return FieldError(field=CUSTOM + key, code=code, message=message)


def normal(text: str) -> str:
    """By which two are the same: letter case and runs of spaces aside."""
    return plain(text)


def hidden_values(filter: str) -> str:
    """A condition without the values it asks of sealed fields, for who keeps what was asked."""

    def hide(leaf: Leaf) -> Leaf:
        if not is_sealed(leaf.field) or leaf.op in FILLED:
            return leaf
        return leaf.model_copy(update={"value": "…"})

    return rewritten(filter, hide)


def demand_suited(wanted: CustomField) -> None:
    """Raise Invalid for what a field that is kept encrypted cannot be, or another one."""
    sealed = wanted.type is CustomType.SEALED
    if wanted.key.startswith(SEALED) is not sealed:
        told = f"The key of a field that is kept encrypted begins with “{SEALED}”, and no other."
        raise invalid("key", "sealed-key", told)
    if not sealed:
        return
    if wanted.unique:
        raise invalid("unique", "sealed", "What is kept encrypted is not compared: not unique.")
    if wanted.indexed:
        raise invalid("indexed", "sealed", "No list is in the order of what is kept encrypted.")
    if wanted.default is not None:
        raise invalid("default", "sealed", "What is kept encrypted has no value to begin with.")
