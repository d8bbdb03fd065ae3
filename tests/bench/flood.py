"""Thousands of events at once: how fast rules and reports follow, and that nothing is lost.

They are saved in one transaction and so come at once: those who follow have nothing to wait for,
and what saving takes does not count.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import psycopg
from sqlalchemy import select, text

from gausdo.app import Gausdo, opened
from gausdo.modules.reports.rebuild import rebuild
from gausdo.modules.sales.tables import DealRow, StageRow
from gausdo.platform.analytics import Analytics
from tests.bench.api import Api, query
from tests.bench.changes import DATES, _line, looking, own_deals, with_rule
from tests.bench.measure import of_each
from tests.bench.report import Line
from tests.bench.stack import Stack
from tests.bench.world import STAGE, World

CHUNK = 1000
"""Moves between two writes of one transaction."""
PATIENCE = 600.0
LARGE = 800_000
"""One deal in nine is larger: what the rule answers to."""
HERE, THERE = 0, 2
"""Stages; the rule is about coming to `THERE`."""


async def flooded(stack: Stack, world: World, events: int) -> list[Line]:
    """Move open deals there and back by the row's own verb, and see everything arrive."""
    await with_rule(stack, world, THERE, LARGE)
    async with opened(stack.settings) as gausdo:
        with looking(stack) as db:
            await asyncio.gather(*_followed(db))  # what the lines before have set off
            ids = _deals(db, world, events // 2)
            runs, facts = _runs(db), await _facts(gausdo)
            expected = _expected(db, ids)
            began = time.monotonic()
            await _move(gausdo, ids, [UUID(world.fixed(STAGE, n)) for n in (THERE, HERE)])
            saved, begun, cpu = time.monotonic() - began, time.monotonic(), stack.cpu()
            by_rules, by_reports = await asyncio.gather(*_followed(db))
            count = 2 * len(ids)
            lost = count - (await _facts(gausdo) - facts) + expected - (_runs(db) - runs)
            spent = of_each(cpu, stack.cpu(), count)
            done = await _until(lambda: _waiting(db) == 0) - begun
    detail = {"events": count, "saved_in": saved, "runs": expected}
    both = {**detail, **spent}
    return [
        Line("events/s saved in bulk", count / saved, None, "/s", True, detail),
        Line("events/s matched by rules", count / (by_rules - begun), 2000, "/s", True, both),
        Line("events/s into reports", count / (by_reports - begun), 5000, "/s", True, both),
        Line("effects/s carried out", expected / done, None, "/s", True, detail),
        Line("events lost or doubled", abs(lost), 0.5, "", detail=detail),
    ]


def _deals(db: psycopg.Connection, world: World, count: int) -> list[UUID]:
    found = db.execute(
        "select id from sales.deal where stage_id = %s order by id limit %s",
        [world.fixed(STAGE, HERE), count],
    ).fetchall()
    return [id for (id,) in found]


def _expected(db: psycopg.Connection, ids: list[UUID]) -> int:
    return _count(
        db, f"select count(*) from sales.deal where amount > {LARGE} and id = any(%s)", [ids]
    )


async def _move(gausdo: Gausdo, ids: list[UUID], way: list[UUID]) -> None:
    async with gausdo.databases["sales"].begin() as tx:
        await tx.session.execute(text("set local statement_timeout = 0"))
        await tx.session.execute(text("set local idle_in_transaction_session_timeout = 0"))
        stages = [await tx.session.get_one(StageRow, id) for id in way]
        for start in range(0, len(ids), CHUNK):
            chunk = select(DealRow).where(DealRow.id.in_(ids[start : start + CHUNK]))
            for row in (await tx.session.scalars(chunk)).all():
                for stage in stages:
                    before = row.standing()
                    row.move(stage, None)
                    moved = {"stage_id": (before["stage_id"], stage.id)}
                    tx.publish(row.moved(before), changes=moved)


def _followed(db: psycopg.Connection) -> tuple[Awaitable[float], Awaitable[float]]:
    """When rules and reports have passed all events of deals."""
    return (
        _until(lambda: _behind(db, "automation", "automation") == 0),
        _until(lambda: _behind(db, "reports", "analytics") == 0),
    )


async def _until(there: Callable[[], bool]) -> float:
    """When it was there. Raises TimeoutError."""
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
        began, cpu = time.monotonic(), stack.cpu()
        rows = await rebuild(gausdo.databases["reports"], gausdo.analytics, gausdo.databases)
        seconds = time.monotonic() - began
    count = sum(rows.values())
    detail = {"rows": count, "seconds": seconds, **rows, **of_each(cpu, stack.cpu(), count)}
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
