"""Fields over the methods of contracts: their arguments, what they ask and how it is told."""

import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, NamedTuple, get_type_hints
from uuid import UUID

import strawberry
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json
from strawberry import Info
from strawberry.types.field import StrawberryField

from gausdo.gateway.graphql.asked import Asked, Record
from gausdo.gateway.graphql.types import Anything, Types, sent
from gausdo.kernel.pages import PAGE, ListQuery
from gausdo.kernel.values import Value
from gausdo.platform.graph import Graph, Link, Listing, Method, Pages
from gausdo.platform.http import IdempotencyKey
from gausdo.platform.http.problems import from_validation

Resolve = Callable[..., Any]
_KEY: TypeAdapter[str | None] = TypeAdapter(IdempotencyKey)


class Argument(NamedTuple):
    """An argument of a field; a default of UNSET means that it may be left out."""

    annotation: Any
    default: Any = inspect.Parameter.empty


def field(
    name: str,
    answer: Any,
    arguments: Mapping[str, Argument],
    resolve: Resolve,
    *,
    subscription: bool = False,
) -> StrawberryField:
    """A field whose arguments are known only now: strawberry reads them from a signature."""

    def resolver(root: Any, info: Info, **given: Any) -> Any:
        return resolve(root, info, **given)

    either = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter("root", either),
        inspect.Parameter("info", either, annotation=Info),
        *(
            inspect.Parameter(
                argument,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=told.annotation,
                default=told.default,
            )
            for argument, told in arguments.items()
        ),
    ]
    made: Any = resolver
    made.__name__ = name
    made.__signature__ = inspect.Signature(
        parameters, return_annotation=AsyncIterator[answer] if subscription else answer
    )
    made.__annotations__ = {one.name: one.annotation for one in parameters[1:]}
    told = strawberry.subscription if subscription else strawberry.field
    done: StrawberryField = told(resolver=made)
    done.python_name = name
    return done


def read(types: Types, graph: Graph, method: Method) -> StrawberryField:
    hints = get_type_hints(method)
    answer = graph.answers.get(method, hints["return"])
    return _of_method(types, method, answer)


def change(types: Types, method: Method) -> StrawberryField:
    """What was loaded before a change may be another by now."""
    answer = get_type_hints(method)["return"]
    return _of_method(types, method, answer, then=Asked.forget)


def _of_method(
    types: Types, method: Method, answer: Any, then: Callable[[Asked], None] | None = None
) -> StrawberryField:
    """A field of the method's own name and arguments."""
    hints = get_type_hints(method, include_extras=True)
    plain = get_type_hints(method)
    parameters = inspect.signature(method).parameters
    asked = {name: hints[name] for name in parameters if name not in {"self", "actor"}}
    arguments = {}
    for name in asked:
        needed = parameters[name].default is inspect.Parameter.empty
        hint = types.asked(plain[name])
        arguments[name] = Argument(hint) if needed else Argument(_maybe(hint), strawberry.UNSET)
    adapters = {name: _KEY if name == "key" else TypeAdapter(hint) for name, hint in asked.items()}

    async def resolve(_: Any, info: Info[Asked], **given: Any) -> Any:
        told = {
            name: _checked(name, adapters[name], value)
            for name, value in given.items()
            if value is not strawberry.UNSET and value is not None
        }
        answered = await info.context.answering(method)(info.context.actor, **told)
        if then is not None:
            then(info.context)
        return _shown(answered)

    return field(method.__name__, _maybe(types.told(answer)), arguments, resolve)


def listing(types: Types, listing: Listing) -> StrawberryField:
    query = get_type_hints(listing.method)["query"]

    async def resolve(_: Any, info: Info[Asked], **given: Any) -> Any:
        asked = _query(query, given)
        told = await info.context.answering(listing.method)(info.context.actor, asked)
        return _connection(from_json(told), asked)

    return field(
        listing.name, _maybe(types.connection(listing.item)), _page_arguments(types, query), resolve
    )


