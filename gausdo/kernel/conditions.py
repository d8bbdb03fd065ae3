"""The condition language: filters, saved views, segments, rules, audiences, report filters.

A condition is a small tree, in JSON::

    {"field": "amount", "op": "gte", "value": "1000.00"}
    {"all": […]}   {"any": […]}   {"not": …}

It is checked against the declared `Fields` of a record and compiled three times, to one answer:
`predicate` here, `platform.conditions_sql.to_sql`, `platform.conditions_clickhouse.to_clickhouse`.

What holds everywhere:

- A condition is true or false, never unknown. An empty field (none, `''`, no choices) fulfils
  `is_empty`, `ne` and `not_in` only, and `not` is the exact complement. An empty `all` is true,
  an empty `any` false.
- `eq` and `in` compare text exactly; `contains` and `starts_with` ignore case as `folded` does,
  and no character is a wildcard. Of several choices, `in` asks for any, `not_in` for none.
- Both bounds of `between` belong to it. A date asked of a time means that whole day.
- Days begin at midnight in the zone of the `Context`, weeks on Monday. The last (next) n days
  include today.
- No one is "me" where nobody asks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import pydantic
from pydantic import ConfigDict, StringConstraints, TypeAdapter, WrapValidator
from pydantic_core import PydanticCustomError

from gausdo.kernel.errors import FieldError, Invalid
from gausdo.kernel.fields import (
    CUSTOM,
    Field,
    Fields,
    FieldType,
    Scalar,
    Target,
    folded,
    is_sealed,
)
from gausdo.kernel.operators import (
    COMPARE,
    FILLED,
    Among,
    Bounds,
    Contains,
    Context,
    Empty,
    Filled,
    Meaning,
    Op,
    Other,
    Overlaps,
    StartsWith,
    Wrong,
    meaning,
)
from gausdo.kernel.values import Draft, Text

__all__ = [
    "AllOf",
    "AnyOf",
    "Condition",
    "Context",
    "Field",
    "FieldType",
    "Fields",
    "Leaf",
    "Not",
    "Op",
    "Target",
    "asked_fields",
    "check",
    "parse",
    "predicate",
    "rewritten",
    "with_leaves",
]

MAX_DEPTH = 8
MAX_LEAVES = 100
MAX_VALUES = 1000
MAX_TEXT = 1000

_TEXT = TypeAdapter[str](Text)


def _plain(raw: object, _: object) -> object:
    """A value in JSON's terms, so that a condition written in Python may hold ids and dates."""
    match raw:
        case list() | tuple():
            if len(raw) > MAX_VALUES:
                raise PydanticCustomError("too-many", f"At most {MAX_VALUES} values are taken.")
            return tuple(_scalar(one) for one in raw)
        case None:
            return None
        case _:
            return _scalar(raw)


def _scalar(raw: object) -> Scalar:
    match raw:
        case str() if len(raw) > MAX_TEXT:
            raise PydanticCustomError("too-long", f"At most {MAX_TEXT} characters are taken.")
        case str():
            return _TEXT.validate_python(str(raw))
        case bool() | int() | float():
            return raw
        case UUID() | Decimal():
            return str(raw)
        case date():
            return raw.isoformat()
        case _:
            raise PydanticCustomError("value", "A value is text, a number, true or false.")


class Leaf(Draft):
    """A question to one field."""

    field: Annotated[str, StringConstraints(max_length=64)]
    op: Op
    value: Annotated[Scalar | tuple[Scalar, ...] | None, WrapValidator(_plain)] = None


class AllOf(Draft):
    """Every one of them holds."""

    all: tuple["Condition", ...]


class AnyOf(Draft):
    """At least one of them holds."""

    any: tuple["Condition", ...]


class Not(Draft):
    """It does not hold."""

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    not_: "Condition" = pydantic.Field(alias="not")


def _children(node: object) -> Sequence[object]:
    match node:
        case AllOf(all=nodes) | AnyOf(any=nodes) | {"all": [*nodes]} | {"any": [*nodes]}:
            return nodes
        case Not(not_=inner) | {"not": inner}:
            return (inner,)
        case _:
            return ()


