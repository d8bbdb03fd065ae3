"""Thousands of events at once: how fast rules and reports follow, and that nothing is lost."""

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

import psycopg
from sqlalchemy import select

from gausdo.app import Gausdo, opened
from gausdo.modules.reports.rebuild import rebuild
from gausdo.modules.sales.tables import DealRow, StageRow
from gausdo.platform.analytics import Analytics
from tests.bench.api import Api, query
from tests.bench.changes import DATES, _line, looking, own_deals, with_rule
from tests.bench.report import Line
from tests.bench.stack import Stack
from tests.bench.world import STAGE, World

CHUNK = 1000
"""Moves of one transaction."""
PATIENCE = 600.0
LARGE = 800_000
"""One deal in nine is larger: what the rule answers to."""
BACK_AND_FORTH = (0, 2)


async def flooded(stack: Stack, world: World, events: int) -> list[Line]:
    """Move open deals, by the row's own verb, and see everything arrive."""
    with_rule(stack, world, 2, LARGE)
    async with opened(stack.settings) as gausdo:
        with looking(stack) as db:
            ids, to = _deals(db, world, events)
            runs, facts = _runs(db), await _facts(gausdo)
            expected = _expected(db, ids) if to == 2 else 0
            began = time.monotonic()
            moving = asyncio.create_task(_move(gausdo, ids, UUID(world.fixed(STAGE, to))))
            ruled = asyncio.create_task(
                _until(lambda: _behind(db, "automation", "automation") == 0, moving)
            )
            reported = asyncio.create_task(
                _until(lambda: _behind(db, "reports", "analytics") == 0, moving)
            )
            await moving
            moved = time.monotonic() - began
            by_rules, by_reports = await ruled - began, await reported - began
            lost = len(ids) - (await _facts(gausdo) - facts) + expected - (_runs(db) - runs)
            done = await _until(lambda: _waiting(db) == 0, moving) - began
    detail = {"events": len(ids), "saved_in": moved, "runs": expected}
    return [
        Line("events/s saved", len(ids) / moved, None, "/s", detail=detail),
        Line("events/s matched by rules", len(ids) / by_rules, 2000, "/s", True, detail),
        Line("events/s into reports", len(ids) / by_reports, 5000, "/s", True, detail),
        Line("effects carried out", expected / done, None, "/s", True, detail),
        Line("events lost or doubled", abs(lost), 0.5, "", detail=detail),
    ]


def _deals(db: psycopg.Connection, world: World, events: int) -> tuple[list[UUID], int]:
    """Deals of one stage, and the stage they are to be moved to: the fuller one's go."""
    stages = [world.fixed(STAGE, number) for number in BACK_AND_FORTH]
    counts = dict(
        db.execute(
            "select stage_id::text, count(*) from sales.deal where stage_id = any(%s) "
            "group by 1", [[UUID(stage) for stage in stages]],
        ).fetchall()
    )  # fmt: skip
    here, to = (0, 2) if counts.get(stages[0], 0) >= counts.get(stages[1], 0) else (2, 0)
    found = db.execute(
        "select id from sales.deal where stage_id = %s order by id limit %s",
        [world.fixed(STAGE, here), events],
    ).fetchall()
    return [id for (id,) in found], to


def _expected(db: psycopg.Connection, ids: list[UUID]) -> int:
    return _count(
        db, f"select count(*) from sales.deal where amount > {LARGE} and id = any(%s)", [ids]
    )


async def _move(gausdo: Gausdo, ids: list[UUID], stage_id: UUID) -> float:
    db = gausdo.databases["sales"]
    for start in range(0, len(ids), CHUNK):
        async with db.begin() as tx:
            stage = await tx.session.get_one(StageRow, stage_id)
            chunk = DealRow.id.in_(ids[start : start + CHUNK])
            for row in await tx.session.scalars(select(DealRow).where(chunk)):
                before = row.standing()
                row.move(stage, None)
                moved = {"stage_id": (before["stage_id"], stage.id)}
                tx.publish(row.moved(before), changes=moved)
    return time.monotonic()


async def _until(there: Callable[[], bool], moving: "asyncio.Task[float]") -> float:
    """When it was there after all moves were saved. Raises TimeoutError."""
    await asyncio.wait([moving])
    deadline = time.monotonic() + PATIENCE
    while not there():
        if time.monotonic() > deadline:
            raise TimeoutError("events have not arrived")
        await asyncio.sleep(0.02)
    return time.monotonic()


def _behind(db: psycopg.Connection, schema: str, consumer: str) -> int:
    """Events of sales that a consumer has not passed, those without a place among them."""
    return _count(
        db,
        "select (select count(*) from sales.outbox where pos is null) + "
        "(select pos from sales.line) - coalesce("
        f"(select pos from {schema}.cursor where consumer = %s and source = 'sales'), 0)",
        [consumer],
    )


def _runs(db: psycopg.Connection) -> int:
    return _count(db, "select count(*) from automation.run", [])


def _waiting(db: psycopg.Connection) -> int:
    return _count(db, "select count(*) from automation.effect where state <> 'done'", [])


def _count(db: psycopg.Connection, sql: str, parameters: list[object]) -> int:
    found = db.execute(sql.encode(), parameters).fetchone()
    return int(found[0]) if found else 0


async def _facts(gausdo: Gausdo) -> int:
    """Facts of moves, each counted once."""
    rows = await gausdo.analytics.ask(
        "select uniqExact(event_id) as found from deal_facts where name = {name:String}",
        {"name": "sales.deal-moved.v1"},
    )
    return int(rows[0]["found"])


async def rebuilt(stack: Stack) -> Line:
    """Fill the analytical store from the histories, as `gausdo rebuild analytics` does."""
    async with opened(stack.settings) as gausdo:
        began = time.monotonic()
        rows = await rebuild(gausdo.databases["reports"], gausdo.analytics, gausdo.databases)
        seconds = time.monotonic() - began
    count = sum(rows.values())
    detail = {"rows": count, "seconds": seconds, **rows}
    return Line("rebuild of the reports", count / seconds, 50_000, "rows/s", True, detail)


async def counted_in_reports(stack: Stack, world: World, times: int) -> Line:
    """From the answer to a change until ClickHouse tells it."""
    me, took = Api(stack.settings.port, 0), []
    deals = own_deals(me, world, 20)
    async with opened(stack.settings) as gausdo:
        for n in range(times):
            deal = deals[n % len(deals)]
            body = {"expected_on": DATES[n // len(deals) % 2], "version": deal["version"]}
            saved = me.send("PATCH", query(f"/deals/{deal['id']}"), body)
            began = time.perf_counter()
            while await _version(gausdo.analytics, deal["id"]) < saved["version"]:
                if time.perf_counter() - began > PATIENCE:
                    raise TimeoutError("the change has not come to the reports")
                await asyncio.sleep(0.01)
            took.append(1000 * (time.perf_counter() - began))
            deal["version"] = saved["version"]
    return _line("change → reports", took, 2000)


async def _version(analytics: Analytics, id: str) -> int:
    rows = await analytics.ask(
        "select max(version) as version from deal_state where deal_id = {id:UUID}", {"id": id}
    )
    return int(rows[0]["version"])
