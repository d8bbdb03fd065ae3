"""What one reads in GraphQL: records, their links, pages."""

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx2
import psycopg
import pytest
import pytest_asyncio
from graphql import GraphQLObjectType, build_schema, get_named_type
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from gausdo.app import Gausdo, rebuild
from gausdo.gateway.gate import GRAPHQL
from gausdo.gateway.graphql.application import GraphQL
from gausdo.gateway.graphql.schema import printed
from gausdo.gateway.live import Live
from gausdo.gateway.web import Entrance
from gausdo.gateway.web import api as rest
from gausdo.kernel.actor import Actor, Grant, Reach
from gausdo.modules.customers.contract import Customers
from gausdo.modules.identity.contract import Identity
from gausdo.platform import rpc
from gausdo.serve import graphs_of, routes_of
from tests.conftest import As, People
from tests.gateway.graphql.conftest import Ask, World, untraced
from tools.graphql_doc import KEPT

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
            deal_history(id: $id) { name version actor_name changes }
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
    (note,) = told["data"]["notes"]["edges"]
    assert note["node"] == {
        "text": "Spoke",
        "author": {"name": "Eve"},
        "deal": {"title": "Boat 2"},
        "company": None,
    }
    assert told["data"]["me"]["user"]["name"] == "Eve"
    assert told["data"]["pipelines"][0]["stages"][-1] == {"name": "Lost", "kind": "lost"}


SOMEBODY = "01a214d0-42c1-71b9-aaae-e3c8b454b2e5"
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
        assert len(statements) <= 12  # nine kinds of links, some of them at two depths


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
        yield GraphQL(graphs_of(gausdo), contracts, Live(None))  # type: ignore[arg-type]


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


def code_of(told: dict[str, Any]) -> str:
    (error,) = told["errors"]
    found: str = error["extensions"]["code"]
    return found


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


@pytest_asyncio.fixture
async def as_anybody(gausdo: Gausdo) -> Any:
    """`as_anybody(actor)`: a client of both APIs as somebody with rights that no role has."""
    live = Live(None)  # type: ignore[arg-type]  # nobody listens
    graphql = GraphQL(graphs_of(gausdo), gausdo.contracts, live)
    entrance = Entrance(rest(routes_of(gausdo, None)), {GRAPHQL: graphql}, None)

    def client(actor: Actor) -> httpx2.AsyncClient:
        async def known(scope: Scope, receive: Receive, send: Send) -> None:
            scope["gausdo.actor"] = actor
            await entrance(scope, receive, send)

        app: ASGIApp = known
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost")

    return client


READ = ("customers.company", "customers.person", "sales.deal", "activities.task")
SEEN = """query($deal: UUID!) {
    deal(id: $deal) { id title company_id company { id name } contact { id name } owner { id name }
        tasks { edges { node { id title } } } }
    deals { edges { node { id company_id company { name } contact { name } } } }
    companies(first: 10) { edges { node { id name people { edges { node { id } } }
        deals { edges { node { id } } } tasks { edges { node { id } } } } } }
    tasks { edges { node { id deal { id } company { id } } } }
}"""


@pytest.mark.parametrize("seed", range(10))
async def test_rights_are_those_of_rest(
    as_anybody: Any, people: People, world: World, seed: int
) -> None:
    dice = random.Random(seed)
    base = dice.choice([people.head, people.ann, people.eve, people.admin])
    reaches = {object: dice.choice([None, *Reach]) for object in READ}
    grants = [
        Grant(object=object, operation="read", reach=reach)
        for object, reach in reaches.items()
        if reach is not None
    ]
    grants.append(Grant(object="identity.user", operation="read", reach=Reach.ALL))
    actor = base.model_copy(update={"grants": tuple(grants)})
    async with as_anybody(actor) as client:
        for deal in dice.sample(world.deals, 4):
            body = {"query": SEEN, "variables": {"deal": str(deal.id)}}
            told = (await client.post(GRAPHQL, json=body)).json()
            await same_deal(client, told, str(deal.id))
        await same_lists(client, told)


