"""Questions in GraphQL: of every field of the schema, all there is to be told."""

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from tools.graphql_doc import KEPT

SCHEMA = build_schema(KEPT.read_text())
PAGE = 8
"""As many as there are of each kind: a page of pages stays within the limits of an answer."""


def fields() -> dict[str, GraphQLField]:
    """What can be asked for, by name."""
    query = SCHEMA.query_type
    assert query is not None
    return dict(query.fields)


def required(field: GraphQLField) -> set[str]:
    return {name for name, one in field.args.items() if is_required_argument(one)}


def question(name: str, given: set[str]) -> str:
    """One field, all it has, and all that the records it links to have; `given` are variables."""
    field = fields()[name]
    declared = ", ".join(f"${one}: {field.args[one].type}" for one in sorted(given))
    told = [f"{one}: ${one}" for one in sorted(given)]
    head = f"({declared})" if declared else ""
    return f"query{head} {{ {name}{_asked(field, told)}{_below(get_named_type(field.type), 2)} }}"


def _asked(field: GraphQLField, told: list[str]) -> str:
    told = told + [f"first: {PAGE}"] * ("first" in field.args)
    return f"({', '.join(told)})" if told else ""


def _below(of: object, records: int) -> str:
    """What is asked of a type, down to `records` that hang on each other; a page is none."""
    if not isinstance(of, GraphQLObjectType):
        return ""
    told = []
    for name, field in of.fields.items():
        inner = get_named_type(field.type)
        left = records - ("id" in of.fields)
        if is_leaf_type(inner):
            told.append(name)
        elif left and (below := _below(inner, left)):
            told.append(f"{name}{_asked(field, [])}{below}")
    return f" {{ {' '.join(told)} }}" if told else ""
