"""Use cases as mutations, refusals as problems, and bombs that are refused before they go off."""

import json
import time
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from graphql import get_introspection_query
from starlette.types import ASGIApp

from gausdo.app import Gausdo
from gausdo.gateway.identify import COOKIE
from gausdo.kernel.errors import TooMany
from gausdo.modules.sales.service import SalesService
from gausdo.platform.sessions import Sessions
from tests.conftest import As, People
from tests.gateway.graphql.conftest import STAGES, Ask, untraced

pytestmark = pytest.mark.asyncio(loop_scope="session")

URL = "http://localhost/graphql"
OPEN = "mutation($d: DealDraft!, $k: String) { open_deal(draft: $d, key: $k) { id version title } }"


async def test_a_day_of_work_in_mutations(ask: Ask, people: People) -> None:
    pipeline = await ask(
        people.admin,
        "mutation($d: PipelineDraft!) { add_pipeline(draft: $d) { id stages { id kind } } }",
        d={"name": "Sales", "stages": STAGES},
    )
    stages = pipeline["data"]["add_pipeline"]["stages"]
    made = await ask(
        people.ann,
        """mutation {
            add_company(draft: {name: "Rose Ltd", phones: ["+49 30 1234567"]}) {
                id phones { normal } owner { name } }
            add_person(draft: {name: "Rosa"}) { id version company_id }
        }""",
    )
    company, person = made["data"]["add_company"], made["data"]["add_person"]
    assert company["phones"] == [{"normal": "+49301234567"}]
    assert (company["owner"]["name"], person["company_id"]) == ("Ann", None)
    told = await ask(
        people.ann,
        """mutation($person: UUID!, $company: UUID!, $worth: MoneyInput) {
            change_person(id: $person, change: {version: 1, company_id: $company}) {
                company { name } }
            change_company(id: $company, change: {version: 1, city: "Bonn"}) { city version }
            open_deal(draft: {title: "Boat", company_id: $company, worth: $worth}) {
                id worth { amount currency } company { city } }
        }""",
        person=person["id"],
        company=company["id"],
        worth={"amount": "1500.50", "currency": "EUR"},
    )
    assert told["data"]["change_person"] == {"company": {"name": "Rose Ltd"}}
    assert told["data"]["change_company"] == {"city": "Bonn", "version": 2}
    deal = told["data"]["open_deal"]
    assert deal["worth"] == {"amount": "1500.50", "currency": "EUR"}
    assert deal["company"] == {"city": "Bonn"}
    told = await ask(
        people.ann,
        """mutation($deal: UUID!, $stage: UUID!) {
            change_deal(id: $deal, change: {version: 1, expected_on: "2027-01-31"}) { expected_on }
            move_deal(id: $deal, move: {version: 2, stage_id: $stage}) { kind version }
            add_note(draft: {about: {kind: deal, id: $deal}, text: "Spoke"}) {
                about { kind } author { name } }
            add_task(draft: {title: "Call", about: {kind: deal, id: $deal}}) {
                id deal { title } }
        }""",
        deal=deal["id"],
        stage=stages[2]["id"],
    )
    assert told["data"]["change_deal"] == {"expected_on": "2027-01-31"}
    assert told["data"]["move_deal"] == {"kind": "won", "version": 3}
    assert told["data"]["add_note"] == {"about": {"kind": "deal"}, "author": {"name": "Ann"}}
    task = told["data"]["add_task"]
    assert task["deal"] == {"title": "Boat"}
    done = await ask(
        people.ann,
        "mutation($id: UUID!) { change_task(id: $id, change: {version: 1, state: done}) "
        "{ state done_at } }",
        id=task["id"],
    )
    assert done["data"]["change_task"]["state"] == "done"
    assert done["data"]["change_task"]["done_at"]


async def test_what_is_not_named_stays_and_null_empties(ask: Ask, people: People) -> None:
    made = await ask(people.ann, OPEN, d={"title": "Boat", "about": "Blue", "expected_on": None})
    told = await ask(
        people.ann,
        """mutation($id: UUID!) {
            first: change_deal(id: $id, change: {version: 1, title: "Ship"}) { title about }
            second: change_deal(id: $id, change: {version: 2, about: null}) { title about }
        }""",
        id=made["data"]["open_deal"]["id"],
    )
    assert told["data"] == {
        "first": {"title": "Ship", "about": "Blue"},
        "second": {"title": "Ship", "about": None},
    }