async def same_deal(client: httpx2.AsyncClient, told: dict[str, Any], id: str) -> None:
    reply = await client.get(f"/api/v1/deals/{id}")
    same, seen = reply.json(), told["data"]["deal"]
    if not reply.is_success:
        (error,) = (one for one in told["errors"] if one["path"] == ["deal"])
        assert (untraced(error["extensions"]), seen) == (untraced(same), None)
        return
    assert seen["title"] == same["title"]
    assert seen["company_id"] == (same["company"] and same["company"]["id"])
    assert named(seen["company"]) == named(same["company"])
    assert named(seen["contact"]) == named(same["contact"])
    assert seen["owner"] == same["owner"]
    tasks = await client.get("/api/v1/tasks", params={"about_kind": "deal", "about_id": id})
    assert ids(seen["tasks"]) == listed(tasks)


async def same_lists(client: httpx2.AsyncClient, told: dict[str, Any]) -> None:
    data = told["data"]
    for name in ("deals", "companies", "tasks"):
        assert ids(data[name]) == listed(await client.get(f"/api/v1/{name}"))
    if data["deals"] is not None:
        rest_deals = (await client.get("/api/v1/deals")).json()["items"]
        for edge, same in zip(data["deals"]["edges"], rest_deals, strict=True):
            assert named(edge["node"]["company"]) == named(same["company"])
            assert named(edge["node"]["contact"]) == named(same["contact"])
    for edge in (data["companies"] or {"edges": []})["edges"]:
        node = edge["node"]
        mine = {"company_id": node["id"]}
        about = {"about_kind": "company", "about_id": node["id"]}
        assert ids(node["people"]) == listed(await client.get("/api/v1/people", params=mine))
        assert ids(node["deals"]) == listed(await client.get("/api/v1/deals", params=mine))
        assert ids(node["tasks"]) == listed(await client.get("/api/v1/tasks", params=about))


def named(record: dict[str, Any] | None) -> str | None:
    return record and record["name"]


def ids(page: dict[str, Any] | None) -> list[str] | None:
    return page and [edge["node"]["id"] for edge in page["edges"]]


def listed(reply: httpx2.Response) -> list[str] | None:
    """The ids of a page in REST; None where it is refused."""
    if not reply.is_success:
        assert reply.status_code == 403
        return None
    return [one["id"] for one in reply.json()["items"]]


SCHEMA = build_schema(KEPT.read_text())
BY_ID = [
    (kind.name, name)
    for kind in (SCHEMA.query_type, SCHEMA.mutation_type)
    for name, field in kind.fields.items()
    if "id" in field.args
]


@pytest.mark.parametrize(("kind", "name"), BY_ID)
async def test_what_is_not_ones_to_see_is_answered_as_what_is_not_there(
    ask: Ask, people: People, world: World, kind: str, name: str
) -> None:
    """Every field that takes an id, also one that is added tomorrow."""
    field = getattr(SCHEMA, f"{kind.lower()}_type").fields[name]
    inner = " { __typename }" if isinstance(get_named_type(field.type), GraphQLObjectType) else ""
    drafts = {
        argument: {"version": 1, **({"stage_id": SOMEBODY} if argument == "move" else {})}
        for argument in field.args
        if argument not in {"id", "key"}
    }
    given = "".join(f", {argument}: ${argument}" for argument in drafts)
    declared = "".join(f", ${one}: {field.args[one].type}" for one in drafts)
    query = f"{kind.lower()}($id: UUID!{declared}) {{ {name}(id: $id{given}){inner} }}"
    hidden = {"company": world.companies, "person": world.people, "deal": world.deals}
    record = next((found[0].id for of, found in hidden.items() if of in name), None)
    if record is None:  # a task of ann's
        told = await ask(people.ann, "{ tasks(first: 1) { edges { node { id } } } }")
        record = told["data"]["tasks"]["edges"][0]["node"]["id"]
    theirs = await ask(people.eve, query, id=str(record), **drafts)
    absent = await ask(people.eve, query, id=SOMEBODY, **drafts)
    assert code_of(theirs) == "not-found"
    assert untraced(theirs) == untraced(absent)
