"""What rights cost: a page of 50 as its reader gets it, beside the same page without rights.

Both are asked of PostgreSQL as the product asks, in turns, so that both find the same machine.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, AsyncRawCursor

from gausdo.app import Gausdo, opened
from gausdo.kernel.actor import Actor, Grant, Reach
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.rights import everything
from gausdo.kernel.shares import ShareDraft
from gausdo.modules.customers import queries as customers
from gausdo.modules.customers.contract import Customers, PeopleQuery
from gausdo.modules.identity.contract import Identity
from gausdo.modules.sales import queries as sales
from gausdo.modules.sales.contract import DealQuery, Sales
from gausdo.platform.db.database import Database
from gausdo.platform.db.read import Read
from tests.bench.reads import CUSTOMER_SORTS, DEAL_SORTS
from tests.bench.report import Line
from tests.bench.stack import Stack
from tests.bench.world import World

BUDGET = 0.5
"""Milliseconds that the rights may add to a page."""
TIMES = 40
WARM = 6
"""Turns until the driver has prepared a statement and PostgreSQL has kept its plan."""
SHARED = 20
"""Records of each kind that others have shared with the reader."""
MOSCOW = {"field": "city", "op": "eq", "value": "Москва"}
LARGE = {"field": "amount", "op": "gt", "value": "100000"}

Page = tuple[str, str, Callable[[Actor], Read]]
"""Module, name and what is asked as somebody."""


async def cost(stack: Stack, world: World, times: int = TIMES) -> list[Line]:
    """By what a reader's roles are: the page to which they add most."""
    async with opened(stack.settings) as gausdo:
        reader = await _reader(gausdo, world)
        pages = list(_pages())
        found: dict[str, list[Line]] = {}
        for (roles, grants), (module, page, asked) in product(_ROLES.items(), pages):
            db = gausdo.databases[module]
            narrowed = reader.model_copy(update={"grants": grants})
            everything = reader.model_copy(update={"grants": _ROLES["all"], "shared": frozenset()})
            with_rights, without = await _medians(db, times, asked(narrowed), asked(everything))
            name, added = f"rights: {roles}, {page}", with_rights - without
            detail = {"median": with_rights}
            found.setdefault(roles, []).append(
                Line(name, added, BUDGET, "ms more", detail=detail, reference=without)
            )
    return [max(lines, key=lambda line: line.value) for lines in found.values()]


def _grants(*told: tuple[Reach, bool]) -> tuple[Grant, ...]:
    """To read customers and deals, once for each role: how far, and whether of some only and
    without some of their fields.
    """
    few: Mapping[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        "customers.person": (MOSCOW, ("phones", "document")),
        "customers.company": (MOSCOW, ("inn", "about")),
        "sales.deal": (LARGE, ("expected_on", "about")),
    }
    return tuple(
        Grant(object=object, operation="read", reach=reach)
        if not some
        else Grant(
            object=object, operation="read", reach=reach, condition=condition, without=without
        )
        for reach, some in told
        for object, (condition, without) in few.items()
    )


_ROLES = {
    "all": _grants((Reach.ALL, False)),
    "own": _grants((Reach.OWN, False)),
    "team": _grants((Reach.TEAM, False)),
    "tree": _grants((Reach.TREE, False)),
    "own and some of all": _grants((Reach.OWN, False), (Reach.ALL, True)),
}
"""What somebody's roles say; `all` beside itself is how exact the measure is."""


def _pages() -> Iterator[Page]:
    for sort in CUSTOMER_SORTS:
        yield (
            "customers", f"people by {sort}",
            lambda actor, sort=sort: customers.people(actor, PeopleQuery(sort=sort)),
        )  # fmt: skip
        yield (
            "customers", f"companies by {sort}",
            lambda actor, sort=sort: customers.companies(actor, ListQuery(sort=sort)),
        )  # fmt: skip
    for sort in DEAL_SORTS:
        yield (
            "sales", f"deals by {sort}",
            lambda actor, sort=sort: sales.deals(actor, DealQuery(sort=sort)),
        )  # fmt: skip


async def _reader(gausdo: Gausdo, world: World) -> Actor:
    """A manager with whom some of everything is shared."""
    id, other = UUID(world.user(0)), world.size.managers // 2
    owner = await gausdo.get(Identity).actor(UUID(world.user(other)))
    owner = owner.model_copy(update={"grants": everything()})
    draft = ShareDraft(with_id=id)
    contract = gausdo.get(Customers)
    for n in range(min(SHARED, world.size.companies // world.size.managers)):
        number = other + n * world.size.managers
        await contract.share_company(owner, UUID(world.company(number).id), draft)
        await contract.share_person(owner, UUID(world.person(4 * number).id), draft)
        await gausdo.get(Sales).share_deal(owner, UUID(world.deal(2 * number).id), draft)
    return await gausdo.get(Identity).actor(id)


async def _medians(db: Database, times: int, *reads: Read) -> list[float]:
    """Milliseconds of each, asked in turns over one connection that has asked them before."""
    took: list[list[float]] = [[] for _ in reads]
    async with db.connection() as connection:
        for turn in range(WARM + times):
            for read, measured in zip(reads, took, strict=True):
                began = time.perf_counter()
                await _ask(connection, *db.prepared(read))
                if turn >= WARM:
                    measured.append(1000 * (time.perf_counter() - began))
    return [statistics.median(measured) for measured in took]


async def _ask(connection: AsyncConnection[Any], sql: str, parameters: list[Any]) -> None:
    cursor = await AsyncRawCursor(connection).execute(sql.encode(), parameters)
    await cursor.fetchone()