async def test_a_key_makes_a_change_once(ask: Ask, people: People) -> None:
    key = f"order-{uuid4()}"
    first = await ask(people.ann, OPEN, d={"title": "Once"}, k=key)
    again = await ask(people.ann, OPEN, d={"title": "Once"}, k=key)
    assert first == again
    assert "errors" not in first
    other = await ask(people.ann, OPEN, d={"title": "Other"}, k=key)
    assert code(other) == "idempotency-key-reused"
    short = await ask(people.ann, OPEN, d={"title": "Other"}, k="short")
    assert (code(short), fields(short)) == ("invalid", ["key"])


async def test_a_refusal_is_the_problem_that_rest_tells(api: As, ask: Ask, people: People) -> None:
    deal = (await ask(people.ann, OPEN, d={"title": "Boat"}))["data"]["open_deal"]
    change = "mutation($id: UUID!, $c: DealChange!) { change_deal(id: $id, change: $c) { id } }"
    await ask(people.ann, change, id=deal["id"], c={"version": 1, "title": "Ship"})
    wrong: list[tuple[Any, str, dict[str, Any]]] = [
        (people.ann, deal["id"], {"version": 1, "title": "Raft"}),  # stale
        (people.bob, deal["id"], {"version": 2, "title": "Raft"}),  # seen, not his to change
        (people.eve, deal["id"], {"version": 2, "title": "Raft"}),  # not seen
        (people.ann, str(uuid4()), {"version": 1}),  # not there
    ]
    codes = []
    for actor, id, body in wrong:
        told = await ask(actor, change, id=id, c=body)
        same = await api(actor).patch(f"/deals/{id}", json=body)
        assert told["data"] == {"change_deal": None}
        assert untraced(told["errors"][0]["extensions"]) == untraced(same.json())
        assert told["errors"][0]["message"] == same.json()["detail"]
        assert told["errors"][0]["path"] == ["change_deal"]
        codes.append(code(told))
    assert codes == ["stale", "forbidden", "not-found", "not-found"]
    told = await ask(people.ann, change, id=deal["id"], c={"version": 0, "title": " "})
    same = await api(people.ann).patch(f"/deals/{deal['id']}", json={"version": 0, "title": " "})
    assert untraced(told["errors"][0]["extensions"]) == untraced(same.json())
    assert sorted(fields(told)) == ["title", "version"]


async def test_one_refusal_leaves_the_rest(ask: Ask, people: People) -> None:
    told = await ask(
        people.ann,
        "query($id: UUID!) { a: deal(id: $id) { id } me { user { name } } }",
        id=str(uuid4()),
    )
    assert told["data"] == {"a": None, "me": {"user": {"name": "Ann"}}}
    assert code(told) == "not-found"


async def test_a_bug_is_not_told(ask: Ask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: Any) -> Any:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(SalesService, "pipelines", failing)
    told = await ask(people.ann, "{ pipelines { id } }")
    assert code(told) == "broken"
    assert "secret" not in json.dumps(told)


async def test_nobody_is_told_nothing(ask: Ask, people: People) -> None:
    for query in ("{ me { locale } }", "{ __typename }", "{ __schema { types { name } } }"):
        assert (await ask(None, query))["code"] == "signed-out"


async def test_who_is_signed_in_may_read_the_schema(ask: Ask, people: People) -> None:
    told = await ask(people.eve, get_introspection_query(descriptions=True))
    names = {kind["name"] for kind in told["data"]["__schema"]["types"]}
    assert {"Deal", "DealDraft", "Mutation", "Subscription"} <= names


