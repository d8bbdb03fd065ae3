"""What one may see in GraphQL: as much as in REST, and nothing that is not one's own to see."""

import random
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from graphql import GraphQLObjectType, build_schema, get_named_type, is_required_argument
from starlette.types import ASGIApp, Receive, Scope, Send

from gausdo.app import Gausdo
from gausdo.gateway.gate import GRAPHQL
from gausdo.gateway.graphql.application import GraphQL
from gausdo.gateway.live import Live
from gausdo.gateway.web import Entrance
from gausdo.gateway.web import api as rest
from gausdo.kernel.actor import Actor, Grant, Reach
from gausdo.serve import graphs_of, routes_of
from tests.conftest import People
from tests.gateway.graphql.conftest import Ask, World, code_of, untraced
from tools.graphql_doc import KEPT

pytestmark = pytest.mark.asyncio(loop_scope="session")


SOMEBODY = "01a214d0-42c1-71b9-aaae-e3c8b454b2e5"


READ = ("customers.company", "customers.person", "sales.deal", "activities.task")


SEEN = """query($deal: UUID!) {
    deal(id: $deal) { id title company_id company { id name } contact { id name } owner { id name }
        tasks { edges { node { id title } } } }
    deals { edges { node { id company_id company { name } contact { name } } } }
    companies(first: 10) { edges { node { id name people { edges { node { id } } }
        deals { edges { node { id } } } tasks { edges { node { id } } } } } }
    tasks { edges { node { id deal { id } company { id } } } }
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def as_anybody(gausdo: Gausdo) -> Any:
    """`as_anybody(actor)`: a client of both APIs as somebody with rights that no role has."""
    live = Live(None, None)  # type: ignore[arg-type]  # nobody listens
    graphql = GraphQL(graphs_of(gausdo), gausdo.contracts, live)
    entrance = Entrance(rest(routes_of(gausdo, None, None)), {GRAPHQL: graphql}, None)

    def client(actor: Actor) -> httpx2.AsyncClient:
        async def known(scope: Scope, receive: Receive, send: Send) -> None:
            scope["gausdo.actor"] = actor
            await entrance(scope, receive, send)

        app: ASGIApp = known
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost")

    return client


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


OF_NOBODY = {
    *("change_pipeline", "remove_pipeline", "remove_rate"),
    *("change_product", "set_product_prices", "change_price_list"),
    *("change_competitor", "change_consent_purpose"),
    *(f"change_{kind}_field" for kind in ("deal", "company", "person")),
    *(f"stop_{kind}_field_becoming" for kind in ("deal", "company", "person")),
    *(f"become_{kind}_field" for kind in ("deal", "company", "person")),
    *(f"see_{kind}_field_become" for kind in ("deal", "company", "person")),
}
"""They are about what everybody sees, and only who configures may change."""
MERGE = {"other_id": SOMEBODY, "version": 1, "other_version": 1}
SENDING = {"version": 1, "to": "a@example.org", "subject": "Quote", "body": "Here"}
CONSENT = {"purpose_id": SOMEBODY, "source": "form"}
LINES = {"version": 1, "currency": "RUB", "lines": []}
BY_ID = [
    (kind.name, name)
    for kind in (SCHEMA.query_type, SCHEMA.mutation_type)
    for name, field in kind.fields.items()
    if "id" in field.args
]


def _draft(name: str) -> dict[str, object]:
    if name.startswith("merge"):
        return {**MERGE}
    if "become" in name:
        return {"version": 1, "type": "number"}
    own: dict[str, dict[str, object]] = {
        "set_deal_lines": LINES,
        "set_deal_contacts": {"version": 1, "contacts": []},
        "set_deal_competitors": {"version": 1, "competitors": []},
        "make_quote": {"version": 1},
        **dict.fromkeys(("give_person_consent", "withdraw_person_consent"), CONSENT),
    }
    return own.get(name, {"with_id": SOMEBODY})


@pytest.mark.parametrize(("kind", "name"), BY_ID)
async def test_what_is_not_ones_to_see_is_answered_as_what_is_not_there(
    ask: Ask, people: People, world: World, kind: str, name: str
) -> None:
    """Every field that takes an id, also one that is added tomorrow."""
    field = getattr(SCHEMA, f"{kind.lower()}_type").fields[name]
    inner = " { __typename }" if isinstance(get_named_type(field.type), GraphQLObjectType) else ""
    given = {
        "change": {"version": 1},
        "field": "sealed_word",
        "move": {"version": 1, "stage_id": SOMEBODY},
        "draft": _draft(name),
        "told": {"version": 1, "prices": []},
        "sending": SENDING,
        "with_id": SOMEBODY,
        "other_id": SOMEBODY,
        "record_id": SOMEBODY,
        "members": {"of": {"ids": [SOMEBODY]}},
        "version": 1,
        "seen": {"version": 1},
        "restoration": {"version": 1, "entry_id": SOMEBODY, "field": "about"},
    }
    drafts = {
        argument: given[argument]
        for argument, taken in field.args.items()
        if argument != "id" and is_required_argument(taken)
    }
    told = "".join(f", {argument}: ${argument}" for argument in drafts)
    declared = "".join(f", ${one}: {field.args[one].type}" for one in drafts)
    query = f"{kind.lower()}($id: UUID!{declared}) {{ {name}(id: $id{told}){inner} }}"
    hidden = {
        **dict.fromkeys(("company", "companies"), world.companies),
        **dict.fromkeys(("person", "people"), world.people),
        "deal": world.deals,
    }
    record = next((found[0].id for of, found in hidden.items() if of in name), None)
    if record is None and "segment" in name:
        added = "mutation($draft: SegmentDraft!) { add_segment(draft: $draft) { id } }"
        draft = {"kind": "company", "how": "static", "name": f"Of Ann, for {name}"}
        made = await ask(people.ann, added, draft=draft)
        record = made["data"]["add_segment"]["id"]
    if record is None:  # a task of ann's
        listed = await ask(people.ann, "{ tasks(first: 1) { edges { node { id } } } }")
        record = listed["data"]["tasks"]["edges"][0]["node"]["id"]
    theirs = await ask(people.eve, query, id=str(record), **drafts)
    absent = await ask(people.eve, query, id=SOMEBODY, **drafts)
    assert code_of(theirs) == ("forbidden" if name in OF_NOBODY else "not-found")
    assert untraced(theirs) == untraced(absent)
