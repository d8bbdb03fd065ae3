"""The schema of everything that is answered here, near or far: queries, changes, live updates."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type
from strawberry.types.field import StrawberryField

from gausdo.gateway.graphql import fields
from gausdo.gateway.graphql.types import SCALARS, Types, told
from gausdo.kernel.values import Value
from gausdo.platform.graph import Graph

S = TypeVar("S", bound=strawberry.Schema)


class Changed(Value):
    """Something has happened. The record is there if you may see it, null if not (or no longer).

    `kind` is `all` when you could not keep up: read everything again.
    """

    kind: str
    id: UUID | None
    version: int | None
    name: str | None


def composed(
    graphs: Sequence[Graph],
    changed: fields.Resolve,
    made: type[S],
    extensions: Sequence[type[SchemaExtension]] = (),
) -> S:
    """`changed(root, info, kinds)` is what a subscription hears."""
    finds = {kind: find for graph in graphs for kind, find in graph.finds.items()}
    links = [link for graph in graphs for link in graph.links]
    types = Types((link.of, link.name) for link in links if link.name in link.of.model_fields)
    for link in links:
        if link.to in finds:
            types.add(link.of, fields.link(types, link, finds[link.to]))
    for graph in graphs:
        for pages in graph.pages:
            if pages.of in finds:
                types.add(pages.of, fields.pages(types, pages))
    for kind, find in finds.items():
        types.add(Changed, fields.of_kind(types, kind, find))
    queries = [
        *(fields.read(types, graph, method) for graph in graphs for method in graph.reads),
        *(fields.listing(types, listing) for graph in graphs for listing in graph.lists),
    ]
    changes = [fields.change(types, method) for graph in graphs for method in graph.changes]
    heard = fields.field(
        "changed",
        types.told(Changed),
        {"kinds": fields.Argument(list[str] | None, strawberry.UNSET)},
        changed,
        subscription=True,
    )
    return made(
        _root("Query", queries),
        _root("Mutation", changes) if changes else None,
        _root("Subscription", [heard]),
        config=StrawberryConfig(
            auto_camel_case=False,
            default_resolver=told,
            disable_field_suggestions=True,
            scalar_map=SCALARS,
        ),
        extensions=extensions,
    )


def printed(graphs: Sequence[Graph]) -> str:
    """The schema in GraphQL's own language; nothing needs to run for it."""
    return composed(graphs, _nothing, strawberry.Schema).as_str() + "\n"


def _nothing(*_: Any, **__: Any) -> None: ...


def _root(name: str, fields: Sequence[StrawberryField]) -> type:
    return create_type(name, list(fields))
