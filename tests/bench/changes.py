"""What a change sets off: it is saved, seen by others, answered by a rule, counted in reports."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

from gausdo.app import opened
from gausdo.modules.automation.contract import Automation, Rule, RuleDraft
from gausdo.modules.identity.contract import Identity
from gausdo.platform.db import migrate as database
from tests.bench.api import Api, query
from tests.bench.client import Ask
from tests.bench.load import ADMIN
from tests.bench.measure import Steps, quantile
from tests.bench.report import Line
from tests.bench.socket import LiveUpdates
from tests.bench.stack import Stack
from tests.bench.world import STAGE, World

LOOK = 0.004
"""Seconds between two looks at whether something has come."""
PATIENCE = 30.0
DATES = ("2027-03-01", "2027-04-01")
RULE = "Измерение"


def own_deals(api: Api, world: World, limit: int) -> list[dict[str, Any]]:
    """Open deals that the manager may change."""
    told = query("/deals", owner_id=world.user(api.number), kind="open", limit=str(limit))
    items: list[dict[str, Any]] = api.get(told)["items"]
    return items


def saves(api: Api, world: World) -> Steps:
    """Another date for one deal after the other, each time one that is a change."""
    deals = own_deals(api, world, 50)
    return [
        [
            Ask(
                query(f"/deals/{deal['id']}"), "PATCH",
                {"expected_on": date, "version": deal["version"]}, versioned=True,
            )
        ]
        for date in DATES
        for deal in deals
    ]  # fmt: skip


@contextmanager
def looking(stack: Stack) -> Iterator[psycopg.Connection]:
    """As the superuser, past all rights."""
    settings = stack.settings
    dsn = database.dsn_of(settings.postgres_url.get_secret_value(), database=settings.database)
    with psycopg.connect(dsn, autocommit=True) as db:
        yield db


def waited(there: Callable[[], bool], since: float) -> float:
    """Milliseconds since `since` until it is there. Raises TimeoutError."""
    while not there():
        if time.perf_counter() - since > PATIENCE:
            raise TimeoutError("what a change should set off did not come")
        time.sleep(LOOK)
    return 1000 * (time.perf_counter() - since)


def _line(name: str, took: list[float], budget: float) -> Line:
    detail = {"median": quantile(took, 0.5), "p95": quantile(took, 0.95)}
    return Line(name, detail["p95"], budget, "ms p95", detail={**detail, "count": len(took)})


def seen_by_others(stack: Stack, world: World, times: int) -> Line:
    """From sending a change until the browser of a colleague hears of it."""
    port = stack.settings.port
    me, colleague = Api(port, 0), Api(port, 1)
    took = []
    with LiveUpdates(port, colleague.cookie) as live:
        for n, deal in enumerate(_again(own_deals(me, world, 20), times)):
            began = time.perf_counter()
            saved = me.send(
                "PATCH",
                query(f"/deals/{deal['id']}"),
                {"title": f"{deal['title']} {n}"[:200], "version": deal["version"]},
            )
            live.wait_for(deal["id"], saved["version"])
            took.append(1000 * (time.perf_counter() - began))
            deal["version"] = saved["version"]
    return _line("change → another browser", took, 300)


def _again(deals: list[dict[str, Any]], times: int) -> Iterator[dict[str, Any]]:
    for n in range(times):
        yield deals[n % len(deals)]


async def with_rule(stack: Stack, world: World, stage: int, more_than: int) -> Rule:
    """The rule that gives a task to whoever has a deal of such a sum in this stage."""
    stage_id, admin_id = world.fixed(STAGE, stage), UUID(world.user(ADMIN))
    async with opened(stack.settings) as gausdo:
        automation = gausdo.get(Automation)
        admin = await gausdo.get(Identity).actor(admin_id)
        for rule in await automation.rules(admin):
            if str(rule.trigger.stage_id) == stage_id:
                return rule
        told = {
            "name": RULE,
            "trigger": {"type": "deal-enters-stage", "stage_id": stage_id},
            "condition": {"field": "amount", "op": "gt", "value": str(more_than)},
            "steps": [{"type": "add-task", "title": "Проверить", "due_in_working_hours": "4"}],
        }
        return await automation.add_rule(admin, RuleDraft.model_validate(told))


def answered_by_rule(stack: Stack, world: World, times: int) -> Line:
    """From the answer to a move until the task of the rule is committed."""
    asyncio.run(with_rule(stack, world, 3, 0))
    me, there = Api(stack.settings.port, 0), world.fixed(STAGE, 3)
    deals = [deal for deal in own_deals(me, world, 200) if deal["stage_id"] != there]
    took = []
    with looking(stack) as db:
        for deal in _again(deals, min(times, len(deals))):
            path = query(f"/deals/{deal['id']}/move")
            before = _tasks(db, deal["id"])
            body = {"stage_id": there, "version": deal["version"]}
            moved = me.send("POST", path, body)
            began = time.perf_counter()
            took.append(waited(lambda: _tasks(db, deal["id"]) > before, began))  # noqa: B023
            body = {"stage_id": deal["stage_id"], "version": moved["version"]}
            me.send("POST", path, body)
    return _line("change → effect of a rule", took, 500)


def _tasks(db: psycopg.Connection, deal: str) -> int:
    found = db.execute(
        "select count(*) from activities.task where about_id = %s and via = 'rule'", [deal]
    ).fetchone()
    return int(found[0]) if found else 0