def _measure(root: object) -> None:
    """Refuse a tree that is too deep or too large, without recursion and before it is built."""
    leaves, nodes = 0, [(root, 1)]
    while nodes:
        node, depth = nodes.pop()
        if depth > MAX_DEPTH:
            raise PydanticCustomError("too-deep", f"At most {MAX_DEPTH} levels may be nested.")
        children = _children(node)
        leaves += not children
        if leaves > MAX_LEAVES:
            raise PydanticCustomError("too-many", f"At most {MAX_LEAVES} questions may be asked.")
        nodes.extend((child, depth + 1) for child in children)


def _node(raw: object, _: object) -> "Leaf | AllOf | AnyOf | Not":
    """The key tells the shape, so that an error names its place and not four failed guesses."""
    _measure(raw)
    match raw:
        case Leaf() | AllOf() | AnyOf() | Not():
            return raw
        case {"all": list() | tuple()}:
            return AllOf.model_validate(raw)
        case {"any": list() | tuple()}:
            return AnyOf.model_validate(raw)
        case {"not": _}:
            return Not.model_validate(raw)
        case {"field": _} | {"op": _}:
            return Leaf.model_validate(raw)
        case _:
            shapes = "{field, op, value}, {all: […]}, {any: […]} or {not: …}"
            raise PydanticCustomError("condition", f"A condition is one of: {shapes}.")


Condition: TypeAlias = Annotated[Leaf | AllOf | AnyOf | Not, WrapValidator(_node)]

for _model in (AllOf, AnyOf, Not):
    _model.model_rebuild()

_CONDITION = TypeAdapter[Condition](Condition)
_SOME_TIME = Context(now=datetime(2000, 1, 1, tzinfo=UTC))


def parse(
    text: str | bytes, fields: Fields, target: Target = Target.SQL, at: str = "filter"
) -> Condition:
    """A condition from JSON, checked. Raises Invalid with every error's path below `at`."""
    try:
        condition = _CONDITION.validate_json(text)
    except pydantic.ValidationError as refused:
        raise _invalid(
            FieldError(
                field=".".join((at, *map(str, error["loc"]))),
                code=error["type"].replace("_", "-"),
                message=error["msg"].removeprefix("Value error, "),
            )
            for error in refused.errors(include_url=False, include_context=False)
        ) from None
    check(condition, fields, target, at)
    return condition


def rewritten(text: str | bytes, change: Callable[[Leaf], Leaf]) -> str:
    """The same condition with its leaves changed; a text that is none stays, to be refused."""
    try:
        condition = _CONDITION.validate_json(text)
    except pydantic.ValidationError:
        return text if isinstance(text, str) else text.decode()
    return _CONDITION.dump_json(with_leaves(condition, change)).decode()


def with_leaves(node: Condition, change: Callable[[Leaf], Condition]) -> Condition:
    """The same condition with its leaves changed."""
    match node:
        case AllOf(all=nodes):
            return AllOf(all=tuple(with_leaves(child, change) for child in nodes))
        case AnyOf(any=nodes):
            return AnyOf(any=tuple(with_leaves(child, change) for child in nodes))
        case Not(not_=inner):
            return Not(not_=with_leaves(inner, change))
        case Leaf():
            return change(node)


def check(
    condition: Condition,
    fields: Fields,
    target: Target | None = None,
    at: str = "condition",
    *,
    custom: bool = False,
) -> None:
    """Raise Invalid, naming the path of every error, unless `fields` can answer `condition`.

    `target` is where it will be evaluated; a field may not be there. `custom`: what it asks of
    fields that were added is for those to check who know them.
    """
    try:
        _measure(condition)
    except PydanticCustomError as refused:
        too_big = FieldError(field=at, code=refused.type, message=refused.message())
        raise _invalid([too_big]) from None
    errors = [
        error
        for path, leaf in _leaves(condition, at)
        if (
            error := _kept(path, leaf)
            if custom and leaf.field.startswith(CUSTOM)
            else _error(path, leaf, fields, target)
        )
    ]
    if errors:
        raise _invalid(errors)


def asked_fields(condition: Condition) -> set[str]:
    """The names of the fields it asks of."""
    return {leaf.field for _, leaf in _leaves(condition, "")}


