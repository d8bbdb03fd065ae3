"""The condition language as PostgreSQL."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    Text,
    and_,
    any_,
    collate,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
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
}


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
) -> ColumnElement[bool]:
    """A clause for WHERE, FILTER or CASE, where NULL is as good as false.

    Every value is a bound parameter and a list is one array, so that conditions of one shape
    share one prepared statement. Raises Invalid when `fields` cannot answer the condition.
    """
    check(condition, fields, Target.SQL)

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
                return _clause(asked, columns[field.name], field.type)

    return compiled(condition)


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
    asked: Meaning, column: ColumnElement[Any], type: FieldType
) -> ColumnElement[bool]:
    bound_type = _TYPES[type]
    match asked:
        case Among((value,)):
            return column == literal(value, bound_type)
        case Among(values):
            return column == any_(literal(list(values), ARRAY(bound_type)))
        case Overlaps(values):
            return column.bool_op("&&")(literal(list(values), ARRAY(bound_type)))
        case Bounds(bounds):
            return and_(
                *(COMPARE[sign](column, literal(edge, bound_type)) for sign, edge in bounds)
            )
        case Contains(text):
            return func.strpos(folded(column), literal(text, bound_type)) > 0
        case StartsWith(text):
            return func.starts_with(folded(column), literal(text, bound_type), type_=Boolean())
        case Empty():
            return _empty(column, type)
        case Filled():
            return not_(_empty(column, type))
        case Other(than):
            return _complement(_clause(than, column, type))
