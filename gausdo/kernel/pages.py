"""Keyset pages: a list is read from a place on, never from an offset, and never counted."""

import base64
import binascii
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints
from pydantic_core import from_json, to_json

from gausdo.kernel.errors import Invalid, invalid
from gausdo.kernel.values import Draft, Value

T = TypeVar("T")

PAGE = 50
MAX_PAGE = 200
TAKEN = 1000
"""Records of a page of a list that is taken out as a file; no other list has such pages."""
Limit = Annotated[int, Field(ge=1, le=MAX_PAGE)]
"""How many records a page may have."""
Sort = Annotated[str, StringConstraints(pattern=r"^-?[a-z_][a-z0-9_.]{0,62}$")]
Words = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Filter = Annotated[str, StringConstraints(max_length=20_000)]


class ListQuery(Draft):
    """What every list takes.

    `after` is the `next` of the page before, valid for the same sort; `sort` is a field, with `-`
    before it for descending; `filter` is a condition as JSON; `ids` reads these records only;
    `cursors` asks for the place of every item, and not of the last one alone.
    """

    limit: Limit = PAGE
    after: Annotated[str, StringConstraints(max_length=1000)] | None = None
    sort: Sort | None = None
    q: Words | None = None
    filter: Filter | None = None
    ids: Annotated[str, StringConstraints(max_length=8_000)] | None = None
    cursors: bool = False


class Listed(Value, Generic[T]):
    """One page; `next` is None on the last. `cursors` are there when they are asked for."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    items: list[T]
    next: str | None
    cursors: list[str] | None = None


def at_most_a_page(ids: list[UUID]) -> list[UUID]:
    """The ids. Raises Invalid for more of them than a page has records."""
    if len(ids) > MAX_PAGE:
        raise invalid("ids", "too-many", f"At most {MAX_PAGE} ids are taken.")
    return ids


def place(*keys: Any) -> str:
    """An opaque cursor of the values a page ended with."""
    return base64.urlsafe_b64encode(to_json(keys, fallback=str)).decode().rstrip("=")


def place_of(after: str, length: int) -> list[Any]:
    """The values of a cursor. Raises Invalid when it is none of ours."""
    try:
        keys = from_json(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (ValueError, binascii.Error):
        keys = None
    if not isinstance(keys, list) or len(keys) != length:
        raise not_a_place()
    return keys


def not_a_place() -> Invalid:
    return invalid("after", "cursor", "This is not the `next` of a page of this list.")
