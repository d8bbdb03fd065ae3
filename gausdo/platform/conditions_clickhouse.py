"""The condition language as ClickHouse SQL."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

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
from gausdo.kernel.fields import Operand
from gausdo.kernel.operators import (
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

Parameter: TypeAlias = str | Decimal | list[str | Decimal]
Parameters: TypeAlias = dict[str, Parameter]

_TYPES: Mapping[FieldType, str] = {
    FieldType.TEXT: "String",
    FieldType.NUMBER: "Decimal(38, 6)",
    FieldType.MONEY: "Decimal(38, 6)",
    FieldType.BOOL: "Bool",
    FieldType.DATE: "Date32",
    FieldType.TIME: "DateTime64(6, 'UTC')",
    FieldType.CHOICE: "String",
    FieldType.CHOICES: "String",
    FieldType.ID: "UUID",
    FieldType.PERSON: "UUID",
}


def to_clickhouse(
    condition: Condition,
    fields: Fields,
    columns: Mapping[str, str],
    context: Context,
    prefix: str = "p",
) -> tuple[str, Parameters]:
    """A clause for WHERE, and the server-side parameters it names (`{p0:String}` …).

    `columns` maps a field's name to the expression to put in its place: nothing else of the
    condition becomes part of the text. Conditions used in one query need different prefixes.
    Raises Invalid when `fields` cannot answer the condition.
    """
    check(condition, fields, Target.CLICKHOUSE)
    parameters: Parameters = {}

    def bound(type: str, value: Parameter) -> str:
        name = f"{prefix}{len(parameters)}"
        parameters[name] = value
        return f"{{{name}:{type}}}"

    def compiled(node: Condition) -> str:
        match node:
            case AllOf(all=nodes):
                return f"({' AND '.join(map(compiled, nodes)) or 'true'})"
            case AnyOf(any=nodes):
                return f"({' OR '.join(map(compiled, nodes)) or 'false'})"
            case Not(not_=inner):
                return _complement(compiled(inner))
            case Leaf():
                field = fields[node.field]
                asked = meaning(node.op, node.value, field, context)
                return _clause(asked, columns[field.name], field.type, bound)

    return compiled(condition), parameters


def _complement(clause: str) -> str:
    """True where `clause` is false or NULL: this keeps two values where SQL has three."""
    return f"NOT ifNull({clause}, false)"


def folded(column: str) -> str:
    """`lowerUTF8` maps whole words; İ and Σ, which it treats unlike `folded`, go before it."""
    return f"lowerUTF8(translateUTF8({column}, 'İΣ', 'iσ'))"


def _clause(  # noqa: C901, PLR0911 - one for each meaning
    asked: Meaning, column: str, type: FieldType, bound: Callable[[str, Parameter], str]
) -> str:
    bound_type = _TYPES[type]

    def one(value: Operand) -> str:
        return bound(bound_type, _written(value))

    def many(values: Iterable[Operand]) -> str:
        return bound(f"Array({bound_type})", [_written(value) for value in values])

    match asked:
        case Among((value,)):
            return f"{column} = {one(value)}"
        case Among(values) if type in {FieldType.NUMBER, FieldType.MONEY}:
            return f"has({many(values)}, {column})"  # IN does not compare across kinds of number
        case Among(values):
            return f"{column} IN {many(values)}"
        case Overlaps(values):
            return f"hasAny({column}, {many(values)})"
        case Bounds(bounds):
            return f"({' AND '.join(f'{column} {sign} {one(edge)}' for sign, edge in bounds)})"
        case Contains(text):
            return f"position({folded(column)}, {one(text)}) > 0"
        case StartsWith(text):
            return f"startsWith({folded(column)}, {one(text)})"
        case Empty():
            return _empty(column, type)
        case Filled():
            return f"NOT ({_empty(column, type)})"
        case Other(than):
            return _complement(_clause(than, column, type, bound))


def _empty(column: str, type: FieldType) -> str:
    match type:
        case FieldType.TEXT | FieldType.CHOICE:
            return f"ifNull({column}, '') = ''"
        case FieldType.CHOICES:
            return f"empty({column})"
        case _:
            return f"{column} IS NULL"


def _written(value: Operand) -> str | Decimal:
    """As ClickHouse reads a parameter of its type; a decimal in a list may not be quoted."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return value
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S.%f")
        case date():
            return value.isoformat()
        case _:
            return str(value)
