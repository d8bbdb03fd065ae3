"""What one reads in GraphQL: records, their links, pages."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx2
import psycopg
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from gausdo.app import Gausdo, rebuild
from gausdo.gateway.graphql.application import GraphQL
from gausdo.gateway.graphql.schema import printed
from gausdo.gateway.live import Live
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.platform import rpc
from gausdo.serve import graphs_of
from tests.conftest import As, People
from tests.gateway.graphql.conftest import Ask, World, code_of, untraced

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_deal_is_told_with_what_belongs_to_it(
    ask: Ask, people: People, world: World
) -> None:
    told = await ask(
        people.ann,
        """query($id: UUID!) { deal(id: $id) {
            title kind version stage_id company { name people { edges { node { name } } } }
            contact { id } owner { name email } tasks(first: 1) { edges { node { title state } } }
        } }""",
        id=str(world.deals[0].id),
    )
    assert told == {
        "data": {
            "deal": {
                "title": "Boat 0",
                "kind": "open",
                "version": 1,
                "stage_id": str(world.pipeline.stages[0].id),
                "company": {
                    "name": "Company 0",
                    "people": {"edges": [{"node": {"name": "Person 0"}}]},
                },
                "contact": {"id": str(world.people[0].id)},
                "owner": {"name": "Ann", "email": "ann@example.org"},
                "tasks": {"edges": [{"node": {"title": "Call 0", "state": "open"}}]},
            }
        }
    }


async def test_pages_follow_one_another(ask: Ask, people: People, world: World) -> None:
    query = """query($after: String) { companies(first: 2, sort: "-name", after: $after) {
        edges { cursor node { name } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }"""
    names: list[str] = []
    after, earlier = None, False
    while True:
        page = (await ask(people.admin, query, after=after))["data"]["companies"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        info = page["pageInfo"]
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])
        assert info["hasPreviousPage"] == earlier
        if not info["hasNextPage"]:
            break
        after, earlier = info["endCursor"], True
    assert names == [f"Company {number}" for number in reversed(range(6))]


async def test_a_page_goes_on_from_any_of_its_edges(ask: Ask, people: People, world: World) -> None:
    query = """query($after: String) { deals(first: 9, sort: "title", after: $after) {
        edges { cursor node { id } } } }"""
    whole = (await ask(people.admin, query))["data"]["deals"]["edges"]
    rest_of = (await ask(people.admin, query, after=whole[3]["cursor"]))["data"]["deals"]["edges"]
    assert rest_of[:5] == whole[4:]


async def test_a_list_is_narrowed_as_in_rest(
    api: As, ask: Ask, people: People, world: World
) -> None:
    told = await ask(
        people.head,
        """query($filter: JSON, $ids: [UUID!]) {
            filtered: deals(sort: "title", filter: $filter) { edges { node { title } } }
            written: deals(filter: {field: "title", op: "starts_with", value: "Raft"}, q: "3") {
                edges { node { title } } }
            some: deals(ids: $ids, kind: open) { edges { node { id } } }
            none: companies(q: "nowhere") { edges { cursor } pageInfo { endCursor } }
        }""",
        filter={"field": "title", "op": "starts_with", "value": "Boat"},
        ids=[str(world.deals[0].id)],
    )
    data = told["data"]
    assert [one["node"]["title"] for one in data["filtered"]["edges"]] == [
        f"Boat {number}" for number in range(6)
    ]
    assert [one["node"]["title"] for one in data["written"]["edges"]] == ["Raft 3"]
    assert [one["node"]["id"] for one in data["some"]["edges"]] == [str(world.deals[0].id)]
    assert data["none"] == {"edges": [], "pageInfo": {"endCursor": None}}


async def test_notes_and_the_history_of_a_record_are_told(
    ask: Ask, people: People, world: World
) -> None:
    given = world.deals[-1]
    told = await ask(
        people.eve,
        """query($id: UUID!, $boat: UUID!) {
            deal_history(id: $id) { name version actor_name changes next }
            newest: deal_history(id: $id, limit: 1) { version next }
            notes(about_kind: deal, about_id: $boat) {
                edges { node { text author { name } deal { title } company { name } } } }
            me { user { name } } pipelines { name stages { name kind } }
        }""",
        id=str(given.id),
        boat=str(world.deals[4].id),
    )
    newest = told["data"]["deal_history"][0]
    assert (newest["version"], newest["actor_name"]) == (2, "Head")
    assert newest["changes"]["owner_id"] == [str(people.ann.id), str(people.eve.id)]
    assert told["data"]["newest"] == [{"version": 2, "next": newest["next"]}]
    earlier = await ask(
        people.eve,
        """query($id: UUID!, $after: String!) {
            deal_history(id: $id, after: $after) { version next } }""",
        id=str(given.id),
        after=newest["next"],
    )
    assert earlier["data"]["deal_history"] == [{"version": 1, "next": None}]
    (note,) = told["data"]["notes"]["edges"]
    assert note["node"] == {
        "text": "Spoke",
        "author": {"name": "Eve"},
        "deal": {"title": "Boat 2"},
        "company": None,
    }
    assert told["data"]["me"]["user"]["name"] == "Eve"
    assert told["data"]["pipelines"][0]["stages"][-1] == {"name": "Lost", "kind": "lost"}


RUN: ContextVar[list[str] | None] = ContextVar("run", default=None)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`with counted() as run:` the statements that are run for what is asked within."""
    execute = psycopg.AsyncCursor.execute

    async def counting(self: Any, query: Any, *told: Any, **more: Any) -> Any:
        run = RUN.get()
        if run is not None:
            run.append(str(query))
        return await execute(self, query, *told, **more)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", counting)

    @contextmanager
    def counted() -> Iterator[list[str]]:
        run: list[str] = []
        token = RUN.set(run)
        yield run
        RUN.reset(token)

    return counted


async def test_links_are_read_in_batches_however_many_records_there_are(
    ask: Ask, people: People, world: World, counted: Any
) -> None:
    query = """query($first: Int) { companies(first: $first, sort: "name") { edges { node {
        owner { name }
        people(first: 5) { edges { node { name company { name } owner { name } } } }
        deals(first: 5) { edges { node {
            title company { name } contact { name } owner { name }
            tasks(first: 5) { edges { node { title owner { name } deal { title } } } }
        } } }
        tasks(first: 5) { edges { node { title company { name } } } }
    } } } }"""
    await ask(people.admin, query, first=1)  # the actor and the schema are there from now on
    for first in (1, 3, 6):
        with counted() as statements:
            told = await ask(people.admin, query, first=first)
        assert "errors" not in told
        edges = told["data"]["companies"]["edges"]
        assert len(edges) == first
        assert all(len(one["node"]["deals"]["edges"]) >= 2 for one in edges)
        assert all(one["node"]["tasks"]["edges"] for one in edges)
        reads = [one for one in statements if "plan_cache_mode" not in one]
        assert len(reads) <= 14  # nine kinds of links, some of them at two depths


@pytest_asyncio.fixture
async def far(gausdo: Gausdo) -> AsyncIterator[GraphQL]:
    """GraphQL of a process that answers no contract itself."""
    routes = [
        route
        for module in gausdo.near
        for route in rpc.expose(
            module.contract, gausdo.services[module.name], gausdo.tokens, rebuild(gausdo)
        )
    ]
    transport = httpx2.ASGITransport(Starlette(routes=routes))
    async with httpx2.AsyncClient(transport=transport, base_url="http://far") as http:
        contracts = {
            module.contract: rpc.connect(module.contract, http, gausdo.tokens)
            for module in gausdo.near
        }
        yield GraphQL(graphs_of(gausdo), contracts, Live(None, None))  # type: ignore[arg-type]


async def test_far_contracts_answer_as_near_ones_do(
    far: GraphQL, ask: Ask, people: People, world: World
) -> None:
    query = """query($deal: UUID!) {
        deal(id: $deal) { title company { name deals { edges { cursor node { title } } } }
            tasks(state: open) { edges { node { title deal { owner { name } } } } } }
        missing: deal(id: "01a214d0-42c1-71b9-aaae-e3c8b454b2e5") { id }
        people(sort: "-name", first: 2, q: "person") { pageInfo { endCursor } }
        deal_history(id: $deal) { name } me { rights } pipelines { stages { kind } }
    }"""
    variables = {"deal": str(world.deals[0].id)}
    near = await ask(people.ann, query, **variables)

    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        scope["gausdo.actor"] = people.ann
        await far(scope, receive, send)

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(known)) as client:
        body = {"query": query, "variables": variables}
        told = (await client.post("http://localhost/graphql", json=body)).json()
    assert untraced(told) == untraced(near)
    assert told["data"]["deal"]["company"]["deals"]["edges"]
    assert code_of(told) == "not-found"


async def test_a_part_of_gausdo_shows_its_part_of_the_schema(gausdo: Gausdo) -> None:
    some = {Customers: graphs_of(gausdo)[Customers], Identity: graphs_of(gausdo)[Identity]}
    told = printed(list(some.values()))
    assert "type Company" in told
    assert "deals(" not in told


async def test_pages_of_links_are_those_of_the_list(
    api: As, ask: Ask, people: People, world: World
) -> None:
    told = await ask(
        people.admin,
        """{ companies(sort: "name") { edges { node { id
            deals(first: 1, sort: "-title") { edges { node { title } } pageInfo { endCursor } }
        } } } }""",
    )
    for edge in told["data"]["companies"]["edges"]:
        page = edge["node"]["deals"]
        asked = {"company_id": edge["node"]["id"], "sort": "-title", "limit": 1}
        same = (await api(people.admin).get("/deals", params=asked)).json()
        assert [one["node"]["title"] for one in page["edges"]] == [
            one["title"] for one in same["items"]
        ]
        assert page["pageInfo"]["endCursor"] == same["next"]
