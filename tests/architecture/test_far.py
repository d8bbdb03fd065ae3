"""Any contract is answered near or far: the same values, the same refusals, for the same actor."""

import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from gausdo.app import MODULES, Gausdo, rebuild
from gausdo.gateway.identify import API
from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import Conflict, Invalid, NotFound, Problem, Stale, Unknown
from gausdo.kernel.pages import ListQuery
from gausdo.modules.activities.contract import Activities, TaskDraft, TaskQuery
from gausdo.modules.automation.contract import Automation
from gausdo.modules.communications.contract import Communications
from gausdo.modules.customers.contract import CompanyDraft, Customers
from gausdo.modules.identity.contract import Credentials, Identity, Preferences
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.sales.contract import (
    BoardQuery,
    DealChange,
    DealDraft,
    DealMove,
    DealQuery,
    Pipeline,
    PipelineDraft,
    Sales,
    UnknownStage,
)
from gausdo.platform import rpc
from gausdo.platform.module import Module
from gausdo.platform.tokens import Tokens
from tests.conftest import ADMIN, People

pytestmark = pytest.mark.asyncio(loop_scope="session")

C = TypeVar("C")
STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]


@dataclass(frozen=True)
class Far:
    """Every contract over HTTP, answered by the services of `gausdo`."""

    http: httpx2.AsyncClient
    tokens: Tokens

    def get(self, contract: type[C]) -> C:
        return rpc.connect(contract, self.http, self.tokens)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def far(gausdo: Gausdo) -> AsyncIterator[Far]:
    routes = [
        route
        for module in MODULES
        for route in rpc.expose(
            module.contract, gausdo.services[module.name], gausdo.tokens, rebuild(gausdo)
        )
    ]
    transport = httpx2.ASGITransport(Starlette(routes=routes))
    async with httpx2.AsyncClient(transport=transport, base_url="http://far") as http:
        yield Far(http, gausdo.tokens)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pipeline(gausdo: Gausdo) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
async def test_a_service_answers_what_its_contract_says(
    module: Module, gausdo: Gausdo, far: Far
) -> None:
    methods = dict(inspect.getmembers(module.contract, inspect.isfunction))
    promised = {name: one for name, one in methods.items() if not name.startswith("_")}
    assert promised
    distant: Any = far.get(module.contract)
    for name, method in promised.items():
        service = getattr(type(gausdo.services[module.name]), name)
        assert inspect.signature(service) == inspect.signature(method), name
        assert callable(getattr(distant, name))
    with pytest.raises(AttributeError):
        _ = distant.nothing_of_the_kind


Ask = Callable[[Any, Actor, Pipeline], Awaitable[Any]]