@pytest.mark.parametrize(
    ("status", "code", "request_"),
    [
        (405, "graphql.only-post", ("GET", {"params": {"query": "{ me { locale } }"}})),
        (415, "graphql.only-json", ("POST", {"data": {"query": "{ me { locale } }"}})),
        (422, "invalid", ("POST", {"json": [{"query": "{ me { locale } }"}] * 1000})),
        (422, "invalid", ("POST", {"json": {"variables": {}}})),
        (413, "too-large", ("POST", {"json": {"query": "{", "variables": {"a": "b" * 200_000}}})),
        (422, "invalid", ("POST", {"content": b'{"query":"{a}","variables":' + b"[" * 99_000})),
        (422, "invalid", ("POST", {"json": {"query": "{\u0000}"}})),
    ],
)
async def test_one_operation_as_json_by_post_is_taken_and_nothing_else(
    api: As, people: People, status: int, code: str, request_: tuple[str, dict[str, Any]]
) -> None:
    method, body = request_
    if "content" in body:
        body["headers"] = {"content-type": "application/json"}
    reply = await api(people.ann).request(method, URL, **body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


async def test_a_cookie_works_from_our_own_page_only(
    web: ASGIApp, gausdo: Gausdo, people: People
) -> None:
    token = await Sessions(gausdo.cache).open(people.ann.id)
    transport = httpx2.ASGITransport(web, client=("127.0.0.1", 1))
    body = {"query": 'mutation { add_task(draft: {title: "Call"}) { id } }'}
    async with httpx2.AsyncClient(transport=transport) as browser:
        browser.headers["cookie"] = f"{COOKIE}={token}"
        for site, status in (("same-origin", 200), ("same-site", 403), ("cross-site", 403)):
            reply = await browser.post(URL, json=body, headers={"sec-fetch-site": site})
            assert reply.status_code == status
        reply = await browser.post(URL, json=body)
        assert reply.status_code == 403
    assert reply.headers["x-content-type-options"] == "nosniff"


async def test_requests_are_counted_and_too_many_refused(
    ask: Ask, people: People, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gausdo.gateway.identify.Identify._within", _refuse)
    assert (await ask(people.ann, "{ __typename }"))["code"] == "too-many-requests"


def _refuse(*_: Any) -> None:
    raise TooMany("Too many requests.", data={"retry_after": 60})


DEAL = "11111111-1111-7111-8111-111111111111"
FAN = " ".join(f"fragment F{n} on Deal {{ ...F{n + 1} ...F{n + 1} }}" for n in range(30))
CHAIN = " ".join(f"fragment F{n} on Deal {{ ...F{n + 1} }}" for n in range(110))
BOMBS = {
    "depth 12": "{ deals { edges { node " + "{ company { deals { edges { node " * 12
    + "{ id }" + " } } } }" * 12 + " } } }",
    "depth 7": "{ me { " + "user { " * 6 + "id" + " }" * 6 + " } }",
    "nested a hundred times": "{" * 100 + "}" * 100,
    "nested in a list": "{ deals(filter: " + "[" * 300 + "]" * 300 + ") { edges { cursor } } }",
    "5000 aliases": "{" + " ".join(f"a{n}: me {{ locale }}" for n in range(5000)) + "}",
    "16 aliases": "{" + " ".join(f"a{n}: me {{ locale }}" for n in range(16)) + "}",
    "30 000 fields": "{ me { user { " + "id " * 30_000 + "} } }",
    "900 fields": "{ me {" + "locale " * 900 + "} }",
    "3000 directives": "{ me { locale " + "@skip(if: false) " * 3000 + "} }",
    "16 directives": "{ me { " + "locale @skip(if: false) " * 16 + "} }",
    "a fragment that holds itself": "{ deals { edges { node { ...F } } } } "
    "fragment F on Deal { company { deals { edges { node { ...F } } } } }",
    "an unused fragment that holds itself": "{ me { locale } } fragment F on Deal { ...F }",
    "fragments that fan out": "{ deals { edges { node { ...F0 } } } } " + FAN
    + " fragment F30 on Deal { title owner { name } }",
    "pages of pages": "{ companies(first: 200) { edges { node { deals(first: 200) "
    "{ edges { node { title } } } } } } }",
    "pages of pages, quietly": "{ companies { ...A } } fragment A on CompanyConnection "
    "{ edges { node { deals { ...B } people { edges { node { id name city about } } } } } } "
    "fragment B on DealConnection { edges { node { id title kind about } } }",
    "a page less than nothing": "{ a: companies(first: -200) { edges { node { id } } } "
    "companies(first: 200) { edges { node { deals(first: 60) { edges { cursor } } } } } }",
    "introspection in depth": "{ __schema { types " + "{ fields { type " * 20 + "{ name }"
    + " } }" * 20 + " } }",
    "introspection of 16 levels": "{ __schema { types " + "{ fields { type " * 8 + "{ name }"
    + " } }" * 8 + " } }",
    "introspection twice": "{ __schema { types { name } } b: __schema { types { name } } }",
}  # fmt: skip


@pytest.mark.parametrize("query", BOMBS.values(), ids=BOMBS.keys())
async def test_a_bomb_is_refused_at_once(
    ask: Ask, people: People, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    await ask(people.ann, "{ __typename }")  # the schema is there

    async def asked(*_: Any) -> Any:
        raise AssertionError("it was run")

    for method in ("list_companies", "list_people"):
        monkeypatch.setattr(f"gausdo.modules.customers.service.CustomersService.{method}", asked)
    began = time.perf_counter()
    told = await ask(people.ann, query)
    seconds = time.perf_counter() - began
    assert code(told) in {"graphql.too-complex", "malformed"}
    assert told["data"] is None
    assert seconds < 2  # milliseconds, on a machine that has nothing else to do


async def test_six_records_deep_is_not_too_deep(ask: Ask, people: People) -> None:
    told = await ask(
        people.ann,
        """{ deals(first: 1) { edges { node { company { people(first: 1) { edges { node {
            deals(first: 1) { edges { node { tasks(first: 1) { edges { node { title } } } } } }
        } } } } } } } }""",
    )
    assert "errors" not in told


@pytest.mark.parametrize("variables", [{"n": 200}, {"n": 10**9}, {"n": "many"}, {}])
async def test_the_size_of_a_page_counts_in_a_variable_as_well(
    ask: Ask, people: People, variables: dict[str, Any]
) -> None:
    query = """query($n: Int = 200) { companies(first: $n) { edges { node {
        deals(first: $n) { edges { node { title } } } } } } }"""
    assert code(await ask(people.ann, query, **variables)) == "graphql.too-complex"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("{ me { locale }", "Syntax Error"),
        ("{ me { colour } }", "Cannot query field 'colour'"),
        ("{ me { local } }", "Cannot query field 'local'"),
        ("query A { me { locale } } query B { me { locale } }", "operationName"),
        ("subscription { changed { kind } }", "WebSocket"),
        ("fragment F on Deal { id }", "operationName"),
        ("query($n: Int!) { deals(first: $n) { edges { cursor } } }", "$n"),
        ("{ deals { edges { cursor } @defer } }", "Syntax Error"),
        ("{ me { ... @defer { locale } } }", "@defer"),
        ("{ deals { edges @stream { cursor } } }", "@stream"),
        (CHAIN.join(("{ deals { edges { node { ...F0 } } } } ", " ")), "Unknown fragment"),
    ],
)
async def test_what_is_no_operation_is_malformed(
    ask: Ask, people: People, query: str, told: str
) -> None:
    answer = await ask(people.ann, query)
    assert code(answer) == "malformed"
    assert told in answer["errors"][0]["message"]
    assert "Did you mean" not in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ("first: 0", "first"),
        ("first: 201", "first"),
        ('sort: "colour"', "sort"),
        ('after: "x"', "after"),
        ('filter: {field: "colour", op: "eq"}', "filter"),
        ('ids: ["x"]', "ids"),
    ],
)
async def test_a_wrong_argument_is_named(
    ask: Ask, people: People, arguments: str, field: str
) -> None:
    told = await ask(people.ann, f"{{ deals({arguments}) {{ edges {{ cursor }} }} }}")
    assert code(told) == "invalid"
    assert fields(told)[0].startswith(field)


def code(told: dict[str, Any]) -> str:
    (error,) = told["errors"]
    found: str = error["extensions"]["code"]
    return found


def fields(told: dict[str, Any]) -> list[str]:
    return [error["field"] for error in told["errors"][0]["extensions"]["errors"]]
