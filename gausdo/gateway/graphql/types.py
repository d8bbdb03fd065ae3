"""GraphQL's types, made of the contracts' values: one name and one shape in REST and here."""

import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from pydantic import BaseModel, JsonValue, SecretStr
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from gausdo.kernel.values import Value

Anything = NewType("Anything", object)
"""Any JSON: a condition, the values of a change."""


def _as_it_is(value: Any) -> Any:
    """A value is told as the contract's JSON has it, and checked by the contract."""
    return value


def _scalar(name: str, description: str) -> Any:
    return strawberry.scalar(
        name=name, description=description, serialize=_as_it_is, parse_value=_as_it_is
    )


SCALARS: Mapping[Any, Any] = {
    UUID: _scalar("UUID", "An id."),
    datetime: _scalar("DateTime", "ISO 8601 with an offset."),
    date: _scalar("Date", "ISO 8601."),
    Decimal: _scalar("Decimal", "A number in text, exact: “1500.00”."),
    Anything: _scalar("JSON", "Any JSON."),
}


_PLAIN: Mapping[Any, Any] = {SecretStr: str}


class Types:
    """Values, drafts and choices as strawberry's types, each made once.

    `renamed` are the fields that are told as `<name>_id`, since a link has their name.
    """

    def __init__(self, renamed: Iterable[tuple[type[Value], str]]) -> None:
        self._renamed = frozenset(renamed)
        self._made: dict[Any, Any] = {}

    def told(self, hint: Any) -> Any:
        """The annotation of something that is answered."""
        return self._annotation(hint, self._value)

    def asked(self, hint: Any) -> Any:
        """The annotation of something that is sent."""
        return self._annotation(hint, self._draft)

    def connection(self, item: type[Value]) -> Any:
        """A page of `item` as Relay has it."""
        name = f"{item.__name__}Connection"
        if name not in self._made:
            node = self.told(item)
            edge = _class(f"{item.__name__}Edge", {"node": node, "cursor": str})
            page = {"edges": list[strawberry.type(edge)], "pageInfo": self._page_info()}  # type: ignore[misc]
            self._made[name] = strawberry.type(_class(name, page))
        return self._made[name]

    def add(self, of: type[Value], field: StrawberryField) -> None:
        """One more field of a value: a link."""
        definition: StrawberryObjectDefinition = self.told(of).__strawberry_definition__
        definition.fields.append(field)

    def _page_info(self) -> Any:
        if "PageInfo" not in self._made:
            told = {
                "hasNextPage": bool,
                "hasPreviousPage": bool,
                "startCursor": str | None,
                "endCursor": str | None,
            }
            self._made["PageInfo"] = strawberry.type(_class("PageInfo", told))
        return self._made["PageInfo"]

    def _annotation(self, hint: Any, model: Any) -> Any:
        origin, parts = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            some, *others = (part for part in parts if part is not NoneType)
            # of several shapes, as a condition has them, GraphQL has no type that is sent as well
            return (Anything if others else self._annotation(some, model)) | None
        if origin is list or (origin is tuple and parts[-1] is ...):
            return list[self._annotation(parts[0], model)]  # type: ignore[misc]
        if origin is Literal:
            return self._choice(hint)
        if origin in (dict, tuple) or hint in (Any, JsonValue):
            return Anything
        if issubclass(hint, Enum):
            return self._choice(hint)
        return model(hint) if issubclass(hint, BaseModel) else _PLAIN.get(hint, hint)

    def _choice(self, hint: Any) -> Any:
        """An enumeration by its values, as they stand in JSON; a `Literal` by its alias' name."""
        if hint not in self._made:
            if get_origin(hint) is Literal:
                name, values = _alias(hint), get_args(hint)
            else:
                name, values = hint.__name__, tuple(one.value for one in hint)
            made: Any = Enum
            self._made[hint] = strawberry.enum(made(name, {one: one for one in values}))
        return self._made[hint]

    def _value(self, kind: type[Value]) -> Any:
        key = ("told", kind)
        if key not in self._made:
            fields = {}
            for name, hint in get_type_hints(kind).items():
                if name not in kind.model_fields:
                    continue
                if (kind, name) in self._renamed:
                    needed = NoneType not in get_args(hint)
                    fields[f"{name}_id"] = UUID if needed else UUID | None
                else:
                    fields[name] = self.told(hint)
            self._made[key] = strawberry.type(
                _class(kind.__name__, fields), description=_described(kind)
            )
        return self._made[key]

    def _draft(self, kind: type[Value]) -> Any:
        key = ("asked", kind)
        if key not in self._made:
            hints = get_type_hints(kind)
            fields = {}
            for name, field in kind.model_fields.items():
                hint = self.asked(hints[name])
                fields[name] = hint if field.is_required() else hint | None
            name = kind.__name__ + ("" if _is_named_as_sent(kind) else "Input")
            made = _class(name, fields)
            for field_name, one in kind.model_fields.items():
                if not one.is_required():
                    setattr(made, field_name, strawberry.UNSET)
            self._made[key] = strawberry.input(made, description=_described(kind))
        return self._made[key]


def _class(name: str, fields: Mapping[str, Any]) -> type:
    return type(name, (), {"__annotations__": dict(fields)})


def _described(kind: type[Value]) -> str | None:
    """The first paragraph of its own docstring."""
    told = kind.__dict__.get("__doc__") or ""
    return " ".join(told.partition("\n\n")[0].split()) or None


def _is_named_as_sent(kind: type[Value]) -> bool:
    return kind.__name__.endswith(("Draft", "Change", "Move"))


def _alias(hint: Any) -> str:
    """The name under which a contract has a `Literal`."""
    contracts = [module for name, module in sys.modules.items() if name.endswith(".contract")]
    return next(
        name
        for module in contracts
        for name, told in vars(module).items()
        if told == hint and get_origin(told) is Literal
    )


def told(record: Mapping[str, Any], name: str) -> Any:
    """A field of a record; `company_id` of one that has its company by id and name."""
    if name in record:
        return record[name]
    known = record[name.removesuffix("_id")]
    return known and known["id"]


def sent(value: Any) -> Any:
    """What was sent, without what was not, as plain values of JSON."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [sent(one) for one in value]
    if hasattr(type(value), "__strawberry_definition__"):
        return {
            name: sent(told) for name, told in vars(value).items() if told is not strawberry.UNSET
        }
    return value