def pages(types: Types, pages: Pages) -> StrawberryField:
    query = get_type_hints(pages.method)["query"]

    async def resolve(root: Record, info: Info[Asked], **given: Any) -> Any:
        asked = _query(query, given)
        return _connection(
            await info.context.page(pages.method, pages.fixed, root["id"], asked), asked
        )

    arguments = _page_arguments(types, query, pages.answered)
    return field(pages.name, _maybe(types.connection(pages.item)), arguments, resolve)


def link(types: Types, link: Link, find: Method) -> StrawberryField:
    async def resolve(root: Record, info: Info[Asked]) -> Record | None:
        id = link.id(root)
        return await info.context.record(find, id) if id else None

    return field(link.name, _maybe(types.told(link.to)), {}, resolve)


def of_kind(types: Types, kind: type[Value], find: Method) -> StrawberryField:
    """The record of a live update, if it is one of this kind."""
    name = kind.__name__.lower()

    async def resolve(root: Record, info: Info[Asked]) -> Record | None:
        mine = root["kind"] == name and root["id"]
        return await info.context.record(find, root["id"]) if mine else None

    return field(name, _maybe(types.told(kind)), {}, resolve)


def _page_arguments(
    types: Types, query: type[BaseModel], answered: frozenset[str] = frozenset()
) -> dict[str, Argument]:
    """`first` for `limit`, ids as ids, a condition as JSON; the rest as the query has it."""
    hints = get_type_hints(query)
    written = {"filter": Anything, "ids": list[UUID]}
    arguments = {"first": Argument(_maybe(int), PAGE)}
    for name, one in query.model_fields.items():
        if name in {"limit", "cursors"} or name in answered:
            continue
        hint = written.get(name) or types.asked(hints[name])
        if one.is_required():
            arguments[name] = Argument(hint)
        else:
            arguments[name] = Argument(_maybe(hint), strawberry.UNSET)
    return arguments


def _query(query: type[BaseModel], given: Mapping[str, Any]) -> Any:
    told = {
        name: sent(value)
        for name, value in given.items()
        if value is not None and value is not strawberry.UNSET
    }
    told["limit"] = told.pop("first", PAGE)
    if "filter" in told:
        told["filter"] = to_json(told["filter"]).decode()
    if "ids" in told:
        told["ids"] = ",".join(map(str, told["ids"]))
    try:
        return query.model_validate({**told, "cursors": True})
    except ValidationError as error:
        first = {"loc": ("first",)}
        raise from_validation(
            [{**one, **(first if one["loc"] == ("limit",) else {})} for one in error.errors()]
        ) from error


def _checked(name: str, adapter: TypeAdapter[Any], value: Any) -> Any:
    """An argument as the contract takes it. Raises Invalid, naming fields as the contract does."""
    try:
        return adapter.validate_json(to_json(sent(value)))
    except ValidationError as error:
        raise from_validation(
            [{**one, "loc": one["loc"] or (name,)} for one in error.errors()]
        ) from error


def _shown(told: Any) -> Any:
    """An answer of a contract as the JSON it is in REST."""
    if isinstance(told, bytes):  # `Json`
        return from_json(told)
    if isinstance(told, list):
        return [_shown(one) for one in told]
    return told.model_dump(mode="json") if isinstance(told, BaseModel) else told


def _connection(page: Record, query: ListQuery) -> Record:
    cursors = page["cursors"]
    return {
        "edges": [
            {"node": item, "cursor": cursor}
            for item, cursor in zip(page["items"], cursors, strict=True)
        ],
        "pageInfo": {
            "hasNextPage": page["next"] is not None,
            "hasPreviousPage": query.after is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def _maybe(annotation: Any) -> Any:
    """Nullable, so that a refusal of one field leaves the others."""
    return annotation | None
