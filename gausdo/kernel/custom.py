"""Fields that an installation adds to its records: their definitions, and the values each takes.

A record keeps the values as JSON, by the keys of the fields, in one form each: exact numbers as
text, days and times in ISO 8601 (times in UTC), choices as the keys of their options.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import Field as Constraint
from pydantic import (
    JsonValue,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from gausdo.kernel.custom_reading import read
from gausdo.kernel.errors import Conflict, FieldError, Invalid
from gausdo.kernel.events import Event, Subject
from gausdo.kernel.fields import CUSTOM, Field, FieldType, Target
from gausdo.kernel.lists import AskableField, askable_field
from gausdo.kernel.rolling import RollUp, RollUpDraft
from gausdo.kernel.values import Change, Draft, Line, Text, Value

MOST = 200
"""Fields of one kind of record, those put away included."""
MOST_INDEXED = 20
"""Of them: each index is written with every record."""
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Told = Annotated[JsonValue, WithJsonSchema({"description": "As the type of the field has it."})]
"""A value, or null for none."""
Values: TypeAlias = dict[str, Told]
"""Key of a field → its value; null empties it."""


Linked: TypeAlias = Literal["company", "person", "deal"]
"""What a link leads to: the kind of record."""
FormulaText = Annotated[Text, Constraint(max_length=2000)]


class CustomType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TIME = "time"
    BOOL = "bool"
    CHOICE = "choice"
    CHOICES = "choices"
    PERSON = "person"  # somebody who works here
    LINK = "link"  # another record
    FILE = "file"  # some files
    SEALED = "sealed"  # a text that is kept encrypted: a record says that it has one


class OptionDraft(Draft):
    key: Key
    name: Line
    archived: bool = False


class Option(Value):
    key: str
    name: str
    archived: bool


class _Described(Draft):
    """What can be told of a field at any time."""

    name: Line
    help: Annotated[Text, Constraint(max_length=1000)] | None = None
    options: list[OptionDraft] = Constraint(default_factory=list, max_length=500)
    required: bool = False
    unique: bool = False
    indexed: bool = False
    pipeline_ids: list[UUID] = Constraint(default_factory=list, max_length=100)
    default: Told | None = None


class CustomFieldDraft(_Described):
    """`key` is made of the name when it is not told. `links_to` says what a link leads to. A field
    with a `formula` or a `roll_up` is of the type that this gives, and is filled in by nobody.
    """

    key: Key | None = None
    type: CustomType | None = None
    formula: FormulaText | None = None
    roll_up: RollUpDraft | None = None
    links_to: Linked | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.formula is not None and self.roll_up is not None:
            raise ValueError("A field is worked out in one way.")
        worked_out = self.formula is not None or self.roll_up is not None
        if not worked_out and self.type is None:
            raise ValueError("A field has a type.")
        if worked_out and (self.required or self.unique or self.default is not None):
            raise ValueError("What is worked out is not filled in, and not demanded.")
        if (self.type is CustomType.LINK) is not (self.links_to is not None):
            raise ValueError("A link says what it leads to, and nothing else does.")
        keys = [option.key for option in self.options]
        if len(set(keys)) < len(keys):
            raise ValueError("Two options have the same key.")
        if (self.type in _CHOSEN) is not bool(self.options):
            raise ValueError("A choice has options, and nothing else has.")
        return self


class CustomFieldChange(Change):
    name: Line | None = None
    help: Annotated[Text, Constraint(max_length=1000)] | None = None
    options: list[OptionDraft] | None = Constraint(None, max_length=500)
    required: bool | None = None
    unique: bool | None = None
    indexed: bool | None = None
    pipeline_ids: list[UUID] | None = Constraint(None, max_length=100)
    default: Told | None = None
    formula: FormulaText | None = None
    roll_up: RollUpDraft | None = None
    position: int | None = Constraint(None, strict=True, ge=0, le=10_000)
    archived: bool | None = None


class Computing(Value):
    """How many records have it worked out anew; `total` is not counted yet at the beginning."""

    done: int
    total: int | None


class Becoming(Value):
    """It gets another type: its values are kept anew as those of the field `into`, which then
    stands in its place. So many records are `done`; values of `lost` do not fit. While it is
    `closing`, for some seconds, nobody writes it; `stopping`: it keeps its type, and what was made
    by then is taken away.
    """

    into: UUID
    type: CustomType
    done: int
    total: int | None
    lost: int
    closing: bool
    stopping: bool = False


class CustomField(Value):
    """`unique`: no two records have the same value of it. `indexed`: lists of any length are sorted
    by it, and found by it, at once. `pipeline_ids` are those whose deals have it, all of them where
    none is named. `links_to` is the kind of record a link leads to. `formula`: it is worked out,
    of the fields that it `uses`, by their names in rights. `roll_up`: it is worked out of records
    that are linked to it. `computing` while it is worked out anew, `becoming` while it gets another
    type. `came_of`: the field, put away since, in whose place it stands.
    """

    id: UUID
    of: str  # the kind of record
    key: str
    name: str
    type: CustomType
    help: str | None
    options: tuple[Option, ...]
    links_to: Linked | None
    required: bool
    unique: bool
    indexed: bool
    pipeline_ids: tuple[UUID, ...]
    default: Told | None
    formula: str | None
    roll_up: RollUp | None
    uses: tuple[str, ...]
    computing: Computing | None
    becoming: Becoming | None
    came_of: UUID | None
    position: int
    archived: bool
    version: int

    @property
    def is_worked_out(self) -> bool:
        """Nobody fills it in."""
        return self.formula is not None or self.roll_up is not None

    def condition_field(self) -> Field:
        """What a condition may ask of it."""
        return Field(
            name=CUSTOM + self.key,
            type=_ASKED.get(self.type) or FieldType(self.type),
            label=self.name,
            options=tuple(option.key for option in self.options),
            targets=frozenset({Target.SQL}),
            links_to=self.links_to,
        )

    def is_of(self, pipeline_id: UUID) -> bool:
        return not self.pipeline_ids or pipeline_id in self.pipeline_ids

    def askable(self) -> AskableField:
        return askable_field(self.condition_field())

    def read(self, raw: JsonValue) -> JsonValue:
        """The value in its one form, None when it is empty.

        Raises ValueError saying what the field takes.
        """
        if raw in (None, "", []):
            return None
        return read(self, raw)


class CustomDraft(Draft):
    """A record that is to be, with fields that were added."""

    custom: Values = Constraint(default_factory=dict)


class CustomChange(Change):
    custom: Values | None = None  # those named; null empties one


class CustomSet(Draft):
    """What many records are given at once."""

    custom: Values | None = None


class CustomRecord(Value):
    custom: Values


class KeyTaken(Conflict, code="custom-field.key-taken", status=409): ...


class ValueTaken(Conflict, code="custom-field.value-taken", status=409):
    """Another record has the value of a field that is unique. `data`: `field`; `name` and
    `record_id` of the other where the actor may see it, else null.
    """


class CustomFieldChanged(Event, name="custom-field-changed"):
    """A field was added, or told otherwise. Each module has its own of these."""

    field_id: UUID
    of: str
    version: int

    def subject(self) -> Subject:
        return Subject(kind="custom-field", id=self.field_id)

    def subject_version(self) -> int:
        return self.version


_CHOSEN = frozenset({CustomType.CHOICE, CustomType.CHOICES})
_ASKED = {CustomType.LINK: FieldType.ID, CustomType.FILE: FieldType.TEXT}
"""What a condition compares: of files what they are called."""
UNIQUE = frozenset(
    {
        *(CustomType.TEXT, CustomType.NUMBER, CustomType.DATE, CustomType.TIME),
        *(CustomType.PERSON, CustomType.LINK),
    }
)
"""What can be unique: a single value of very many."""


def among(fields: Iterable[CustomField], told: Mapping[str, JsonValue]) -> Values:
    """What many records are to have, each value in its one form.

    Raises Invalid, also for what a record cannot do without and for what only one can have.
    """
    fields = list(fields)
    if sealed := [one for one in fields if one.type is CustomType.SEALED and one.key in told]:
        told_why = f"“{sealed[0].name}” is kept encrypted, and told of one record at a time."
        raise Invalid(told_why, errors=[_error(sealed[0].key, "sealed-alone", told_why)])
    values = checked(fields, told)
    for one in fields:
        if one.key in values and one.type is CustomType.FILE:
            told_why = f"The files of “{one.name}” are each record's own."
            raise Invalid(told_why, errors=[_error(one.key, "file", told_why)])
        if one.unique and values.get(one.key) is not None:
            told_why = f"“{one.name}” is unique: only one record can have a value."
            raise Invalid(told_why, errors=[_error(one.key, "unique", told_why)])
    held(fields, {}, values)
    return values


def plain_names(told: Mapping[str, Any]) -> dict[str, Any]:
    """What names every field by its own, as a change of a record would tell it."""
    plain = {name: value for name, value in told.items() if not name.startswith(CUSTOM)}
    custom = {
        name.removeprefix(CUSTOM): value for name, value in told.items() if name.startswith(CUSTOM)
    }
    return plain | ({"custom": custom} if custom else {})


def written(names: Iterable[str], custom: Values | None) -> set[str]:
    """The names of the fields that are written, those that were added each by its own."""
    return {name for name in names if name != "custom"} | {CUSTOM + key for key in custom or {}}


def unique_keys(fields: Iterable[CustomField]) -> set[str]:
    """The keys of those of which no two records have the same value."""
    return {one.key for one in fields if one.unique and not one.archived}


def checked(fields: Iterable[CustomField], told: Mapping[str, JsonValue]) -> Values:
    """Each value in its one form. Raises Invalid, naming every field that does not take its own,
    and those nobody has defined or that are put away.
    """
    open_fields = {field.key: field for field in fields if not field.archived}
    values: Values = {}
    errors: list[FieldError] = []
    for key, raw in told.items():
        if (field := open_fields.get(key)) is None:
            errors.append(_error(key, "unknown", "There is no such field."))
            continue
        if field.is_worked_out:
            errors.append(_error(key, "computed", f"“{field.name}” is worked out."))
            continue
        if field.becoming is not None and field.becoming.closing:
            told_why = f"“{field.name}” gets another type just now. Try again in some seconds."
            errors.append(_error(key, "becoming", told_why))
            continue
        try:
            values[key] = field.read(raw)
        except ValueError as refusal:
            errors.append(_error(key, "type", str(refusal)))
    if errors:
        raise Invalid("Some fields need another look.", errors=errors)
    return values


def begun(fields: Iterable[CustomField], told: Mapping[str, JsonValue]) -> Values:
    """The values of a new record: those told and the defaults of the others, without what is empty.

    Raises Invalid, also where a required one has none.
    """
    fields = list(fields)
    defaults = {
        field.key: field.default
        for field in fields
        if not field.archived and not field.is_worked_out
        if field.becoming is None or not field.becoming.closing
    }
    return held(fields, {}, checked(fields, defaults | dict(told)))


def altered(
    fields: Iterable[CustomField], before: Values, told: Mapping[str, JsonValue]
) -> tuple[dict[str, tuple[Any, Any]], Values]:
    """What differs, by the fields' full names, before and after; and all values as they are then.

    Raises Invalid.
    """
    fields = list(fields)
    after = held(fields, before, checked(fields, told))
    changes = {
        CUSTOM + key: (before.get(key), after.get(key))
        for key in told
        if before.get(key) != after.get(key)
    }
    return changes, after if changes else before


def held(fields: Iterable[CustomField], before: Values, changes: Values) -> Values:
    """The values of a record after `changes`. Raises Invalid where they empty a required one; one
    that was empty before it became required does not stand in the way of other changes.
    """
    after: Values = {**before, **changes}
    after = {key: value for key, value in after.items() if value is not None}
    missing = [
        _error(field.key, "missing", f"“{field.name}” is required.")
        for field in fields
        if field.required and not field.archived
        if field.key in changes and field.key not in after
    ]
    if missing:
        raise Invalid("Some fields need another look.", errors=missing)
    return after


def _error(key: str, code: str, message: str) -> FieldError:
    return FieldError(field=CUSTOM + key, code=code, message=message)
