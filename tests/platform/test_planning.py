"""For which reads one plan is good, and how PostgreSQL keeps it."""

import pytest

from gausdo.modules.customers import queries as customers
from gausdo.modules.customers.contract import PeopleQuery
from gausdo.modules.sales import queries as sales
from gausdo.modules.sales.contract import DealQuery
from gausdo.platform.db import Database

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


async def test_a_filtered_list_of_people_is_planned_as_postgresql_thinks_best(people):
    assert not customers.people(people.ann, PeopleQuery(filter=CITY)).planned_once


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
