"""GraphQL has the shapes of the REST API, and a schema that only grows."""

import json
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from gausdo.app import MODULES
from tools.graphql_doc import KEPT, broken, told
from tools.rules.rule import ROOT

SCHEMA = build_schema(KEPT.read_text())
REST: dict[str, Any] = json.loads((ROOT / "web" / "openapi.json").read_text())
"""Both as they are written down, and other tests see that this is what the code has: making them
anew takes seconds, in each process that collects tests.
"""
SHAPES: dict[str, Any] = REST["components"]["schemas"]
LINKED = {"company", "contact", "owner", "parent", "person"}
"""Told as `<name>_id` where REST tells an id and a name: a link has their name."""
SCALARS = {
    "string": {"String", "UUID", "DateTime", "Date", "Decimal"},
    "integer": {"Int"},
    "number": {"Float"},
    "boolean": {"Boolean"},
    "object": {"JSON"},
}
TAGS = {module.name for module in MODULES if module.graph.changes}


def shown() -> list[GraphQLObjectType]:
    """The types that are shapes of the REST API as well."""
    return [
        kind
        for name, kind in SCHEMA.type_map.items()
        if isinstance(kind, GraphQLObjectType) and name in SHAPES
    ]


def sent() -> list[tuple[GraphQLInputObjectType, dict[str, Any]]]:
    """Each input with what REST takes instead of it."""
    inputs = [one for one in SCHEMA.type_map.values() if isinstance(one, GraphQLInputObjectType)]
    return [
        (
            one,
            SHAPES.get(f"{one.name.removesuffix('Input')}-Input")
            or SHAPES[one.name.removesuffix("Input")],
        )
        for one in inputs
    ]


@pytest.mark.parametrize("kind", shown(), ids=lambda kind: kind.name)
def test_what_is_told_is_told_as_in_rest(kind: GraphQLObjectType) -> None:
    shape = SHAPES.get(f"{kind.name}-Output") or SHAPES[kind.name]
    for name, one in shape["properties"].items():
        linked = name in LINKED and f"{name}_id" in kind.fields
        field = kind.fields[f"{name}_id" if linked else name]
        assert is_non_null_type(field.type) != is_nullable(one), name
        if not linked:
            assert agrees(get_named_type(field.type), one), name
    links = {name for name in kind.fields if name not in shape["properties"]}
    assert all(not is_non_null_type(kind.fields[name].type) for name in links if "_id" not in name)


@pytest.mark.parametrize(("kind", "shape"), sent(), ids=lambda one: getattr(one, "name", ""))
def test_what_is_sent_is_sent_as_in_rest(
    kind: GraphQLInputObjectType, shape: dict[str, Any]
) -> None:
    assert kind.fields.keys() == shape["properties"].keys()
    needed = {name for name, field in kind.fields.items() if is_non_null_type(field.type)}
    assert needed == set(shape.get("required", ()))
    for name, one in shape["properties"].items():
        assert agrees(get_named_type(kind.fields[name].type), one), name


def is_nullable(told: dict[str, Any]) -> bool:
    return any(one.get("type") == "null" for one in told.get("anyOf", ()))


def agrees(kind: GraphQLNamedType, told: dict[str, Any]) -> bool:
    """Whether a named type is that of a property, lists and nulls aside."""
    if "anyOf" in told:
        told, *others = (one for one in told["anyOf"] if one.get("type") != "null")
        if others:  # of several shapes
            return kind.name == "JSON"
    if told.get("type") == "array":
        told = told["items"]
    if "$ref" in told:
        name = told["$ref"].rpartition("/")[2].partition("-")[0]
        return kind.name.removesuffix("Input") == name
    if isinstance(kind, GraphQLEnumType):
        return list(kind.values) == told["enum"]
    return kind.name in SCALARS[told.get("type", "object")]


def test_a_drift_is_found() -> None:
    assert not agrees(SCHEMA.type_map["Int"], {"type": "string"})
    assert not agrees(SCHEMA.type_map["StageKind"], {"enum": ["open", "won"], "type": "string"})
    assert len(shown()) > 10
    assert len(sent()) > 10


SENT = {"send_file", "send_consent_file"} | {
    f"send_{kind}_file" for kind in ("deal", "company", "person")
}
"""Bodies of bytes, which no GraphQL document has."""
PROVEN = {"make_my_feed", "end_my_feed"}
"""A secret address is made after a new proof, which only REST asks for."""


ELSEWHERE = {
    *("connect_my_calendar", "disconnect_my_calendar", "read_my_calendar"),
    *("change_my_calendar_password", "change_my_outside_calendar"),
}
"""One's accounts at other servers: a person sets them up in *Settings*, with a password."""


def test_every_use_case_has_its_mutation() -> None:
    changing = {
        operation["operationId"]
        for path in REST["paths"].values()
        for verb, operation in path.items()
        if verb in {"post", "patch", "put", "delete"} and TAGS & set(operation["tags"])
        if "security" in operation  # strangers have no GraphQL
    }
    assert changing - SENT - PROVEN - ELSEWHERE == set(SCHEMA.mutation_type.fields)


def test_pages_are_as_relay_has_them() -> None:
    connections = [one for name, one in SCHEMA.type_map.items() if name.endswith("Connection")]
    assert len(connections) >= 5
    for one in connections:
        assert set(one.fields) == {"edges", "pageInfo"}
        assert is_list_type(one.fields["edges"].type.of_type)
        assert set(get_named_type(one.fields["edges"].type).fields) == {"node", "cursor"}


def test_the_schema_is_written_down_and_only_grows() -> None:
    kept, now = KEPT.read_text(), told()
    assert broken(kept, now) == []
    assert kept == now, "Something is new: run `python -m tools.graphql_doc` and commit it."


@pytest.mark.parametrize(
    ("was", "now", "named"),
    [
        ("type Query { a: Int b: Int }", "type Query { a: Int }", "Query.b was removed"),
        ("type Query { a: Int b: ID }", "type Query { a: ID b: Int }", "Query.a changed type"),
        ("type Query { a: Int }", "type Query { a(b: Int!): Int }", "argument Query.a(b:)"),
    ],
)
def test_a_broken_promise_of_the_schema_is_named(was: str, now: str, named: str) -> None:
    assert any(named in refusal for refusal in broken(was, now))
    assert broken(now, now) == []


def test_nobody_signs_in_this_way() -> None:
    schema: GraphQLSchema = SCHEMA
    fields = {*schema.query_type.fields, *schema.mutation_type.fields}
    assert not {name for name in fields if "sign" in name or "password" in name or "token" in name}
