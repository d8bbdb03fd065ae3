"""What a list is asked for, as SQL: a condition, words to search for, certain records."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Context, Fields, parse
from gausdo.kernel.errors import invalid
from gausdo.kernel.pages import MAX_PAGE, ListQuery
from gausdo.kernel.values import now
from gausdo.platform.conditions_sql import to_sql
from gausdo.platform.search import among, matches


def narrowed(
    actor: Actor,
    query: ListQuery,
    fields: Fields,
    columns: Mapping[str, ColumnElement[Any]],
    id: ColumnElement[Any],
    search: ColumnElement[Any] | None = None,
) -> list[ColumnElement[bool]]:
    """Raises Invalid for a condition, an id or a search this list does not understand."""
    narrow: list[ColumnElement[bool]] = []
    if query.q:
        if search is None:
            raise invalid("q", "unsupported", "This list cannot be searched.")
        narrow.append(among(id, matches(search, query.q)))
    if query.filter:
        context = Context(now=now(), time_zone=actor.time_zone, actor_id=actor.id)
        narrow.append(to_sql(parse(query.filter, fields), fields, columns, context))
    if query.ids:
        narrow.append(id == any_(bindparam(None, ids_of(query.ids), ARRAY(Uuid))))
    return narrow


def ids_of(told: str) -> list[UUID]:
    """The ids of `?ids=`. Raises Invalid for what is none, and for more than a page of them."""
    try:
        ids = [UUID(part) for part in told.split(",")]
    except ValueError:
        raise invalid("ids", "uuid", "Expected ids separated by commas.") from None
    if len(ids) > MAX_PAGE:
        raise invalid("ids", "too-many", f"At most {MAX_PAGE} ids are taken.")
    return ids
