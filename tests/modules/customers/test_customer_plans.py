"""Every sort, filter and search of a large table goes through an index."""

import json
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from psycopg import AsyncRawCursor

from gausdo.kernel.actor import Grant, Reach
from gausdo.kernel.pages import ListQuery, place
from gausdo.kernel.values import new_id
from gausdo.modules.customers import queries
from gausdo.modules.customers.contract import Customers, PeopleQuery
from tests.conftest import superuser_dsn

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROWS = 20_000
PEOPLE = """
insert into customers.person (id, name, position, company_id, city, about, owner_id, team_id,
    created_at, changed_at, version, consents_withdrawn, words)
select uuidv7(), 'Человек ' || n, 'Должность ' || mod(n, 300), md5((mod(n, 2000))::text)::uuid,
    case when mod(n, 3) > 0 then 'Город ' || mod(n, 700)
        when mod(n, 10) = 0 then (%(cities)s::text[])[1 + mod(n / 30, 3)] end,
    null, %(owner)s, %(team)s,
    now() - n * interval '1 minute', now() - n * interval '1 minute', 1,
    case when mod(n, 1000) = 0 then array[%(withdrawn)s] end,
    array['человек', n::text, 'mail' || n || '@example.ru']
        || case when mod(n, 2000) = 0 then array['смирнов'] else '{}' end
from generate_series(1, %(rows)s) n
"""
CITY, LIKE = "Орёл", ["орёл", "Орел"]
WITHDRAWN = f"{new_id()}:call"
OWN = (Grant(object="customers.person", operation="read", reach=Reach.OWN),)
STRANGERS, HERS = range(100_001, 102_001), range(100_001, 100_006)
"""People of the other team, who all have a word that few have here; some are Ann's."""
ELSEWHERE = """
insert into customers.person (id, name, owner_id, team_id, created_at, changed_at, version, words)
select uuidv7(), 'Чужой ' || n, case when n > %(hers)s then %(eve)s else %(owner)s end,
    %(south)s, now(), now(), 1, %(words)s
from generate_series(%(first)s, %(last)s) n
"""
PHONES = """
insert into customers.reach (record_id, kind, place, record_kind, typed, normal)
select id, 'phones', 0, 'person', '+7916' || words[2], '+7916' || words[2] from customers.person
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def crowd(gausdo, people, settings):
    """Put there past the application, by the administrator, who may also analyse."""
    admin = superuser_dsn(settings)
    told = {"owner": people.ann.id, "team": people.ann.team_id, "rows": ROWS}
    told |= {"cities": [CITY, *LIKE], "withdrawn": WITHDRAWN}
    told |= {"eve": people.eve.id, "south": people.eve.team_id}
    told |= {"first": STRANGERS[0], "last": STRANGERS[-1], "hers": HERS[-1]}
    told["words"] = ["смирнов"]
    async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute(PEOPLE, told)
        await connection.execute(PHONES)
        await connection.execute(ELSEWHERE, told)
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
    assert "ix_person_owner_teams" in of_team
    by_own = people.eve.model_copy(update={"grants": OWN})
    assert f"ix_person_owner_{index}" in await indexes(gausdo, queries.people(by_own, query))


async def test_a_page_by_city_begins_with_the_city_it_is_asked_for(api, gausdo, people):
    filter = json.dumps({"field": "city", "op": "eq", "value": CITY})
    for sort, index in {"city": "ix_person_city_asc", "-city": "ix_person_city_desc"}.items():
        query = {"sort": sort, "filter": filter}
        assert index in await indexes(gausdo, queries.people(people.admin, PeopleQuery(**query)))
        found = (await api(people.admin).get("/people", params=query)).json()
        assert [one["city"] for one in found["items"]] == [CITY] * 50


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({"q": "mail777"}, "ix_person_team_search"),
        ({"filter": {"field": "city", "op": "eq", "value": "Город 7"}}, "ix_person_city"),
        (
            {"filter": {"field": "position", "op": "eq", "value": "Должность 7"}},
            "ix_person_position",
        ),
        (
            {"filter": {"field": "consents_withdrawn", "op": "in", "value": [WITHDRAWN]}},
            "ix_person_consents_withdrawn",
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
        assert await first_names(gausdo, actor, q, sort) == expected[:20]


async def first_names(gausdo, actor, q, sort="name"):
    """Of four pages, one after the other."""
    names, after = [], None
    for _ in range(4):
        query = PeopleQuery(q=q, sort=sort, limit=5, after=after)
        told = json.loads(await gausdo.get(Customers).list_people(actor, query))
        names += [item["name"] for item in told["items"]]
        if (after := told["next"]) is None:
            break
    return names


async def test_each_finds_what_their_rights_reach(gausdo, people):
    here = sorted(f"Человек {n}" for n in range(2000, ROWS + 1, 2000))
    strangers = sorted(f"Чужой {n}" for n in STRANGERS)
    hers = sorted(f"Чужой {n}" for n in HERS)
    for actor, expected in (
        (people.bob, here),
        (people.ann, here + hers),
        (people.ann.model_copy(update={"grants": OWN}), here + hers),
        (people.bob.model_copy(update={"grants": OWN}), []),
        (people.eve, strangers),
        (people.head, here + strangers),
        (people.admin, here + strangers),
    ):
        assert await first_names(gausdo, actor, "смирнов") == expected[:20]
        both = [name for name in expected if name in here]
        assert await first_names(gausdo, actor, "Смирнов человек") == both


async def test_teams_of_one_sign_are_told_apart(gausdo, people, settings):
    """Their words stand together in the index; nobody is shown twice, or to the other team."""
    north = people.ann.team_id
    twin = UUID(int=north.int ^ (1 << 24))
    admin = superuser_dsn(settings)
    told = {"owner": people.eve.id, "eve": people.eve.id, "south": twin, "hers": 0}
    told |= {"first": 200_001, "last": 200_003, "words": ["двойник"]}
    async with await psycopg.AsyncConnection.connect(admin) as connection:
        await connection.execute(ELSEWHERE, told)
    both = people.head.model_copy(update={"tree": frozenset({north, twin})})
    assert await first_names(gausdo, both, "двойник") == [f"Чужой {200_000 + n}" for n in (1, 2, 3)]
    assert await first_names(gausdo, people.bob, "двойник") == []


async def by_words(gausdo, actor, query):
    """The nodes of a plan, carried out, that ask an index of words."""
    db = gausdo.databases["customers"]
    sql, params = db.prepared(queries.people(actor, query))
    async with db.connection() as connection:
        cursor = AsyncRawCursor(connection)
        found = await cursor.execute(f"explain (analyze, format json) {sql}", params)
        plan = json.loads((await found.fetchone())[0])[0]["Plan"]
    return [node for node in _nodes(plan) if node.get("Index Name", "").endswith("_search")]


async def test_what_many_have_is_read_in_the_order_of_the_page(gausdo, people):
    nodes = await by_words(gausdo, people.bob, PeopleQuery(q="человек", limit=5))
    assert nodes
    assert all(node["Actual Loops"] == 0 for node in nodes)


@pytest.mark.parametrize("deep", [False, True])
async def test_what_few_have_is_read_by_the_words_of_the_team(gausdo, people, deep):
    """Two thousand others have the word as well."""
    after = place("человек 1", new_id()) if deep else None
    nodes = await by_words(gausdo, people.bob, PeopleQuery(q="смирнов", after=after))
    read = [(node["Index Name"], node["Actual Loops"], node["Actual Rows"]) for node in nodes]
    assert read == [("ix_person_team_search", 1, 10)]


@pytest.mark.parametrize("schema", ["customers", "sales"])
@pytest.mark.parametrize(
    ("words", "question", "has"),
    [
        (["o'hara", "a"], "'o''ha':*", True),
        (["o'hara"], "'hara':*", False),
        (["''", "'"], "'''''' & ''''", True),
        (["a\\b'"], r"'a\\b':* & 'a\\b'''", True),
        (["a:*&b|(c)", "mail@ex.ru"], "'a:*&b|(':* & 'mail@ex.':*", True),
        (["петров", "андрей"], "('петрова' | 'петр':*) & 'анд':*", True),
        (["петров", "иван"], "('петрова' | 'петр':*) & 'анд':*", False),
        (["петров"], "!'иван' & 'петров'", True),
    ],
)
async def test_each_team_has_its_words_apart(gausdo, schema, words, question, has):
    plain = "array_to_tsvector($1::text[]) @@ $2::tsquery"
    of_team = f"{schema}.of_team"
    signed = f"{of_team}(array_to_tsvector($1), $3::uuid) @@ {of_team}($2::tsquery, $4::uuid)"
    one, other = new_id(), new_id()
    async with gausdo.databases[schema].connection() as connection:
        cursor = AsyncRawCursor(connection)
        for teams, expected in (((one, one), (has, has)), ((one, other), (has, False))):
            found = await cursor.execute(f"select {plain}, {signed}", [words, question, *teams])
            assert await found.fetchone() == expected


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
