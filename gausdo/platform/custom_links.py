"""Fields that link a record to another: what they name exists, and whoever writes it may see it."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from gausdo.kernel.actor import Actor
from gausdo.kernel.custom import CustomField, CustomType, Linked, Values
from gausdo.kernel.errors import FieldError, Invalid
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.pages import MAX_PAGE

Find: TypeAlias = Callable[[Actor, list[UUID]], Awaitable[Sequence[Any]]]
"""Those of the records with these ids, at most a page of them, that the actor may see."""
Found: TypeAlias = Mapping[Linked, Mapping[UUID, Any]]
NO_RECORD = "There is no such record."


async def find_linked(
    actor: Actor,
    fields: Iterable[CustomField],
    many: Iterable[Values],
    find: Mapping[Linked, Find],
) -> Found:
    """What these values name and the actor may see. Asked before the transaction."""
    asked: defaultdict[Linked, set[UUID]] = defaultdict(set)
    links = [*_links(fields)]
    for told in many:
        for one, kind in links:
            if (id := _id(one, told)) is not None:
                asked[kind].add(id)
    return {kind: await _found(actor, [*ids], find[kind]) for kind, ids in asked.items()}


async def _found(actor: Actor, ids: Sequence[UUID], find: Find) -> Mapping[UUID, Any]:
    return {
        one.id: one
        for start in range(0, len(ids), MAX_PAGE)
        for one in await find(actor, [*ids[start : start + MAX_PAGE]])
    }


def demand_linked(fields: Iterable[CustomField], told: Values, found: Found) -> None:
    """Raise Invalid, naming each link that leads nowhere."""
    nothing: Collection[UUID] = ()
    errors = [
        FieldError(field=CUSTOM + one.key, code="not-found", message=NO_RECORD)
        for one, kind in _links(fields)
        if (id := _id(one, told)) is not None and id not in found.get(kind, nothing)
    ]
    if errors:
        raise Invalid("Some fields need another look.", errors=errors)


def _links(fields: Iterable[CustomField]) -> Iterable[tuple[CustomField, Linked]]:
    for one in fields:
        if one.type is CustomType.LINK and one.links_to is not None and not one.archived:
            yield one, one.links_to


def _id(one: CustomField, told: Mapping[str, JsonValue]) -> UUID | None:
    """None also for what is none: it is refused for that."""
    try:
        value = one.read(told.get(one.key))
    except ValueError:
        return None
    return None if value is None else UUID(str(value))