def asked_ops(condition: Condition) -> set[Op]:
    return {leaf.op for _, leaf in _leaves(condition, "")}


def _leaves(node: Condition, path: str) -> Iterator[tuple[str, Leaf]]:
    match node:
        case Leaf():
            yield path, node
        case AllOf(all=nodes):
            for place, child in enumerate(nodes):
                yield from _leaves(child, f"{path}.all.{place}")
        case AnyOf(any=nodes):
            for place, child in enumerate(nodes):
                yield from _leaves(child, f"{path}.any.{place}")
        case Not(not_=inner):
            yield from _leaves(inner, f"{path}.not")


def _kept(path: str, leaf: Leaf) -> FieldError | None:
    """What is kept with a condition is not kept encrypted."""
    if not is_sealed(leaf.field) or leaf.op in FILLED:
        return None
    message = f"“{leaf.field}” is kept encrypted: it is only asked for at once, and not kept."
    return FieldError(field=f"{path}.field", code="field-not-here", message=message)


def _error(path: str, leaf: Leaf, fields: Fields, target: Target | None) -> FieldError | None:
    field = fields.get(leaf.field)
    if field is None:
        message = f"A {fields.record} has no field “{leaf.field}”."
        return FieldError(field=f"{path}.field", code="unknown-field", message=message)
    if target and target not in field.targets:
        message = f"“{field.name}” cannot be used here."
        return FieldError(field=f"{path}.field", code="field-not-here", message=message)
    try:
        meaning(leaf.op, leaf.value, field, _SOME_TIME)
    except Wrong as wrong:
        return FieldError(
            field=f"{path}.{wrong.part}", code=f"wrong-{wrong.part}", message=str(wrong)
        )
    return None


def _invalid(errors: Iterable[FieldError]) -> Invalid:
    first, *more = errors
    return Invalid(f"{first.field}: {first.message}", errors=[first, *more])


Row: TypeAlias = Mapping[str, object]


def predicate(condition: Condition, fields: Fields) -> Callable[[Row, Context], bool]:
    """Whether a record fulfils the condition. Raises Invalid at once when it is malformed.

    A row holds typed values (see `FieldType`); a field it lacks is empty. Made for many rows: it
    is compiled once, and anew only when the context changes.
    """
    check(condition, fields, Target.PYTHON)

    @lru_cache(maxsize=1)
    def at(context: Context) -> Callable[[Row], bool]:
        return _compiled(condition, fields, context)

    return lambda row, context: at(context)(row)


def _compiled(node: Condition, fields: Fields, context: Context) -> Callable[[Row], bool]:
    match node:
        case AllOf(all=nodes):
            every = [_compiled(child, fields, context) for child in nodes]
            return lambda row: all(test(row) for test in every)
        case AnyOf(any=nodes):
            some = [_compiled(child, fields, context) for child in nodes]
            return lambda row: any(test(row) for test in some)
        case Not(not_=inner):
            test = _compiled(inner, fields, context)
            return lambda row: not test(row)
        case Leaf(field=name):
            field = fields[name]
            passes = _test(meaning(node.op, node.value, field, context))
            return lambda row: passes(row.get(name))


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, Sized) and not value)


def _test(asked: Meaning) -> Callable[[Any], bool]:  # noqa: PLR0911 - one for each meaning
    """A test of one value; empty values pass `Empty` and `Other` only."""
    match asked:
        case Among(values):
            wanted = frozenset(values)
            return lambda value: value in wanted
        case Overlaps(values):
            wanted = frozenset(values)
            return lambda value: bool(value) and not wanted.isdisjoint(value)
        case Bounds(bounds):
            limits = [(COMPARE[sign], edge) for sign, edge in bounds]
            return lambda value: (
                value is not None and all(stands(value, edge) for stands, edge in limits)
            )
        case Contains(text):
            return lambda value: value is not None and text in folded(value)
        case StartsWith(text):
            return lambda value: value is not None and folded(value).startswith(text)
        case Empty():
            return _empty
        case Filled():
            return lambda value: not _empty(value)
        case Other(than):
            test = _test(than)
            return lambda value: not test(value)
