"""The condition language as PostgreSQL."""

from collections.abc import Callable, Hashable, Mapping
from itertools import count
from typing import Any

from psycopg.sql import Literal
from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    collate,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.types import Boolean, TypeEngine, Uuid

from gausdo.kernel.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Context,
    Fields,
    FieldType,
    Leaf,
    Not,
    Target,
    check,
)
from gausdo.kernel.operators import (
    COMPARE,
    Among,
    Bounds,
    Contains,
    Empty,
    Filled,
    Meaning,
    Other,
    Overlaps,
    StartsWith,
    meaning,
)
from gausdo.platform.db import Asked

Bound = Callable[[object, TypeEngine[Any]], ColumnElement[Any]]
"""Binds a value under the next name."""

_TYPES: Mapping[FieldType, TypeEngine[Any]] = {
    FieldType.TEXT: Text(),
    FieldType.NUMBER: Numeric(),
    FieldType.MONEY: Numeric(),
    FieldType.BOOL: Boolean(),
    FieldType.DATE: Date(),
    FieldType.TIME: DateTime(timezone=True),
    FieldType.CHOICE: Text(),
    FieldType.CHOICES: Text(),
    FieldType.ID: Uuid(),
    FieldType.PERSON: Uuid(),
    FieldType.SEALED: Text(),
}


class Placed(Grouping[Any]):
    """A value that an index has by its place in an order: a record without one stands at the
    `blank` end of it, the `first` or the last, where no value is.
    """

    inherit_cache = True

    def __init__(
        self,
        value: ColumnElement[Any],
        place: ColumnElement[Any],
        blank: ColumnElement[Any],
        *,
        first: bool,
    ) -> None:
        super().__init__(value)
        self.place, self.blank = place, blank
        self.filled = place > blank if first else place < blank


class Meant(Grouping[Any]):
    """The id of a record that may have become a part of another: it is any of the `parts` of those
    that are asked for. `has` is NULL where there is none; the id itself, unless told.
    """

    inherit_cache = True

    def __init__(
        self,
        value: ColumnElement[Any],
        parts: Callable[[ColumnElement[Any]], ColumnElement[Any]],
        has: ColumnElement[Any] | None = None,
    ) -> None:
        super().__init__(value)
        self.value, self.parts = value, parts
        self.has = value if has is None else has


class Keyed(Grouping[Any]):
    """A text whose `place` in an order an index has: one that is asked for is looked for there, in
    the place that `place_of` tells of it.
    """

    inherit_cache = True

    def __init__(
        self,
        value: ColumnElement[Any],
        place: ColumnElement[Any],
        place_of: Callable[[ColumnElement[Any]], ColumnElement[Any]],
    ) -> None:
        super().__init__(value)
        self.place, self.place_of = place, place_of


def folded(column: ColumnElement[Any]) -> ColumnElement[str]:
    """What `contains` and `starts_with` look at; an index on it serves `starts_with`.

    `pg_c_utf8` is built into PostgreSQL since 17 and the same whatever the database's locale.
    """
    return func.lower(collate(column, "pg_c_utf8"))


def to_sql(
    condition: Condition,
    fields: Fields,
    columns: Mapping[str, ColumnElement[Any]],
    context: Context,
    name: str | None = None,
    *,
    fixed: bool = False,
) -> ColumnElement[bool]:
    """A clause for WHERE, FILTER or CASE, where NULL is as good as false.

    Every value is a bound parameter and a list is one array, so that conditions of one shape
    share one prepared statement; they are called `name_0`, `name_1` … where a name is told.
    With `fixed` they stand in the text instead: PostgreSQL plans for them, once.
    Raises Invalid when `fields` cannot answer the condition.
    """
    check(condition, fields, Target.SQL)
    number = count()

    def bound(value: object, type: TypeEngine[Any]) -> ColumnElement[Any]:
        if fixed:
            return cast(literal_column(Literal(value).as_string()), type)
        return bindparam(f"{name}_{next(number)}" if name else None, value, type)

    def compiled(node: Condition) -> ColumnElement[bool]:
        match node:
            case AllOf(all=nodes):
                return and_(true(), *map(compiled, nodes))
            case AnyOf(any=nodes):
                return or_(false(), *map(compiled, nodes))
            case Not(not_=inner):
                return _complement(compiled(inner))
            case Leaf():
                field = fields[node.field]
                asked = meaning(node.op, node.value, field, context)
                column = columns[field.name]
                if isinstance(column, Placed):
                    return _place_clause(asked, column, field.type, bound)
                if isinstance(column, Meant):
                    return _meant_clause(asked, column, field.type, bound)
                return _clause(asked, column, field.type, bound)

    return compiled(condition)


