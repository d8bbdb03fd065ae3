"""What rights cost: a page of 50 as its reader gets it, beside the same page without rights.

Both are asked of PostgreSQL as the product asks. What counts is the processor's time in the backend
that answers: it stays the same beside whatever else a machine does.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from statistics import median
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
ROUNDS, WARM, TIMES = 25, 12, 8
"""Of each page the middle of so many counts; times until the driver has prepared its statement and
PostgreSQL has kept the plan; times that are counted together then.
"""
SHARED = 20
"""Records of each kind that others have shared with the reader."""
MOSCOW = {"field": "city", "op": "eq", "value": "Москва"}
LARGE = {"field": "amount", "op": "gt", "value": "100000"}

Page = tuple[str, str, Callable[..., Read]]
"""Module, name and what is asked as somebody, with a filter."""


async def cost(
    stack: Stack, world: World, rounds: int = ROUNDS, warm: int = WARM, times: int = TIMES
) -> list[Line]:
    """By what a reader's roles are: the page to which they add most."""
    async with opened(stack.settings) as gausdo:
        reader = await _reader(gausdo, world)
        found: dict[str, list[Line]] = {}
        for (roles, grants), (module, page, asked) in product(_ROLES.items(), _pages()):
            narrowed = reader.model_copy(update={"grants": grants})
            everything = reader.model_copy(update={"grants": _ROLES["all"], "shared": frozenset()})
            reads = asked(narrowed, None), asked(everything, _filter(grants, page))
            took = await _cpu(gausdo.databases[module], (rounds, warm, times), *reads)
            added = median(a - b for a, b in zip(*took, strict=True))
            with_rights, without = map(median, took)
            detail = {"with rights": with_rights}
            name = f"rights: {roles}, {page}"
            found.setdefault(roles, []).append(
                Line(name, added, BUDGET, "ms more", detail=detail, reference=without)
            )
    return [max(lines, key=lambda line: line.value) for lines in found.values()]


def _filter(grants: tuple[Grant, ...], page: str) -> str | None:
    """What a role lets see of some only costs as much as the same asked for by a filter."""
    object = next(kind for name, kind in _KINDS.items() if page.startswith(name))
    told = (grant.condition for grant in grants if grant.object == object)
    condition = next(filter(None, told), None)
    return None if condition is None else condition.model_dump_json()


_KINDS = {"people": "customers.person", "companies": "customers.company", "deals": "sales.deal"}


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
            lambda actor, some, sort=sort: customers.people(
                actor, PeopleQuery(sort=sort, filter=some)
            ),
        )  # fmt: skip
        yield (
            "customers", f"companies by {sort}",
            lambda actor, some, sort=sort: customers.companies(
                actor, ListQuery(sort=sort, filter=some)
            ),
        )  # fmt: skip
    for sort in DEAL_SORTS:
        yield (
            "sales", f"deals by {sort}",
            lambda actor, some, sort=sort: sales.deals(
                actor, DealQuery(sort=sort, filter=some)
            ),
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


async def _cpu(db: Database, turns: tuple[int, int, int], *reads: Read) -> list[list[float]]:
    """Milliseconds of each in each round, over one connection that has asked them before.

    They take turns, so that what else the machine does meets both alike.
    """
    rounds, warm, times = turns
    found: list[list[float]] = [[] for _ in reads]
    async with db.connection() as connection:
        for read in reads * warm:
            await _ask(connection, *db.prepared(read))
        for _ in range(rounds):
            for read, took in zip(reads, found, strict=True):
                began = _spent(connection)
                for _ in range(times):
                    await _ask(connection, *db.prepared(read))
                took.append((_spent(connection) - began) / times)
    return found


def _spent(connection: AsyncConnection[Any]) -> float:
    """Milliseconds that a processor has worked for it: proc_pid_schedstat(5)."""
    told = Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text()
    return int(told.split()[0]) / 1e6


async def _ask(connection: AsyncConnection[Any], sql: str, parameters: list[Any]) -> None:
    cursor = await AsyncRawCursor(connection).execute(sql.encode(), parameters)
    await cursor.fetchone()
