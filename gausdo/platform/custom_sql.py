"""The values of fields that were added, in SQL: what conditions and orders ask of them, by indexes
where the fields have some.

Their names stand in the text of statements and of indexes: keys are letters, digits and `_` alone.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Text,
    any_,
    cast,
    collate,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Boolean, Date, Uuid
from sqlalchemy.util import LRUCache

from gausdo.kernel.custom import CustomField, CustomType
from gausdo.kernel.fields import CUSTOM, Fields
from gausdo.platform.conditions_sql import Meant, Placed
from gausdo.platform.db.schema import TIME
from gausdo.platform.rights import Guard

Columns = Mapping[str, ColumnElement[Any]]
Made = TypeVar("Made")
ORDERED = 200
"""Characters of a text that its place in an order depends on; an index holds no long texts."""

_NAMES: ColumnElement[Any] = literal_column("'$[*].name'::jsonpath")
_NUMBER = literal_column("'-Infinity'::numeric", Numeric)
BLANK: Mapping[CustomType, ColumnElement[Any]] = {
    CustomType.TEXT: literal_column("''", Text),
    CustomType.NUMBER: _NUMBER,
    CustomType.MONEY: _NUMBER,
    CustomType.DATE: literal_column("'9999-12-31'::date", Date),
    CustomType.TIME: literal_column("'9999-12-31T00:00:00Z'::timestamptz", TIME),
}
"""Where a record stands whose value is empty. Other types have no order."""


@dataclass(frozen=True)
class Orders:
    """What lists are sorted by: keys by their names, and where a record is that has none."""

    keys: Columns
    blank: Columns

    def with_custom(
        self, fields: Sequence[CustomField], schema: str, custom: ColumnElement[Any]
    ) -> "Orders":
        """Those of fields that are indexed, too."""
        if not fields:
            return self
        added = _once(_orders_by, fields, schema, custom)
        return Orders({**self.keys, **added.keys}, {**self.blank, **added.blank})


_KEPT: LRUCache[tuple[int, ...], tuple[tuple[Any, ...], Any]] = LRUCache(200)


def _once(make: Callable[..., Made], *of: Any) -> Made:
    """What is made of these very objects, made once: of fifty fields it costs more than a page of
    a list.
    """
    key = (id(make), *map(id, of))
    kept = _KEPT.get(key)
    if kept is None:
        kept = _KEPT[key] = of, make(*of)  # while they are kept, nothing else has their ids
    made: Made = kept[1]
    return made


def _orders_by(fields: Sequence[CustomField], schema: str, custom: ColumnElement[Any]) -> Orders:
    added = {CUSTOM + one.key: one for one in fields if one.indexed and one.type in BLANK}
    return Orders(
        {name: place(one, schema, custom) for name, one in added.items()},
        {name: BLANK[one.type] for name, one in added.items()},
    )


def guarded_with(
    guard: Guard, fields: Sequence[CustomField], schema: str, custom: ColumnElement[Any]
) -> Guard:
    """The guard of records whose conditions may ask of these fields as well, kept in `custom`."""
    if not fields or guard.fields is None:
        return guard
    return _once(_with, guard, guard.fields, fields, schema, custom)


def _with(
    guard: Guard,
    known: Fields,
    fields: Sequence[CustomField],
    schema: str,
    custom: ColumnElement[Any],
) -> Guard:
    values = {CUSTOM + one.key: _asked(one, schema, custom, guard) for one in fields}
    asked = (one.condition_field() for one in fields)
    return replace(
        guard,
        fields=Fields(known.record, *known, *asked),
        columns={**guard.columns, **values},
        made_of={
            **guard.made_of,
            **{
                CUSTOM + one.key: frozenset({CUSTOM + one.key, *one.uses})
                for one in fields
                if one.uses
            },
        },
    )


def _asked(
    field: CustomField, schema: str, custom: ColumnElement[Any], guard: Guard
) -> ColumnElement[Any]:
    """What a condition compares: by the index of its order, where one index does for both."""
    if field.type is CustomType.SEALED:
        has = custom.op("->>")(literal_column(f"'{field.key}'", Text))
        assert guard.id is not None
        return Meant(guard.id, partial(_sealed_so, schema), has)
    held = value(field, schema, custom)
    if field.type is CustomType.LINK:
        return Meant(held, partial(getattr(func, schema).custom_parts, field.links_to))
    if not field.indexed or field.type not in BLANK or field.type is CustomType.TEXT:
        return held
    blank = BLANK[field.type]
    first = blank is _NUMBER
    return Placed(held, place(field, schema, custom), blank, first=first)


def _sealed_so(schema: str, indexes: ColumnElement[Any]) -> ColumnElement[Any]:
    """The records that have a value with any of these blind indexes, which are of one field."""
    row = table("sealed_value", column("record_id", Uuid), column("index", Text), schema=schema).c
    return select(row.record_id).where(row.index == any_(indexes)).scalar_subquery()


def indexed(fields: Iterable[CustomField]) -> frozenset[Hashable]:
    """What the text of a statement depends on beside what is asked."""
    return frozenset((one.key, one.uses) for one in fields if one.indexed or one.uses)


GROUPED = frozenset(
    {
        *(CustomType.CHOICE, CustomType.CHOICES, CustomType.BOOL, CustomType.PERSON),
        *(CustomType.DATE, CustomType.TIME),
    }
)


def grouped_keys(fields: Iterable[CustomField]) -> frozenset[str]:
    """The names of those by which a list of any length is put into groups."""
    told = (one for one in fields if one.indexed and not one.archived and one.type in GROUPED)
    return frozenset(CUSTOM + one.key for one in told)


def value(field: CustomField, schema: str, custom: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a record has in a field, of the type in which it is compared; NULL when it is empty.

    Days, times and lists are read by functions of the schema. They promise what a cast from text
    cannot, that the same text is always the same day; so they can be indexed.
    """
    at = literal_column(f"'{field.key}'", Text)
    text, functions = custom.op("->>")(at), getattr(func, schema)
    told: dict[CustomType, Callable[[], ColumnElement[Any]]] = {
        CustomType.TEXT: lambda: cast(text, Text),
        CustomType.CHOICE: lambda: cast(text, Text),
        CustomType.NUMBER: lambda: cast(text, Numeric),
        CustomType.MONEY: lambda: cast(
            custom.op("->")(at).op("->>")(literal_column("'amount'", Text)), Numeric
        ),
        CustomType.BOOL: lambda: cast(text, Boolean),
        CustomType.PERSON: lambda: cast(text, Uuid),
        CustomType.LINK: lambda: cast(text, Uuid),
        CustomType.DATE: lambda: functions.custom_day(text, type_=Date()),
        CustomType.TIME: lambda: functions.custom_time(text, type_=TIME),
        CustomType.FILE: lambda: func.array_to_string(
            functions.custom_keys(func.jsonb_path_query_array(custom.op("->")(at), _NAMES)),
            literal_column("', '", Text),
            type_=Text(),
        ),
        CustomType.CHOICES: lambda: functions.custom_keys(custom.op("->")(at), type_=ARRAY(Text)),
    }
    return told[field.type]()