def add_condition(
    asked: Asked, condition: Condition, fields: Fields, context: Context, name: str
) -> None:
    """What `to_sql` makes of a checked condition, for a read that is told apart."""
    number = count()

    def add(node: Condition) -> None:
        match node:
            case AllOf(all=nodes) | AnyOf(any=nodes):
                asked.add(type(node), len(nodes))
                for inner in nodes:
                    add(inner)
            case Not(not_=inner):
                asked.add(Not)
                add(inner)
            case Leaf():
                shape, values = _apart(meaning(node.op, node.value, fields[node.field], context))
                asked.add(node.field, fields[node.field].type, shape)
                asked.add(**{f"{name}_{next(number)}": value for value in values})

    add(condition)


def _apart(asked: Meaning) -> tuple[Hashable, tuple[Any, ...]]:
    """What the text of a meaning's clause depends on, and its values in their order."""
    match asked:
        case Among((value,)):
            return "one", (value,)
        case Among(values) | Overlaps(values):
            return type(asked).__name__, (list(values),)
        case Bounds(bounds):
            return tuple(sign for sign, _ in bounds), tuple(edge for _, edge in bounds)
        case Contains(text) | StartsWith(text):
            return type(asked).__name__, (text,)
        case Empty() | Filled():
            return type(asked).__name__, ()
        case Other(than):
            shape, values = _apart(than)
            return (Other, shape), values


def _complement(clause: ColumnElement[bool]) -> ColumnElement[bool]:
    """True where `clause` is false or NULL: this keeps two values where SQL has three."""
    return clause.is_not(true())


def _empty(column: ColumnElement[Any], type: FieldType) -> ColumnElement[bool]:
    match type:
        case FieldType.TEXT | FieldType.CHOICE:
            return or_(column.is_(None), column == literal("", Text()))
        case FieldType.CHOICES:
            return or_(column.is_(None), func.cardinality(column) == 0)
        case _:
            return column.is_(None)


def _clause(  # noqa: PLR0911 - one for each meaning
    asked: Meaning, column: ColumnElement[Any], type: FieldType, bound: Bound
) -> ColumnElement[bool]:
    bound_type = _TYPES[type]
    match asked:
        case Among((value,)):
            return _same(column, bound(value, bound_type))
        case Among(values):
            return column == any_(bound(list(values), ARRAY(bound_type)))
        case Overlaps(values):
            return column.bool_op("&&")(bound(list(values), ARRAY(bound_type)))
        case Bounds(bounds):
            return and_(*(COMPARE[sign](column, bound(edge, bound_type)) for sign, edge in bounds))
        case Contains(text):
            return func.strpos(folded(column), bound(text, bound_type)) > 0
        case StartsWith(text):
            return func.starts_with(folded(column), bound(text, bound_type), type_=Boolean())
        case Empty():
            return _empty(column, type)
        case Filled():
            return not_(_empty(column, type))
        case Other(than):
            return _complement(_clause(than, column, type, bound))


def _same(column: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[bool]:
    if isinstance(column, Keyed):
        return and_(column == value, column.place == column.place_of(value))
    return column == value


def _meant_clause(
    asked: Meaning, column: Meant, type: FieldType, bound: Bound
) -> ColumnElement[bool]:
    match asked:
        case Among((value,)):
            none = "'{}'::text[]" if type is FieldType.SEALED else "'{}'::uuid[]"
            ids = func.array_append(literal_column(none), bound(value, _TYPES[type]))
            return column.value == any_(column.parts(ids))
        case Among(values):
            return column.value == any_(column.parts(bound(list(values), ARRAY(_TYPES[type]))))
        case Other(than):
            return _complement(_meant_clause(than, column, type, bound))
        case _:
            return _clause(asked, column.has, type, bound)


def _place_clause(
    asked: Meaning, column: Placed, type: FieldType, bound: Bound
) -> ColumnElement[bool]:
    match asked:
        case Empty():
            return column.place == column.blank
        case Filled():
            return column.filled
        case Other(than):
            return _complement(_place_clause(than, column, type, bound))
        case Bounds():
            return and_(column.filled, _clause(asked, column.place, type, bound))
        case _:
            return _clause(asked, column.place, type, bound)
