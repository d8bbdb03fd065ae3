"""Pages of the world in every order, and what they shall be in plain Python."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor, Grant
from gausdo.kernel.pages import ListQuery
from gausdo.modules.customers.contract import Customers, PeopleQuery
from gausdo.modules.sales.contract import DealQuery, Sales
from tests.rights.world import KINDS, Person, Record, World

LAST = chr(1114111)
DAY = "9999-12-31"
Key = tuple[str | None, Callable[[Record, Mapping[str, Any], bool], Any]]
"""The field that it is, where that can be hidden; its value of a record and what the administrator
is told of it, if it is `shown`.
"""
SORTS: Mapping[str, Mapping[str, Key]] = {
    "deal": {
        "created_at": (None, lambda _, told, __: told["created_at"]),
        "title": (None, lambda one, _, __: one["told"]["title"].lower()),
        "amount": ("worth", lambda one, _, shown: one["amount"] if shown else -1),
        "expected_on": (
            "expected_on",
            lambda one, _, shown: one["told"]["expected_on"] if shown else DAY,
        ),
    },
    "company": {
        "name": (None, lambda one, _, __: one["told"]["name"].lower()),
        "city": ("city", lambda _, told, shown: told["city"].lower() if shown else LAST),
    },
    "person": {
        "name": (None, lambda one, _, __: one["told"]["name"].lower()),
        "city": ("city", lambda _, told, shown: told["city"].lower() if shown else LAST),
    },
}


def lists(gausdo: Gausdo) -> Mapping[str, Callable[[Actor, Mapping[str, Any]], Awaitable[Any]]]:
    """By kind: a page as an actor gets it."""
    customers, sales = gausdo.get(Customers), gausdo.get(Sales)
    return {
        "deal": lambda actor, asked: sales.list_deals(actor, DealQuery(**asked)),
        "company": lambda actor, asked: customers.list_companies(actor, ListQuery(**asked)),
        "person": lambda actor, asked: customers.list_people(actor, PeopleQuery(**asked)),
    }


def acting(who: Person, actor: Actor) -> Actor:
    """The actor with this person's grants and teams; something may be shared with them."""
    return actor.model_copy(
        update={
            "grants": tuple(Grant.model_validate(one) for one in who.grants),
            "teams": frozenset(map(UUID, who.teams)),
            "tree": frozenset(map(UUID, who.tree)),
            "shared": frozenset(KINDS.values()),
        }
    )


def expected(
    world: World, who: Person, kind: str, sort: str, told: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """The ids of what is seen; what is hidden stands where what is empty does."""
    name = sort.removeprefix("-")
    field, value = SORTS[kind][name]

    def place(one: Record) -> tuple[Any, str]:
        shown = field is None or field in world.shown(who, kind, one)
        if name == "city" and not shown and sort.startswith("-"):
            return "", one["id"]
        return value(one, told[one["id"]], shown), one["id"]

    seen = sorted(world.visible(who, kind), key=place, reverse=sort.startswith("-"))
    return [one["id"] for one in seen]


async def paged(page: Callable[[Mapping[str, Any]], Awaitable[Any]], sort: str) -> list[str]:
    """The ids of all pages, one after the other."""
    found: list[str] = []
    asked: dict[str, Any] = {"sort": sort, "limit": 4}
    while True:
        told = json.loads(await page(asked))
        found += [one["id"] for one in told["items"]]
        if told["next"] is None:
            return found
        asked["after"] = told["next"]