def sameness(field: CustomField, schema: str, custom: ColumnElement[Any]) -> ColumnElement[Any]:
    """The value as two are compared, whatever it is kept as: letter case aside, zeros aside."""
    held = value(field, schema, custom)
    if field.type is CustomType.TEXT:
        return func.md5(func.lower(collate(held, "pg_c_utf8")), type_=Text())
    if field.type is CustomType.NUMBER:
        return cast(func.trim_scale(held), Text)
    return custom.op("->>")(literal_column(f"'{field.key}'", Text))


def links_to(
    fields: Iterable[CustomField], kind: str, schema: str, custom: ColumnElement[Any]
) -> list[ColumnElement[Any]]:
    """What each field that leads to records of a kind has: the id of one."""
    links = (one for one in fields if one.type is CustomType.LINK and one.links_to == kind)
    return [value(one, schema, custom) for one in links]


def place(field: CustomField, schema: str, custom: ColumnElement[Any]) -> ColumnElement[Any]:
    """Where a record stands in the order of a field: never NULL."""
    held, blank = value(field, schema, custom), BLANK[field.type]
    if field.type is not CustomType.TEXT:
        return func.coalesce(held, blank, type_=blank.type)
    plain = func.translate(
        func.lower(held), literal_column("'ё'", Text), literal_column("'е'", Text)
    )
    first = func.left(plain, literal_column(str(ORDERED)))
    return func.coalesce(first, blank, type_=Text())


PREFIX, SAME = "cf_", "cu_"
PARTED = {"ct_": "team_id", "co_": "owner_id"}
PREFIXES = (PREFIX, SAME, *PARTED)
"""The names of all indexes of such fields begin so, and those of no others: what lists ask, whether
another record has a value, and the order of the records of each team and owner: see
`platform.parts`.
"""


def indexes(fields: Iterable[CustomField], schema: str) -> Iterator[tuple[str, str]]:
    """Name → what follows `create index`, of each index these fields have in a schema.

    One has the order, where the type has one, and finds what is in it; the other finds values of
    other types, and whole texts.
    """
    custom: ColumnElement[Any] = column("custom", JSONB)
    for field in fields:
        if field.archived:
            continue
        name = f"{PREFIX}{field.of}_{field.key}"
        on = f"on {schema}.{field.of} using"
        if field.unique:
            same = _text(sameness(field, schema, custom))
            yield (
                f"{SAME}{field.of}_{field.key}",
                f"{on} btree (({same})) where ({same}) is not null",
            )
        if not field.indexed and field.type is not CustomType.LINK:
            continue
        if field.type in BLANK:
            order = f"({_text(place(field, schema, custom))}), id"
            yield f"{name}_order", f"{on} btree ({order})"
            for prefix, whose in PARTED.items():
                yield f"{prefix}{field.of}_{field.key}", f"{on} btree ({whose}, {order})"
        if field.type not in BLANK or field.type is CustomType.TEXT:
            # GIN for lists; hash for what may be longer than a btree holds
            method = {CustomType.CHOICES: "gin", CustomType.TEXT: "hash"}.get(field.type, "btree")
            yield name, f"{on} {method} (({_text(value(field, schema, custom))}))"


def _text(expression: ColumnElement[Any]) -> str:
    return str(expression.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
