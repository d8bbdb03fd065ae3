"""What a list is asked for, as SQL: a condition, words to search for, certain records."""

from collections.abc import Hashable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.conditions import Fields, asked_fields, parse
from gausdo.kernel.errors import invalid
from gausdo.kernel.pages import ListQuery, at_most_a_page
from gausdo.kernel.sought import Sought, first_step
from gausdo.platform.conditions_sql import add_condition, to_sql
from gausdo.platform.db import Asked
from gausdo.platform.hidden import columns, demand_shown
from gausdo.platform.rights import Guard, asked_by
from gausdo.platform.search import add_sought, among, matches

ABOUT = ("about_kind", "about_id")
"""What is about one record is little, whichever that is."""


def narrowed(
    actor: Actor,
    right: Right,
    query: ListQuery,
    guard: Guard,
    id: ColumnElement[Any],
    search: ColumnElement[Any] | None = None,
) -> list[ColumnElement[bool]]:
    """Raises Invalid for a condition, an id or a search this list does not understand."""
    narrow: list[ColumnElement[bool]] = []
    if query.q:
        if search is None:
            raise invalid("q", "unsupported", "This list cannot be searched.")
        narrow.append(among(id, matches(search, query.q)))
    return [*narrow, *conditioned(actor, right, query, guard, id)]


def conditioned(
    actor: Actor, right: Right, query: ListQuery, guard: Guard, id: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    """The same without the words, for a list that `listed` finds them for.

    Raises Forbidden when it asks of a field that is hidden from the actor.
    """
    narrow: list[ColumnElement[bool]] = []
    if query.filter and guard.fields is not None:
        condition = parse(query.filter, guard.fields)
        demand_shown(actor, right, asked_fields(condition), guard)
        of = columns(actor, right, guard)
        narrow.append(to_sql(condition, guard.fields, of, actor.asking(), "filter"))
    if query.ids:
        narrow.append(among_ids(id, ids_of(query.ids)))
    return narrow


def asked_list(
    actor: Actor,
    query: ListQuery,
    fields: Fields,
    *shape: Hashable,
    sought: Sought | None = None,
) -> Asked:
    """What `within` and `narrowed` make of a list's query, and of its other fields, each bound
    under its own name. `sought`: what the list looks for, where it is not the words of `q` alone.
    """
    asked = asked_by(actor, *shape)
    for name in type(query).model_fields:
        value = getattr(query, name)
        if name in ListQuery.model_fields:
            continue
        if value is None or isinstance(value, bool):
            asked.add(value)
        else:
            asked.narrowed |= name not in ABOUT
            asked.add(name, **{name: value})
    if query.q:
        add_sought(asked, sought or first_step(query.q))
    if query.filter:
        context = actor.asking()
        asked.narrowed = True
        add_condition(asked, parse(query.filter, fields), fields, context, "filter")
    if query.ids:
        asked.add("ids", ids=ids_of(query.ids))
    return asked


def among_ids(id: ColumnElement[Any], ids: list[UUID]) -> ColumnElement[bool]:
    """These records only, bound as `ids`."""
    return id == any_(bindparam("ids", ids, ARRAY(Uuid)))


def same(column: ColumnElement[Any], name: str, value: object) -> ColumnElement[bool]:
    """`column = value`, bound under a name."""
    return column == bindparam(name, value, column.type)


def ids_of(told: str) -> list[UUID]:
    """The ids of `?ids=`. Raises Invalid for what is none, and for more than a page of them."""
    try:
        ids = [UUID(part) for part in told.split(",")]
    except ValueError:
        raise invalid("ids", "uuid", "Expected ids separated by commas.") from None
    return at_most_a_page(ids)