READS: list[tuple[type, Ask]] = [
    (Identity, lambda identity, actor, _: identity.me(actor)),
    (Identity, lambda identity, actor, _: identity.users(actor)),
    (Identity, lambda identity, actor, _: identity.roles(actor)),
    (Identity, lambda identity, actor, _: identity.actor(actor.id)),
    (Identity, lambda identity, *_: identity.actor(id=SYSTEM.id)),
    (Identity, lambda identity, actor, _: identity.working_calendar(actor)),
    (Sales, lambda sales, actor, _: sales.pipelines(actor)),
    (Sales, lambda sales, actor, _: sales.list_deals(actor, DealQuery(limit=2, sort="title"))),
    (Sales, lambda sales, actor, line: sales.board(actor, line.id, query=BoardQuery())),
    (Customers, lambda customers, actor, _: customers.list_companies(actor, ListQuery())),
    (Customers, lambda customers, actor, _: customers.companies_by_name(actor, ["Rose Ltd"])),
    (Activities, lambda activities, actor, _: activities.list_tasks(actor, TaskQuery(mine=True))),
    (Automation, lambda automation, actor, _: automation.rules(actor)),
    (Communications, lambda letters, actor, _: letters.templates(actor)),
    (Integrations, lambda hooks, actor, _: hooks.signing_secret(actor)),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def records(gausdo: Gausdo, people: People, pipeline: Pipeline) -> None:
    await gausdo.get(Customers).add_company(people.head, CompanyDraft(name="Rose Ltd"))
    for title in ("Boat", "Ship", "Raft"):
        await gausdo.get(Sales).open_deal(people.head, DealDraft(title=title))
    await gausdo.get(Activities).add_task(people.head, TaskDraft(title="Call"))


@pytest.mark.parametrize(("contract", "ask"), READS)
@pytest.mark.usefixtures("records")
async def test_an_answer_is_the_same_near_and_far(
    gausdo: Gausdo, far: Far, people: People, pipeline: Pipeline, contract: type, ask: Ask
) -> None:
    near_told = await ask(gausdo.get(contract), people.head, pipeline)
    far_told = await ask(far.get(contract), people.head, pipeline)
    assert far_told == near_told
    assert type(far_told) is type(near_told)


MARS = Preferences(time_zone="Mars")
REFUSALS: list[tuple[type, type[Problem], Ask]] = [
    (Sales, NotFound, lambda sales, actor, _: sales.deal(actor, uuid4())),
    (Sales, Invalid, lambda sales, actor, _: sales.list_deals(actor, DealQuery(sort="colour"))),
    (
        Sales,
        UnknownStage,
        lambda sales, actor, _: sales.open_deal(actor, DealDraft(title="x", stage_id=SYSTEM.id)),
    ),
    (
        Identity,
        Invalid,
        lambda identity, actor, _: identity.change_preferences(actor, MARS),
    ),
    (
        Identity,
        Problem,
        lambda identity, *_: identity.sign_in(
            Credentials(email="nobody@example.org", password="wrong"), "127.0.0.1"
        ),
    ),
]


@pytest.mark.parametrize(("contract", "kind", "ask"), REFUSALS)
async def test_a_refusal_travels_whole(
    gausdo: Gausdo,
    far: Far,
    people: People,
    pipeline: Pipeline,
    contract: type,
    kind: type[Problem],
    ask: Ask,
) -> None:
    told = []
    for place in (gausdo, far):
        with pytest.raises(kind) as refusal:
            await ask(place.get(contract), people.head, pipeline)
        problem = refusal.value
        told.append((type(problem), problem.detail, problem.errors, problem.data))
    assert told[0] == told[1]


async def test_a_change_is_made_once_wherever_it_is_asked(
    gausdo: Gausdo, far: Far, people: People, pipeline: Pipeline
) -> None:
    draft = DealDraft(title="Once", pipeline_id=pipeline.id)
    key = str(uuid4())
    first = await far.get(Sales).open_deal(people.ann, draft, key)
    again = await gausdo.get(Sales).open_deal(people.ann, draft, key=key)
    assert first == again
    assert (first.title, first.owner.id) == ("Once", people.ann.id)
    with pytest.raises(Conflict):
        await far.get(Sales).open_deal(people.ann, DealDraft(title="Other"), key)


async def test_what_is_not_named_stays_when_asked_from_afar(
    far: Far, people: People, pipeline: Pipeline
) -> None:
    sales = far.get(Sales)
    deal = await sales.open_deal(people.ann, DealDraft(title="Boat", about="Red"))
    changed = await sales.change_deal(people.ann, deal.id, DealChange(version=1, title="Ship"))
    assert (changed.title, changed.about) == ("Ship", "Red")


async def test_a_stale_change_tells_what_has_changed_from_afar(
    far: Far, people: People, pipeline: Pipeline
) -> None:
    sales = far.get(Sales)
    deal = await sales.open_deal(people.ann, DealDraft(title="Boat"))
    await sales.change_deal(people.ann, deal.id, DealChange(version=1, title="Ship"))
    with pytest.raises(Stale) as refusal:
        await sales.change_deal(people.ann, deal.id, DealChange(version=1, title="Raft"))
    assert refusal.value.data["changes"] == {"title": ["Boat", "Ship"]}
    assert refusal.value.data["current"]["title"] == "Ship"
    move = DealMove(version=1, stage_id=pipeline.stages[1].id)
    with pytest.raises(Stale):
        await sales.move_deal(people.ann, deal.id, move)


async def test_a_strangers_deal_is_not_there_from_afar(
    far: Far, people: People, pipeline: Pipeline
) -> None:
    deal = await far.get(Sales).open_deal(people.ann, DealDraft(title="Boat"))
    with pytest.raises(NotFound):
        await far.get(Sales).deal(people.eve, deal.id)


async def test_a_file_in_any_encoding_reaches_a_far_module(far: Far, people: People) -> None:
    file = "название;город\nРоза;Томск\n".encode("cp1251")
    report = await far.get(Integrations).import_file(people.head, "companies", file)
    assert (report.created, report.refused) == (1, [])


async def test_a_token_that_is_not_for_this_call_is_refused(
    far: Far, gausdo: Gausdo, people: People
) -> None:
    ann = str(people.ann.id)
    stranger = Tokens("another secret")
    for token in (
        "",
        "nonsense",
        stranger.issue(ann, "Identity", rpc.KIND, 60),
        gausdo.tokens.issue(ann, "Sales", rpc.KIND, 60),
        gausdo.tokens.issue(ann, API, "at+jwt", 60),
        gausdo.tokens.issue(ann, "Identity", rpc.KIND, -60),
        gausdo.tokens.issue(ann, "Identity", rpc.KIND, 60, epoch="of yesterday"),
    ):
        reply = await far.http.post(
            "/rpc/Identity/me", content=b"{}", headers={"authorization": f"Bearer {token}"}
        )
        assert (reply.status_code, reply.json()["code"]) == (401, "signed-out"), token
    with pytest.raises(Unknown):
        await rpc.connect(Identity, far.http, stranger).me(people.ann)


@pytest.mark.parametrize(("ahead", "status"), [(3, 200), (60, 401)])
async def test_the_clock_of_another_machine_may_be_a_little_ahead(
    far: Far, gausdo: Gausdo, people: People, ahead: int, status: int
) -> None:
    at = int(time.time()) + ahead
    token = gausdo.tokens.issue(
        str(people.ann.id), "Identity", rpc.KIND, 60, iat=at, exp=at + 60, epoch=people.ann.epoch
    )
    reply = await far.http.post(
        "/rpc/Identity/me", content=b"{}", headers={"authorization": f"Bearer {token}"}
    )
    assert reply.status_code == status, reply.text


async def test_a_malformed_call_names_the_field(far: Far, gausdo: Gausdo, people: People) -> None:
    token = gausdo.tokens.issue(str(people.ann.id), "Sales", rpc.KIND, 60)
    reply = await far.http.post(
        "/rpc/Sales/deal",
        content=b'{"id": "7"}',
        headers={"authorization": f"Bearer {token}"},
    )
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "id")
