"""Every sort, filter and search of a large table goes through an index."""

import json

import psycopg
import pytest
import pytest_asyncio
from psycopg import AsyncRawCursor

from gausdo.kernel.pages import ListQuery, place
from gausdo.kernel.values import new_id
from gausdo.modules.customers import queries
from gausdo.modules.customers.contract import Customers, PeopleQuery
from gausdo.platform.db.migrate import dsn_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROWS = 20_000
PEOPLE = """
insert into customers.person (id, name, position, company_id, city, about, owner_id, team_id,
    created_at, changed_at, version, words)
select uuidv7(), 'Человек ' || n, 'Должность ' || mod(n, 300), md5((mod(n, 2000))::text)::uuid,
    case when mod(n, 3) > 0 then 'Город ' || mod(n, 700) end, null, %(owner)s, %(team)s,
    now() - n * interval '1 minute', now() - n * interval '1 minute', 1,
    array['человек', n::text, 'mail' || n || '@example.ru']
from generate_series(1, %(rows)s) n
"""
PHONES = """
insert into customers.reach (record_id, kind, place, record_kind, typed, normal)
select id, 'phones', 0, 'person', '+7916' || words[2], '+7916' || words[2] from customers.person
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def crowd(gausdo, people, settings):
    """Put there past the application, by the administrator, who may also analyse."""
    admin = dsn_of(settings.postgres_url.get_secret_value(), database=settings.database)
    told = {"owner": people.ann.id, "team": people.ann.team_id, "rows": ROWS}
    async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute(PEOPLE, told)
        await connection.execute(PHONES)
        await connection.execute("vacuum analyze customers.person, customers.reach")


async def indexes(gausdo, statement):
    """The indexes by which a statement reads people, and whether it reads the whole table."""
    db = gausdo.databases["customers"]
    sql, params = db.prepared(statement)
    async with db.connection() as connection:
        found = await AsyncRawCursor(connection).execute(f"explain (format json) {sql}", params)
        [[plan]] = (json.loads((await found.fetchone())[0]),)
    nodes = _nodes(plan["Plan"])
    assert not any(
        node["Node Type"] == "Seq Scan" and node["Relation Name"] in {"person", "reach"}
        for node in nodes
    )
    return {node["Index Name"] for node in nodes if "Index Name" in node}


def _nodes(plan):
    return [plan, *(node for inner in plan.get("Plans", []) for node in _nodes(inner))]


@pytest.mark.parametrize(
    ("sort", "key", "index"),
    [
        ("name", "человек 7", "name_key"),
        ("-name", "человек 7", "name_key"),
        ("created_at", "2026-01-01T00:00:00+00:00", "created_at"),
        ("-changed_at", "2100-01-01T00:00:00+00:00", "changed_at"),
        ("city", "город 7", "city_asc"),
        ("-city", "город 7", "city_desc"),
    ],
)
@pytest.mark.parametrize("deep", [False, True])
async def test_a_page_is_read_in_order_of_its_index(gausdo, people, sort, key, index, deep):
    after = place(key, new_id()) if deep else None
    query = PeopleQuery(sort=sort, after=after)
    of_all = f"ix_person_{index}" + ("" if "city" in index else "_id")
    assert of_all in await indexes(gausdo, queries.people(people.admin, query))
    of_team = await indexes(gausdo, queries.people(people.bob, query))
    assert {of_all, f"ix_person_team_{index}"} & of_team  # here the team has all there are
    assert "ix_person_owner_team" in of_team


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({"q": "mail777"}, "ix_person_search"),
        ({"filter": {"field": "city", "op": "eq", "value": "Город 7"}}, "ix_person_city"),
        (
            {"filter": {"field": "position", "op": "eq", "value": "Должность 7"}},
            "ix_person_position",
        ),
        ({"company_id": new_id()}, "ix_person_company"),
        ({"ids": str(new_id())}, "pk_person"),
    ],
)
async def test_a_question_goes_through_its_index(gausdo, people, query, index):
    if "filter" in query:
        query = {**query, "filter": json.dumps(query["filter"])}
    statement = queries.people(people.bob, PeopleQuery(**query))
    assert index in await indexes(gausdo, statement)


@pytest.mark.parametrize("sort", ["name", "-created_at"])
@pytest.mark.parametrize(
    ("q", "numbers"),
    [
        ("человек", range(1, ROWS + 1)),  # everybody: the first rows of the order fill a page
        ("1999", [1999, *range(19990, 20000)]),  # met late, or nowhere, in the order
        ("человек mail777", [777, *range(7770, 7780)]),
        ("nobody", []),
    ],
)
async def test_what_is_found_is_told_whole_in_order(gausdo, people, sort, q, numbers):
    """Whether the order of the page is walked for it, or the index of words asked, page by page."""
    expected = [f"Человек {n}" for n in numbers]
    if sort == "name":
        expected.sort()
    for actor in (people.ann, people.bob, people.admin):
        names, after = [], None
        for _ in range(4):
            query = PeopleQuery(q=q, sort=sort, limit=5, after=after)
            told = json.loads(await gausdo.get(Customers).list_people(actor, query))
            names += [item["name"] for item in told["items"]]
            if (after := told["next"]) is None:
                break
        assert names == expected[:20]


async def test_what_many_have_is_read_in_the_order_of_the_page(gausdo, people):
    db = gausdo.databases["customers"]
    sql, params = db.prepared(queries.people(people.bob, PeopleQuery(q="человек", limit=5)))
    async with db.connection() as connection:
        cursor = AsyncRawCursor(connection)
        found = await cursor.execute(f"explain (analyze, format json) {sql}", params)
        plan = json.loads((await found.fetchone())[0])[0]["Plan"]
    by_words = [node for node in _nodes(plan) if node.get("Index Name") == "ix_person_search"]
    assert by_words
    assert all(node["Actual Loops"] == 0 for node in by_words)


async def test_companies_are_read_the_same_way(gausdo, people):
    """They are few here; the point is that their statements fit their indexes."""
    db = gausdo.databases["customers"]
    sql, params = db.prepared(queries.companies(people.bob, ListQuery(sort="-city")))
    async with db.connection() as connection, connection.transaction():
        await connection.execute("set local enable_seqscan = off")
        await connection.execute("set local enable_sort = off")
        found = await AsyncRawCursor(connection).execute(f"explain {sql}", params)
        plan = "\n".join(line for (line,) in await found.fetchall())
    assert "ix_company_city_desc" in plan
