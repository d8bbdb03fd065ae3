"""For which reads one plan is good, and how PostgreSQL keeps it."""

import asyncio
import threading
import time
from itertools import pairwise
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from gausdo.modules.customers import queries as customers
from gausdo.modules.customers.contract import PeopleQuery
from gausdo.modules.sales import board_queries
from gausdo.modules.sales import queries as sales
from gausdo.modules.sales.contract import BoardQuery, DealQuery
from gausdo.modules.sales.rate_tables import Base
from gausdo.platform.bus import patience
from gausdo.platform.db import Database, Read

pytestmark = pytest.mark.asyncio(loop_scope="session")

LARGE = '{"field": "amount", "op": "gt", "value": "100000"}'
CITY = '{"field": "city", "op": "eq", "value": "Тверь"}'


async def test_what_no_value_narrows_is_planned_once(people):
    ann = people.ann
    assert sales.deals(ann, DealQuery(sort="-amount", limit=50)).planned_once
    assert sales.deal(ann, ann.id).planned_once
    assert customers.people(ann, PeopleQuery()).planned_once


@pytest.mark.parametrize("narrow", [{"filter": LARGE}, {"kind": "open"}, {"stage": True}])
async def test_what_a_value_narrows_is_planned_as_postgresql_thinks_best(people, narrow):
    told = {"stage_id": people.ann.id} if "stage" in narrow else narrow
    assert not sales.deals(people.ann, DealQuery(**told)).planned_once


async def test_a_board_is_planned_once_until_somebody_narrows_it(people):
    ann = people.ann

    def planned_once(**told):
        base = Base("RUB", "Europe/Moscow")
        return board_queries.board(ann, ann.id, BoardQuery(**told), base).planned_once

    assert planned_once()
    assert not planned_once(owner_id=ann.id)
    assert not planned_once(q="насос")


async def test_a_filtered_list_of_people_is_planned_as_postgresql_thinks_best(people):
    assert not customers.people(people.ann, PeopleQuery(filter=CITY)).planned_once


@pytest.mark.parametrize(("took", "rest"), [(0.01, 0.03), (0.02, 0.06), (0.5, 0.12)])
async def test_a_long_round_is_followed_by_a_longer_rest(monkeypatch, took, rest):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(patience, "asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: 100 + took))
    await patience.gather_more(100.0)
    assert slept == [pytest.approx(rest)]


async def test_a_list_asked_for_again_is_prepared_and_planned_once_where_it_may_be(gausdo, people):
    of_all = gausdo.databases["sales"]
    plain = sales.deals(people.ann, DealQuery(limit=50))
    narrowed = sales.deals(people.ann, DealQuery(limit=50, filter=LARGE))
    async with Database(of_all.dsn, of_all.schema, size=1) as db:
        for _ in range(3):
            await db.one(plain)
            await db.one(narrowed)
        told = "select statement, generic_plans, custom_plans from pg_prepared_statements"
        async with db.connection() as connection:
            rows = await (await connection.execute(told)).fetchall()
        plans = {sql: (generic, custom) for sql, generic, custom in rows}
    assert plans[db.prepared(plain)[0]] == (3, 0)
    assert plans[db.prepared(narrowed)[0]] == (0, 2)


async def test_others_have_their_turn_while_a_statement_is_made(gausdo):
    of_all = gausdo.databases["sales"]
    made, turns = [], []

    def slowly():
        if beside := threading.current_thread() is not threading.main_thread():
            time.sleep(0.5)  # as long as many statements take: the thread is to be held
        made.append(beside)  # not beside it: as every read of these tests is made anew
        return select(func.to_json("told"))

    async def look_on():
        while True:
            turns.append(time.monotonic())
            await asyncio.sleep(0.01)

    async with Database(of_all.dsn, of_all.schema) as db:
        others = asyncio.create_task(look_on())
        found = await asyncio.gather(*(db.one(Read("slow", {}, slowly)) for _ in range(3)))
        others.cancel()
    assert found == [b'"told"'] * 3
    assert made.count(True) == 1
    assert max(later - one for one, later in pairwise(turns)) < 0.4


async def test_what_is_not_yet_in_an_index_of_words_is_a_short_list(gausdo):
    """Whoever searches reads it through."""
    for db in gausdo.databases.values():
        async with db.connection() as connection:
            told = await (await connection.execute("show gin_pending_list_limit")).fetchone()
        assert told == ("256kB",)
